import {
  createRng,
  type HostTensor,
  type Split,
  type Stream,
  type StreamDistribution,
  type Tree,
} from '@tasklearn/core';
import { demand } from '../check.js';
import { demandIdentical, differs } from '../compare.js';
import { copyOf } from '../episodes/change-episodes.js';
import { evenlySpaced } from '../evenly-spaced.js';
import { dataOf, eachLifetime, seed, splitsOf } from './stream-source.js';

/** Some steps of a lifetime, copied. */
type Excerpt = {
  readonly length: number;
  readonly tasks: readonly number[];
  readonly data: Tree<HostTensor>;
};

function excerptOf(stream: Stream, steps: number): Excerpt {
  const chosen = Array.from(evenlySpaced(stream.length, steps));
  const lived = chosen.map((t) => {
    const step = stream.step(t);
    return { task: step.task, data: copyOf(dataOf(step)) };
  });
  return {
    length: stream.length,
    tasks: lived.map(({ task }) => task),
    data: Object.fromEntries(lived.map(({ data }, place) => [`step ${chosen[place]}`, data])),
  };
}

function demandSame(what: string, first: Excerpt, second: Excerpt): void {
  const lengths = `${first.length} and ${second.length}`;
  demand(first.length === second.length, `${what}: lifetimes of ${lengths} steps.`);
  const tasks = `[${first.tasks}] and [${second.tasks}]`;
  demand(`${first.tasks}` === `${second.tasks}`, `${what}: steps of the tasks ${tasks}.`);
  demandIdentical(what, first.data, second.data);
}

/** Split, index and the key of `rng` alone decide: not what was drawn from it before or since, nor other lifetimes. */
export function demandLifetimesPure(distribution: StreamDistribution, steps: number): void {
  for (const split of splitsOf(distribution)) {
    const what = `${distribution.id}: ${split}`;
    const first = excerptOf(distribution.stream(split, 2, seed()), steps);
    const again = distribution.stream(split, 2, seed());
    excerptOf(distribution.stream(split, 7, seed()), 1);
    demandSame(`${what} lifetime asked for twice`, first, excerptOf(again, steps));
    const used = seed();
    used.next();
    const late = distribution.stream(split, 2, used);
    used.next();
    demandSame(`${what} lifetime from a stream that was drawn from`, first, excerptOf(late, steps));
  }
}

/** Step t is step t, whenever and after whatever it is asked for, and what was returned stays as it was. */
export function demandStepsPure(distribution: StreamDistribution, steps: number): void {
  eachLifetime(distribution, 1, (stream, what) => {
    const chosen = Array.from(evenlySpaced(stream.length, steps));
    const kept = chosen.map((t) => {
      const step = stream.step(t);
      return { t, task: step.task, data: dataOf(step), copy: copyOf(dataOf(step)) };
    });
    for (const { t, task, copy } of kept.toReversed()) {
      const later = stream.step(t);
      demandIdentical(`${what}: step ${t}, forwards and backwards`, copy, dataOf(later));
      demand(later.task === task, `${what}: step ${t} is of task ${task}, and later of ${later.task}.`);
    }
    for (const { t, data, copy } of kept)
      demandIdentical(`${what}: step ${t}, and the same after others were asked for`, copy, data);
  });
}

function haveSameData(a: Stream, b: Stream, steps: number): boolean {
  if (a.length !== b.length) return false;
  const [first, second] = [excerptOf(a, steps), excerptOf(b, steps)];
  return !differs(first.data, second.data);
}

/** Otherwise every lifetime would be the same one, or the test one that was trained on. */
export function demandLifetimesVary(distribution: StreamDistribution, steps: number): void {
  const splits = splitsOf(distribution);
  const first = () => distribution.stream('test', 0, seed());
  const others: readonly (readonly [what: string, split: Split, index: number])[] = [
    ['another index', 'test', 1],
    ...splits.flatMap((split) => (split === 'test' ? [] : [[`the split ${split}`, split, 0] as const])),
  ];
  for (const [what, split, index] of others) {
    const other = distribution.stream(split, index, seed());
    const same = haveSameData(first(), other, steps);
    demand(!same, `${distribution.id}: ${what} gives the same lifetime.`, { what });
  }
}

/** Otherwise repetitions with other seeds would repeat one lifetime. */
export function demandSeedsVary(distribution: StreamDistribution, steps: number): void {
  const lifetime = (key: string) => distribution.stream('test', 0, createRng(key));
  const same = haveSameData(lifetime('conformance'), lifetime('another'), steps);
  demand(!same, `${distribution.id}: another seed gives the same lifetime.`);
}
