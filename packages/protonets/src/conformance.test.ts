import { type LearnerCheckOptions, learnerChecks, pluginChecks } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { protonetsPlugin } from './plugin.js';

const options: Record<keyof typeof protonetsPlugin.learners, LearnerCheckOptions> = {
  protonet: { options: { model: { hidden: [8], embeddingSize: 4 }, optimizer: { learningRate: 0.01 } } },
  'nearest-neighbour': {},
  probe: { options: { iterations: 10 } },
};

describe('the plugin', () => {
  for (const check of pluginChecks(protonetsPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of learnerChecks(protonetsPlugin, key, given)) it(check.name, check.run);
  });
}
