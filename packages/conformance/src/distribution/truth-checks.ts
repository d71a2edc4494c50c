import { createRng, type EpisodeTruth, type EpisodicDistribution, isJson, type Split } from '@tasklearn/core';
import { demand } from '../check.js';
import { waysOf } from '../episodes/trivial-distribution.js';

const SPLITS = ['train', 'validation', 'test'] as const;

function truthOf(distribution: EpisodicDistribution, split: Split, index: number): EpisodeTruth {
  return (distribution.truth as NonNullable<EpisodicDistribution['truth']>)(
    split,
    index,
    createRng('conformance'),
  );
}

/** Truth is pure, has a name for each class of the episode, and is not the same for all. */
export function demandTruthFits(distribution: EpisodicDistribution, count: number): void {
  const { id, spec } = distribution;
  for (const split of SPLITS) {
    const seen = new Set<string>();
    for (let index = 0; index < count; index++) {
      const truth = truthOf(distribution, split, index);
      const text = JSON.stringify(truth);
      seen.add(text);
      demand(isJson(truth), `${id}: truth must be JSON, got ${text}.`);
      demand(
        text === JSON.stringify(truthOf(distribution, split, index)),
        `${id}: truth changes when asked for twice.`,
      );
      const names = truth.classNames;
      if (names === undefined) continue;
      const ways = waysOf(spec);
      demand(names.length === ways, `${id}: truth must name ${ways} classes, got ${names.length}.`, {
        index,
      });
      demand(new Set(names).size === ways, `${id}: an episode has the class '${repeated(names)}' twice.`, {
        index,
      });
    }
    demand(count === 1 || seen.size > 1, `${id}: ${count} episodes of ${split} all have the same truth.`);
  }
}

function repeated(names: readonly string[]): string {
  return names.find((name, at) => names.indexOf(name) !== at) ?? '';
}

/** A class that training meets is met in no other split; read from the names in `truth`. */
export function demandSplitsDisjoint(distribution: EpisodicDistribution, count: number): void {
  const owner = new Map<string, Split>();
  for (const split of SPLITS) {
    for (let index = 0; index < count; index++) {
      for (const name of truthOf(distribution, split, index).classNames ?? []) {
        const other = owner.get(name) ?? split;
        demand(other === split, `${distribution.id}: the class '${name}' is in ${other} and in ${split}.`, {
          name,
        });
        owner.set(name, split);
      }
    }
  }
}
