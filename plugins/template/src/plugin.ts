import { defineLearner, definePlugin } from '@tasklearn/core';
import { createRidgeHead, ridgeHeadDefaults } from './ridge-head.js';
import { VERSION } from './version.js';

/** What this package publishes. */
export const templatePlugin = definePlugin({
  specificationVersion: 'v1',
  name: 'tasklearn-plugin-template',
  version: VERSION,
  learners: {
    'ridge-head': defineLearner({
      kind: 'episodic',
      summary: 'Ridge regression on a learned embedding, solved in closed form (R2-D2).',
      reference: {
        title: 'Meta-learning with differentiable closed-form solvers',
        authors: 'Bertinetto, Henriques, Torr, Vedaldi',
        year: 2019,
        url: 'https://arxiv.org/abs/1805.08136',
      },
      capabilities: {
        targets: ['classification', 'regression'],
        gradientOrder: 1,
        deterministic: true,
        permutationInvariant: true,
        variableShots: true,
        variableWays: true,
        transductive: true,
        consistent: 'conditionally',
        uncertainty: 'output',
      },
      defaults: ridgeHeadDefaults,
      create: createRidgeHead,
    }),
  },
});
