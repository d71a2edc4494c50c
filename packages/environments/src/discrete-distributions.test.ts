import { environmentChecks } from '@tasklearn/conformance';
import { type ControlDistribution, resolveOptions } from '@tasklearn/core';
import { describe, it } from 'vitest';
import { discreteDistributions } from './discrete-distributions.js';

const shared = { 'splits share no task': 'there are too few tasks to hold some back; documented' };

const limits = {
  'episodes terminate, or are truncated at the horizon':
    'exploration and execution episodes are truncated at limits of their own; `spec.horizon` is the larger one',
};

/** Options other than the defaults, with what is expected of them. */
const variants: readonly {
  readonly key: keyof typeof discreteDistributions;
  readonly options?: object;
  readonly expectedFailures?: Readonly<Record<string, string>>;
}[] = [
  ...(Object.keys(discreteDistributions) as (keyof typeof discreteDistributions)[]).map((key) => ({
    key,
    ...(['corridor', 'reveal-bandit', 'informative-bandits', 'hockey'].includes(key)
      ? { expectedFailures: shared }
      : {}),
    ...(['hallway-sign', 'cook-grid'].includes(key) ? { expectedFailures: limits } : {}),
    // What a full maze costs is in its own test.
    ...(key === 'maze' ? { options: { horizon: 40 } } : {}),
  })),
  { key: 'informative-bandits', options: { tells: 'observation' }, expectedFailures: shared },
  { key: 'tabular-mdps', options: { transitions: 'garnet', rewardNoise: 0 } },
  { key: 'bus-grid', options: { map: false, distractors: true } },
  { key: 'chain', options: { actionIndependent: true, slip: 0.2 } },
  { key: 'bit-flip', options: { bits: 3, endsAtGoal: true } },
  { key: 'grid-world', options: { goal: 'task', walls: 0.2, slip: 0.2, reward: 'penalty' } },
  { key: 'grid-world', options: { goal: 'episode', observation: 'coordinates', endsAtGoal: false, size: 4 } },
  { key: 'four-rooms', options: { goal: 'hidden', observation: 'coordinates', reward: 'distance' } },
  { key: 'maze', options: { view: 'local', horizon: 20, testSize: 9 } },
  { key: 'hallway-sign', options: { sign: 'permuted', explorationSteps: 12 }, expectedFailures: limits },
  {
    key: 'hallway-sign',
    options: { sign: 'image', paintingBits: 0 },
    expectedFailures: { ...shared, ...limits },
  },
];

for (const { key, options = {}, expectedFailures = {} } of variants)
  describe(`${key} ${JSON.stringify(options)}`, () => {
    const descriptor = discreteDistributions[key];
    const complete = resolveOptions(key, descriptor.defaults as object, options);
    const distribution = (descriptor.create as (options: object) => ControlDistribution)(complete);
    for (const check of environmentChecks(distribution, { expectedFailures })) it(check.name, check.run);
  });
