import {
  createAmortisedBayesian,
  createBayesianMaml,
  createMamlEnsemble,
  createPlatipus,
} from '@tasklearn/bayesian-meta';
import { createConditionalNeuralProcess } from '@tasklearn/blackbox-meta';
import type { Arm } from './arm.js';

const optimizer = { learningRate: 0.002 };
const network = { architecture: 'mlp', hidden: [40, 40], activation: 'relu' } as const;

/** What is compared on faces with ambiguous attributes: perceptrons on the pixels. */
export function attributeArms(scale: number): { readonly [name: string]: Arm } {
  const steps = { network, optimizer, innerLearningRate: 0.1, innerSteps: 2, testSteps: 2 };
  const one = { updates: Math.ceil(2000 * scale), tasksPerUpdate: 8 };
  const many = { updates: Math.ceil(1000 * scale), tasksPerUpdate: 4 };
  return {
    MAML: { learner: createMamlEnsemble({ ...steps, particles: 1 }), ...one },
    PLATIPUS: { learner: createPlatipus({ ...steps, logDeviation: -3, divergenceWeight: 1e-4 }), ...one },
    'amortised Bayesian': {
      learner: createAmortisedBayesian({
        ...steps,
        innerLearningRate: 0.1,
        trainSamples: 2,
        divergenceWeight: 1e-3,
        outerData: 'query',
      }),
      ...one,
    },
    'ensemble of MAML': { learner: createMamlEnsemble({ ...steps, particles: 5 }), ...many },
    'Bayesian MAML': {
      learner: createBayesianMaml({ ...steps, particles: 5, innerLearningRate: 0.05 }),
      ...many,
    },
    'version 0': {
      learner: createConditionalNeuralProcess({
        network: { architecture: 'mlp' },
        optimizer,
        encoder: [128, 128],
        predictor: [128, 64],
      }),
      ...one,
    },
  };
}
