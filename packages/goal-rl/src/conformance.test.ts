import { controlLearnerChecks, pluginChecks } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import { goalRlPlugin } from './plugin.js';

const small = {
  hidden: [16],
  episodesPerUpdate: 4,
  warmUpEpisodes: 4,
  gradientSteps: 4,
  stepsPerCall: 2,
  batchSize: 16,
  capacity: 50,
};
const rewardFree = { 'learns more than random': 'it has no interest in the reward of the environment' };

const cases = {
  'her-dqn': { options: { ...small, clipTargets: false }, expectedFailures: {} },
  'her-ddpg': { options: { ...small, clipTargets: false }, expectedFailures: {} },
  'her-td3': { options: { ...small, clipTargets: false }, expectedFailures: {} },
  'her-sac': { options: small, expectedFailures: {} },
  gcsl: { options: small, expectedFailures: {} },
  'multi-task-dqn': {
    options: { ...small, gradients: 'projected', strategy: 'all', prioritised: true },
    expectedFailures: {},
  },
  'multi-task-sac': { options: { ...small, strategy: 'random' }, expectedFailures: {} },
  'state-marginal-matching': {
    options: { ...small, components: 4, statesKept: 100 },
    expectedFailures: rewardFree,
  },
  diayn: { options: { ...small, skills: 3, discriminatorHidden: [16] }, expectedFailures: {} },
  'exact-state-marginal-matching': { options: {}, expectedFailures: rewardFree },
  'exact-diayn': { options: { skills: 3 }, expectedFailures: rewardFree },
} as const;

describe('plugin', () => {
  for (const check of pluginChecks(goalRlPlugin)) it(check.name, check.run);
});

describe.each(Object.entries(cases))('%s', (key, { options, expectedFailures }) => {
  const checks = controlLearnerChecks(goalRlPlugin, key, { options, expectedFailures, updates: 2 });
  for (const check of checks) it(check.name, check.run, 30_000);
});
