import {
  pluginChecks,
  type StreamLearnerCheckOptions,
  streamLearnerChecks,
  trivialStreamDistribution,
} from '@tasklearn/conformance';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { beforeAll, describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { lifelongPlugin } from './plugin.js';

beforeAll(() => enableHigherOrderGradients());

const network = { hidden: [8] };
const small = { network };
const plain = { network: { ...network, architecture: 'mlp' }, optimizer: { learningRate: 0.01 } };
const single = (steps: number) => trivialStreamDistribution({ batchSize: 1, steps });
const sequences = { lifetimes: 2, tasks: 2, steps: 2, queries: 2 };

const options: Record<keyof typeof lifelongPlugin.learners, StreamLearnerCheckOptions> = {
  'online-sgd': { options: small },
  'follow-the-leader': { options: { ...small, passes: 2 } },
  independent: { options: small },
  multimodal: { options: small },
  'from-scratch': { options: small },
  'experience-replay': { options: { ...small, size: 6, replay: 4 } },
  ewc: { options: { ...small, samples: 4 } },
  'synaptic-intelligence': { options: small },
  'learning-without-forgetting': { options: small },
  gem: { options: { ...small, size: 6 } },
  'a-gem': { options: { ...small, size: 6, reference: 4 } },
  icarl: { options: { ...small, size: 6, candidates: 6, replay: 4 } },
  'pretrain-and-transfer': { options: { ...plain } },
  oml: { options: { ...plain, ...sequences } },
  anml: { options: { ...plain, ...sequences } },
  'follow-the-meta-leader': {
    options: {
      ...small,
      outerSteps: 1,
      tasks: 2,
      support: 8,
      query: 8,
      innerSteps: 2,
      adaptSteps: 8,
      innerRate: 0.5,
    },
  },
  mole: { options: { ...small, series: 2, components: 3, window: 4 } },
  moca: {
    options: { ...plain, series: 2, horizon: 4, features: 4 },
    distribution: single(4),
    learning: { distribution: single(30) },
  },
};

describe('the plugin', () => {
  for (const check of pluginChecks(lifelongPlugin, { packageJson })) it(check.name, check.run);
});

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of streamLearnerChecks(lifelongPlugin, key, given)) it(check.name, check.run);
  });
}
