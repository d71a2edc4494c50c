import { type JointLearnerCheckOptions, jointLearnerChecks, pluginChecks } from '@tasklearn/conformance';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { beforeAll, describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { multitaskPlugin } from './plugin.js';

beforeAll(() => enableHigherOrderGradients());

const network = { hidden: [6, 5] };
const optimizer = { learningRate: 0.03 };
const small = { network, optimizer };
const pcgrad = { combination: { name: 'pcgrad' } };

const options: Record<keyof typeof multitaskPlugin.learners, JointLearnerCheckOptions> = {
  independent: { options: small },
  pooled: { options: small },
  'shared-bottom': { options: { ...small, ...pcgrad }, badOptions: [{ sharedLayers: -1 }] },
  grouped: {
    options: {
      ...small,
      ...pcgrad,
      groups: [
        [0, 1],
        [2, 3],
      ],
    },
    badOptions: [{ groups: 3 }, { heads: 'none' }],
  },
  conditioned: { options: small, badOptions: [{ conditionedLayers: [3] }] },
  'soft-sharing': { options: small, badOptions: [{ strength: -1 }] },
  'cross-stitch': {
    options: small,
    badOptions: [pcgrad],
    expectedFailures: {
      'parameters of a task follow its own loss only': 'every loss reaches every column through the stitches',
    },
  },
  'mixture-of-experts': {
    options: { experts: 3, expertSize: 4, optimizer },
    badOptions: [{ experts: 0 }, { gateDropout: 1 }],
  },
  attention: { options: small },
};

describe('the plugin', () => {
  for (const check of pluginChecks(multitaskPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of jointLearnerChecks(multitaskPlugin, key, given)) it(check.name, check.run);
  });
}
