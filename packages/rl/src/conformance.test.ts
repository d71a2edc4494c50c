import { controlLearnerChecks, pluginChecks } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import { rlPlugin } from './plugin.js';

const network = { hidden: [8] };
const optimizer = { learningRate: 0.02 };

/** On-policy learners. */
const cases = {
  reinforce: { options: { copies: 8, network, optimizer } },
  a2c: { options: { copies: 8, network, optimizer } },
  ppo: { options: { copies: 8, length: 8, minibatches: 2, epochs: 2, network, optimizer } },
  trpo: { options: { copies: 8, length: 8, iterations: 3, valueEpochs: 1, minibatches: 1, network } },
} as const;

describe('plugin', () => {
  for (const check of pluginChecks(rlPlugin)) it(check.name, check.run);
});

describe.each(Object.entries(cases))('%s', (key, given) => {
  const checks = controlLearnerChecks(rlPlugin, key, { updates: 2, learning: { updates: 25 }, ...given });
  for (const check of checks) it(check.name, check.run, 30_000);
});

describe('ppo with a memory', () => {
  const options = {
    copies: 4,
    length: 8,
    minibatches: 2,
    epochs: 2,
    optimizer,
    network: { hidden: [8], memory: 'gru', memorySize: 8 },
  };
  const checks = controlLearnerChecks(rlPlugin, 'ppo', { updates: 2, learning: { updates: 40 }, options });
  for (const check of checks) it(check.name, check.run, 30_000);
});
