import { type LearnerCheckOptions, learnerChecks, pluginChecks } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { mamlPlugin } from './plugin.js';

const model = { hidden: [8], initializer: { name: 'glorotUniform' } };
const gradient = { innerLearningRate: 0.3, testSteps: 3, model, optimizer: { learningRate: 0.01 } };

const options: Record<keyof typeof mamlPlugin.learners, LearnerCheckOptions> = {
  maml: { options: gradient },
  fomaml: {
    options: gradient,
    expectedFailures: {
      'the meta-gradient agrees with differences':
        'first order leaves out the second derivatives of the inner loss',
    },
  },
  anil: { options: gradient },
  'meta-sgd': { options: { ...gradient, testSteps: 1 } },
  reptile: { options: { innerLearningRate: 0.03, testSteps: 5, outerStepSize: 0.5, model } },
  'fine-tuning': { options: { learningRate: 0.3, steps: 8, pooledLabels: 'episode', model } },
  'from-scratch': { options: { learningRate: 0.03, steps: 15, model } },
};

describe('the plugin', () => {
  for (const check of pluginChecks(mamlPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of learnerChecks(mamlPlugin, key, given)) it(check.name, check.run);
  });
}
