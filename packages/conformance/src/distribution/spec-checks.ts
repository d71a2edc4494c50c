import {
  createRng,
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  type LabelledSet,
} from '@tasklearn/core';
import { demand, failure } from '../check.js';
import { demandForm, demandRange } from '../demand-tensor.js';
import { waysOf } from '../episodes/trivial-distribution.js';

const SPLITS = ['train', 'validation', 'test'] as const;

/** Shapes, types, ranges and labels are those of the spec, in every split. */
export function demandSpecHolds(distribution: EpisodicDistribution, count: number): void {
  const { spec, id } = distribution;
  for (const split of SPLITS) {
    const { support, query } = distribution.episodes(split, 0, count, createRng('conformance'));
    demandSet(`${id}: ${split} support`, spec, support.labelled, count, spec.supportSize);
    demandSet(`${id}: ${split} query`, spec, query, count, spec.querySize);
    if (spec.target.kind === 'classification')
      demandEveryClass(`${id}: ${split} support`, spec, support.labelled);
  }
}

function demandSet(
  what: string,
  spec: EpisodeSpec,
  set: LabelledSet<HostTensor>,
  tasks: number,
  items: number,
): void {
  const { input, target } = spec;
  const axes = [tasks, items];
  demandForm(`${what} inputs`, set.inputs, input.dtype, [...axes, ...input.shape]);
  demandRange(`${what} inputs`, set.inputs, input.minimum, input.maximum);
  if (target.kind === 'classification') {
    demandForm(`${what} targets`, set.targets, 'int32', axes);
    demandRange(`${what} targets`, set.targets, 0, waysOf(spec) - 1);
  } else {
    demandForm(`${what} targets`, set.targets, 'float32', [...axes, ...target.shape]);
    demandRange(`${what} targets`, set.targets);
  }
  if (set.mask === undefined) return;
  demandForm(`${what} mask`, set.mask, 'float32', axes);
  const odd = set.mask.data.find((value) => value !== 0 && value !== 1);
  demand(odd === undefined, `${what} mask must be 0 or 1, got ${odd}.`);
}

/** Every class has between 1 and K items that count. */
function demandEveryClass(what: string, spec: EpisodeSpec, { targets, mask }: LabelledSet<HostTensor>): void {
  const ways = waysOf(spec);
  const [tasks, items] = targets.shape as [number, number];
  for (let task = 0; task < tasks; task++) {
    const counts = new Array<number>(ways).fill(0);
    for (let at = task * items; at < (task + 1) * items; at++) {
      if (mask?.data[at] !== 0) counts[targets.data[at] as number]! += 1;
    }
    const most = spec.shots ?? items;
    const odd = counts.find((shots) => shots < 1 || shots > most);
    demand(odd === undefined, `${what} must have 1 to ${most} items of each class, got ${odd}.`, {
      task,
      counts,
    });
  }
}

/** No support input is a query input of the same episode, bit for bit. */
export function demandItemsDistinct(distribution: EpisodicDistribution, count: number): void {
  for (const split of SPLITS) {
    const { support, query } = distribution.episodes(split, 0, count, createRng('conformance'));
    for (let task = 0; task < count; task++) {
      const seen = new Set(itemKeys(support.labelled.inputs, task));
      for (const key of itemKeys(query.inputs, task)) {
        if (!seen.has(key)) continue;
        throw failure(
          `${distribution.id}: episode ${task} of ${split} has an item in both support and query.`,
          {
            split,
            episode: task,
          },
        );
      }
    }
  }
}

function itemKeys({ shape, data }: HostTensor, task: number): string[] {
  const [tasks, items] = shape as [number, number];
  const size = data.length / (tasks * items);
  return Array.from({ length: items }, (_, item) => {
    const start = (task * items + item) * size;
    return data.subarray(start, start + size).join(',');
  });
}
