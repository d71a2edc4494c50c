import { controlLearnerChecks, pluginChecks } from '@tasklearn/conformance';
import { eagerExecutor } from '@tasklearn/core';
import { corridor, hallwaySign } from '@tasklearn/environments';
import { compiledExecutor } from '@tasklearn/runtime';
import { describe, it } from 'vitest';
import { metaRlPlugin } from './plugin.js';

const recurrent = { hiddenSize: 8, trialsPerUpdate: 8, minibatches: 1, epochs: 2, learningRate: 0.02 };
const gradient = {
  hidden: [8],
  tasksPerUpdate: 4,
  episodesPerStep: 4,
  conjugateSteps: 2,
  lineSearchSteps: 2,
};
const latent = {
  hidden: [16],
  encoderHidden: [16],
  latentSize: 2,
  trainingTasks: 4,
  collectTasks: 4,
  priorEpisodes: 1,
  posteriorEpisodes: 1,
  gradientSteps: 4,
  batchTasks: 4,
  batchSize: 16,
  contextSize: 8,
  capacity: 400,
  epsilonUpdates: 20,
  learningRate: 0.005,
};
const decoupled = {
  latentSize: 2,
  memorySize: 8,
  hidden: [16],
  trialsPerUpdate: 8,
  gradientSteps: 4,
  batchTrials: 16,
  capacity: 400,
  warmUpTrials: 16,
  epsilonTrials: 200,
  learningRate: 0.005,
};
const hallways = hallwaySign({
  hallways: 3,
  length: 1,
  signDistance: 1,
  horizon: 2,
  explorationSteps: 2,
  paintingBits: 0,
});

const learning = { distribution: hallways, updates: 1, tasks: 100 };

const cases = {
  rl2: { options: recurrent },
  'e-rl2': { options: recurrent },
  'maml-trpo': { options: { ...gradient, innerRate: 0.5 } },
  maml: { options: { ...gradient, innerRate: 0.5, outerRate: 0.02 } },
  promp: { options: { ...gradient, innerRate: 0.5, outerRate: 0.01, epochs: 2 } },
  pearl: {
    options: { ...latent, entropyWeight: 0.05, discount: 0.9, gradientSteps: 10 },
    learning: { updates: 60 },
  },
  'posterior-sampling': { options: latent },
  dream: { options: decoupled },
  'exact-posterior-sampling': { options: {}, distribution: hallways, learning },
  // Q-MDP takes all for known after one step, so at a junction it would wait; a corridor gives it no place to.
  'bayes-filter': {
    options: {},
    distribution: hallways,
    learning: { ...learning, distribution: corridor() },
  },
} as const;

describe('plugin', () => {
  for (const check of pluginChecks(metaRlPlugin)) it(check.name, check.run);
});

/** Compiled first: it runs all but the comparison of the two. */
const executors = [compiledExecutor({ threads: 1, fallback: 'error' }), eagerExecutor()] as const;

describe.each(Object.entries(cases))('%s', (key, given) => {
  const checks = controlLearnerChecks(metaRlPlugin, key, {
    updates: 1,
    executors,
    ...given,
    learning: { updates: 30, ...('learning' in given ? given.learning : {}) },
  });
  for (const check of checks) it(check.name, check.run, 30_000);
});
