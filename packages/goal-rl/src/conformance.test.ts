import { controlLearnerChecks, pluginChecks } from '@tasklearn/conformance';
import { starGrid } from '@tasklearn/environments';
import { describe, it } from 'vitest';
import { goalRlPlugin } from './plugin.js';

const small = {
  hidden: [16],
  discount: 0.9,
  learningRate: 0.01,
  targetRate: 0.05,
  episodesPerUpdate: 4,
  warmUpEpisodes: 4,
  gradientSteps: 8,
  stepsPerCall: 4,
  batchSize: 16,
  capacity: 100,
};
const deterministic = { ...small, clipTargets: false, actionPenalty: 0.01 };
const played = {
  reference: 'oracle',
  playEpisodes: 8,
  windowMaximum: 6,
  hidden: [16],
  learningRate: 0.01,
  gradientSteps: 8,
  batchSize: 16,
};
/** With a reward beside its own, even a learner without interest in rewards learns them. */
const rewarded = { ...small, environmentReward: 1, rewardScale: 0.1 };
const rewardFree = { 'learns more than random': 'it has no interest in the reward of the environment' };

/** Reward-free, finite, one task. */
const star = starGrid({ hall: 2, horizon: 6 });

const cases = {
  'her-dqn': { options: { ...small, clipTargets: false } },
  'her-ddpg': { options: deterministic },
  'her-td3': { options: deterministic },
  'her-sac': { options: small },
  gcsl: { options: small },
  gcbc: { options: { ...played, stepsPerCall: 4 }, freeTextOptions: ['reference'] },
  'play-lmp': { options: { ...played, latentSize: 2, heads: 2 }, freeTextOptions: ['reference'] },
  'multi-task-dqn': { options: { ...small, gradients: 'projected', strategy: 'all', prioritised: true } },
  'multi-task-sac': { options: { ...small, strategy: 'random' } },
  'state-marginal-matching': { options: { ...rewarded, components: 4, statesKept: 100, output: 'last' } },
  diayn: { options: { ...rewarded, skills: 3, discriminatorHidden: [16] } },
  'exact-state-marginal-matching': { options: {}, distribution: star, expectedFailures: rewardFree },
  'exact-diayn': { options: { skills: 3 }, distribution: star, expectedFailures: rewardFree },
} as const;

describe('plugin', () => {
  for (const check of pluginChecks(goalRlPlugin)) it(check.name, check.run);
});

describe.each(Object.entries(cases))('%s', (key, given) => {
  const learning =
    'distribution' in given ? { distribution: given.distribution, updates: 2 } : { updates: 12 };
  const checks = controlLearnerChecks(goalRlPlugin, key, { updates: 2, learning, ...given });
  for (const check of checks) it(check.name, check.run, 30_000);
});
