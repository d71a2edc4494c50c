import { type StreamDistribution, TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { brokenStreams, drawing, names, stepping, untold } from './__fixtures__/broken-streams.js';
import { classes, points, shares } from './__fixtures__/good-streams.js';
import { trivialStreamDistribution } from './stream/trivial-stream-distribution.js';
import {
  type StreamDistributionCheckOptions,
  streamDistributionChecks,
} from './stream-distribution-checks.js';

const { arrive, compared, fixed, seeds, unseen } = names;

async function run(
  distribution: StreamDistribution,
  name: string,
  options: StreamDistributionCheckOptions = {},
): Promise<void> {
  const check = streamDistributionChecks(distribution, options).find((each) => each.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

const failed = { code: '@tasklearn/conformance:FAILED' };

describe('streams that keep the contract', () => {
  const trivial = { expectedFailures: { [seeds]: 'the same for every seed' } };
  describe.each([
    ['classes', classes, {}],
    ['points', points, {}],
    ['shares of classes', shares, {}],
    ['trivial classes', trivialStreamDistribution(), trivial],
    ['trivial numbers', trivialStreamDistribution({ target: 'regression' }), trivial],
  ] as const)('%s', (_name, distribution, options) => {
    for (const check of streamDistributionChecks(distribution, options)) it(check.name, () => check.run());
  });

  it('may refuse splits other than the test, return in turn, and leave out tasks where that is said', async () => {
    const testOnly = drawing((split, index, rng) => {
      if (split === 'test') return classes.stream(split, index, rng);
      throw new TasklearnError('UNSUPPORTED_TASK', 'no such lifetimes');
    });
    for (const check of streamDistributionChecks(testOnly)) await check.run();
    const inTurn = {
      ...stepping((_step, t) => ({ task: t % 2 })),
      spec: { ...untold, order: 'periodic' },
    } as StreamDistribution;
    await run(inTurn, arrive);
    const three = { ...classes, spec: { ...untold, tasks: 3 } };
    await run(three, arrive, { everyTask: false });
  });
});

describe('broken streams are caught by the check of that name', () => {
  it.each(brokenStreams)('%s: one that %s', async (name, _mistake, distribution) => {
    await run(name === compared ? points : classes, name);
    await expect(run(distribution, name)).rejects.toMatchObject(failed);
    await run(distribution, name, { expectedFailures: { [name]: 'on purpose' } });
  });

  it('hands on what a distribution throws', () => {
    const broken = drawing(() => {
      throw new TasklearnError('UNSUPPORTED_TASK', 'no lifetimes at all');
    });
    expect(() => streamDistributionChecks(broken)).toThrow(/no lifetimes at all/);
  });

  it('makes checks of what there is only, and can be told that items repeat', () => {
    const namesOf = (distribution: StreamDistribution, options?: StreamDistributionCheckOptions) =>
      streamDistributionChecks(distribution, options).map(({ name }) => name);
    for (const absent of [fixed, unseen]) expect(namesOf(points)).not.toContain(absent);
    expect(namesOf(classes)).not.toContain(compared);
    expect(namesOf(classes)).toContain(unseen);
    expect(namesOf(classes, { distinctItems: false })).not.toContain(unseen);
  });
});
