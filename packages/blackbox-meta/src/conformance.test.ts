import { type LearnerCheckOptions, learnerChecks, pluginChecks } from '@tasklearn/conformance';
import { eagerExecutor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { blackboxMetaPlugin } from './plugin.js';

// The first runs what needs no other; unrolled steps are many small operations, which compiled run many times faster.
const executors = [compiledExecutor(), eagerExecutor()] as const;
const optimizer = { learningRate: 0.02 };
const training = { updates: 150, tasksPerUpdate: 8 };
const sets = { encoder: [8, 8], predictor: [8], optimizer };
const options: Record<keyof typeof blackboxMetaPlugin.learners, LearnerCheckOptions> = {
  lstm: { options: { layers: [8], optimizer } },
  mann: { options: { controller: 6, slots: 8, width: 4, heads: 2, optimizer } },
  snail: { options: { filters: 4, attention: [4, 4, 4, 4], optimizer } },
  'in-context-transformer': {
    options: { width: 8, heads: 2, layers: 2, optimizer: { learningRate: 0.005 } },
    training,
  },
  'conditional-neural-process': { options: sets, training },
  'attentive-neural-process': { options: sets },
  hypernetwork: { options: sets, training },
  'differentiable-plasticity': { options: { size: 12, optimizer }, training },
  backpropamine: { options: { size: 12, optimizer }, training },
};

describe('the plugin', () => {
  for (const check of pluginChecks(blackboxMetaPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of learnerChecks(blackboxMetaPlugin, key, { ...given, executors }))
      it(check.name, check.run);
  });
}
