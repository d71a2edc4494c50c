import { type LearnerCheckOptions, learnerChecks, pluginChecks } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { blackboxMetaPlugin } from './plugin.js';

const optimizer = { learningRate: 0.01 };
const sets = { encoder: [8, 8], predictor: [8], optimizer };
const options: Record<keyof typeof blackboxMetaPlugin.learners, LearnerCheckOptions> = {
  lstm: { options: { layers: [8], optimizer } },
  mann: { options: { controller: 6, slots: 8, width: 4, heads: 2, optimizer } },
  snail: { options: { filters: 4, attention: [4, 4, 4, 4], optimizer } },
  'in-context-transformer': { options: { width: 8, heads: 2, layers: 2, optimizer } },
  'conditional-neural-process': { options: sets },
  'attentive-neural-process': { options: sets },
  hypernetwork: { options: sets },
  'differentiable-plasticity': { options: { size: 8, optimizer } },
  backpropamine: { options: { size: 8, optimizer } },
};

describe('the plugin', () => {
  for (const check of pluginChecks(blackboxMetaPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of learnerChecks(blackboxMetaPlugin, key, given)) it(check.name, check.run);
  });
}
