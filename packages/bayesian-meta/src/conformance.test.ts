import { type LearnerCheckOptions, learnerChecks, pluginChecks } from '@tasklearn/conformance';
import { eagerExecutor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { bayesianMetaPlugin } from './plugin.js';

// The first runs what needs no other; inner steps are many small operations, which compiled run many times faster.
const executors = [compiledExecutor(), eagerExecutor()] as const;
const optimizer = { learningRate: 0.02 };
const network = { hidden: [8] };
const gradient = { network, optimizer, innerLearningRate: 0.3, innerSteps: 1, testSteps: 2 };
const training = { updates: 60, tasksPerUpdate: 4 };
const options: Record<keyof typeof bayesianMetaPlugin.learners, LearnerCheckOptions> = {
  alpaca: { options: { network, features: 4, optimizer } },
  'maml-ensemble': { options: { ...gradient, particles: 2 }, training },
  'bayesian-maml': { options: { ...gradient, innerLearningRate: 0.1, particles: 3 }, training },
  platipus: { options: { ...gradient, testSamples: 3, divergenceWeight: 0.01 }, training },
  'amortised-bayesian': {
    options: { ...gradient, testSamples: 3, trainSamples: 2, divergenceWeight: 0.01 },
    training,
  },
  'laplace-maml': { options: { ...gradient, testSamples: 3 }, training },
  'meta-regularised-maml': { options: { ...gradient, testSamples: 2, divergenceWeight: 1e-5 }, training },
  'neural-process': {
    options: { encoder: [8, 8], decoder: [8], latentSize: 2, testSamples: 4, optimizer },
    training: { updates: 150, tasksPerUpdate: 8 },
  },
  versa: {
    options: { network, features: 6, hidden: [8], trainSamples: 3, testSamples: 4, optimizer },
    training,
  },
};

describe('the plugin', () => {
  for (const check of pluginChecks(bayesianMetaPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of learnerChecks(bayesianMetaPlugin, key, { ...given, executors }))
      it(check.name, check.run);
  });
}
