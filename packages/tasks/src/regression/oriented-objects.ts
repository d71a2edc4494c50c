import {
  createRng,
  type EpisodeSpec,
  type EpisodicDistribution,
  fillNormal,
  requireInteger,
  type Split,
} from '@tasklearn/core';
import { episodeBuffers } from '../sampling/episode-buffers.js';

/** Options of objects seen from many sides. */
export type OrientedObjectOptions = {
  /** Objects of the meta-training split, >= 1: few of them are learnt by heart. */
  readonly trainObjects: number;
  /** Objects of the meta-validation and of the meta-test split each, >= 1. */
  readonly testObjects: number;
  /** K, support views, >= 1. */
  readonly shots: number;
  /** Query views, >= 1. */
  readonly queries: number;
  /** Numbers of an object's code, >= 1. */
  readonly codeSize: number;
  /** Seed of the objects, >= 0. */
  readonly worldSeed: number;
};

/** Twenty objects to learn from, 200 new ones, five views. */
export const orientedObjectDefaults: OrientedObjectOptions = {
  trainObjects: 20,
  testObjects: 200,
  shots: 5,
  queries: 15,
  codeSize: 16,
  worldSeed: 0,
};

const ID = '@tasklearn/tasks/oriented-objects';

/**
 * How is an object turned, against a direction of its own that only labelled views tell? The input shows which object it
 * is, so that the tasks of few training objects can be solved from the input alone, without the support set: the simplest
 * case in which a meta-learner memorises, and fails on new objects.
 *
 * x = (c, cos a, sin a), y = (cos(a − ω), sin(a − ω)); code c ~ N(0, I) and direction ω ~ U[0, 2π] of the object, a ~ U[0, 2π].
 * A constant prediction has error 1, the sum over both numbers.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Yin, Tucker, Zhou, Levine, Finn. Meta-Learning without Memorization. ICLR 2020, section 6.2, there with images.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { orientedObjects } from '@tasklearn/tasks';
 *
 * const { support } = orientedObjects().episodes('train', 0, 2, createRng(0));
 * support.labelled.inputs.shape; // => [2, 5, 18]
 * ```
 */
export function orientedObjects(options: Partial<OrientedObjectOptions> = {}): EpisodicDistribution {
  const complete = { ...orientedObjectDefaults, ...options };
  for (const key of ['trainObjects', 'testObjects', 'shots', 'queries', 'codeSize'] as const)
    requireInteger(ID, complete, key, 1);
  requireInteger(ID, complete, 'worldSeed', 0);
  const { trainObjects, testObjects, shots, queries, codeSize } = complete;
  const width = codeSize + 2;
  const spec: EpisodeSpec = {
    input: { shape: [width], dtype: 'float32' },
    target: { kind: 'regression', shape: [2] },
    loss: 'meanSquaredError',
    supportSize: shots,
    querySize: queries,
  };
  const world = createRng('oriented objects').split(complete.worldSeed);
  const objectOf = (split: Split, index: number) => {
    const own = world.split(split).split(index);
    const direction = 2 * Math.PI * own.next();
    return { direction, code: fillNormal(own, new Float32Array(codeSize)) };
  };
  const objects = (split: Split) => (split === 'train' ? trainObjects : testObjects);
  return {
    kind: 'episodic',
    id: ID,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = episodeBuffers(spec, count)) {
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const { direction, code } = objectOf(split, own.integer(objects(split)));
        for (const [set, views] of [
          [into.support.labelled, shots],
          [into.query, queries],
        ] as const)
          for (let view = task * views; view < (task + 1) * views; view++) {
            const angle = 2 * Math.PI * own.next();
            set.inputs.data.set(code, view * width);
            set.inputs.data.set([Math.cos(angle), Math.sin(angle)], view * width + codeSize);
            set.targets.data.set([Math.cos(angle - direction), Math.sin(angle - direction)], view * 2);
          }
      }
      return into;
    },
    truth: (split, index, rng) => ({
      parameters: {
        direction: objectOf(split, rng.split(split).split(index).integer(objects(split))).direction,
      },
    }),
  };
}
