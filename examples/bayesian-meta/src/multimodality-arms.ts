import {
  createAmortisedBayesian,
  createBayesianMaml,
  createMamlEnsemble,
  createNeuralProcess,
  createPlatipus,
} from '@tasklearn/bayesian-meta';
import { createConditionalNeuralProcess } from '@tasklearn/blackbox-meta';
import type { Arm } from './arm.js';

/** Options of the learners that take gradient steps; those of circles take larger ones. */
const stepsOf = (tasks: string) =>
  tasks === 'circle-boundary'
    ? { innerLearningRate: 0.1, innerSteps: 5, testSteps: 5 }
    : { innerLearningRate: 0.01, innerSteps: 5, testSteps: 5 };

/** What is compared on functions that few points leave open. */
export function multimodalityArms(tasks: string, scale: number): { readonly [name: string]: Arm } {
  const steps = stepsOf(tasks);
  const byGradient = { updates: Math.ceil(4000 * scale), tasksPerUpdate: 16 };
  const particles = { updates: Math.ceil(1500 * scale), tasksPerUpdate: 8 };
  const blackBox = { updates: Math.ceil(4000 * scale), tasksPerUpdate: 16 };
  const latent = { latentSize: 8, encoder: [64, 64, 64], decoder: [64, 64, 64] };
  return {
    MAML: { learner: createMamlEnsemble({ ...steps, particles: 1 }), ...byGradient },
    'ensemble of MAML': { learner: createMamlEnsemble({ ...steps, particles: 5 }), ...particles },
    'Bayesian MAML': {
      learner: createBayesianMaml({
        ...steps,
        particles: 5,
        innerLearningRate: tasks === 'circle-boundary' ? 0.3 : 0.01,
        innerSteps: 3,
      }),
      updates: Math.ceil(1200 * scale),
      tasksPerUpdate: 8,
    },
    PLATIPUS: {
      learner: createPlatipus({ ...steps, logDeviation: -2, divergenceWeight: 0.01 }),
      ...byGradient,
    },
    'amortised Bayesian': {
      learner: createAmortisedBayesian({
        ...steps,
        trainSamples: 2,
        divergenceWeight: 0.01,
        outerData: 'query',
      }),
      ...byGradient,
    },
    'version 0': {
      learner: createConditionalNeuralProcess({ encoder: [64, 64, 64], predictor: [64, 64, 64] }),
      ...blackBox,
    },
    'neural process': { learner: createNeuralProcess({ ...latent, objective: 'boundQuery' }), ...blackBox },
    'latent with joint': {
      learner: createNeuralProcess({ ...latent, objective: 'joint', trainSamples: 4 }),
      ...blackBox,
    },
    'latent with pointwise': {
      learner: createNeuralProcess({ ...latent, objective: 'pointwise', trainSamples: 4 }),
      ...blackBox,
    },
    'latent with support bound': {
      learner: createNeuralProcess({ ...latent, objective: 'boundSupport' }),
      ...blackBox,
    },
  };
}
