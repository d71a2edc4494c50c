import {
  type EpisodicDistribution,
  type HostTensor,
  requireInteger,
  type Split,
  TasklearnError,
} from '@tasklearn/core';
import { createDrawer } from '../sampling/draw-without-replacement.js';
import type { ImageSet } from '../sampling/image-set.js';
import { quarterTurns } from '../sampling/quarter-turns.js';
import { assertDisjoint, type ClassSplits, splitNames, turnedClasses } from '../sampling/split-classes.js';
import { clearLifetimes, lifetimeBuffers, lifetimeSpec } from './lifetime-buffers.js';

/** Options of a stream of images whose labels come one step late. */
export type LabelStreamOptions = {
  /** N, classes of a lifetime, >= 2 and at most the side of an image. */
  readonly ways: number;
  /** Images of each class, >= 1, no image twice. */
  readonly instances: number;
  /** Turned by 90, 180 and 270 degrees a class becomes three more: for which splits. */
  readonly rotations: 'none' | 'train' | 'all';
};

/** Five classes, ten images of each: 50 steps. */
export const labelStreamDefaults: LabelStreamOptions = { ways: 5, instances: 10, rotations: 'train' };

/**
 * Images of a few new classes in random order; with each comes the label of the one before: (x_t, y_{t−1}). A learner must
 * bind images to labels while it is asked for them: at the first instance of a class it can only guess, at the second it
 * can know. Which class bears which label is drawn anew for every lifetime.
 *
 * An input is an image with one more row below it, [side + 1, side, 1]: pixel n of that row is 1 where the label before was
 * n, and the row is blank at the first step. All steps are judged. They are the query set, to be read in order by a learner
 * whose state goes on from query to query.
 *
 * @throws `INVALID_OPTION` for a value out of range, or more classes or images than there are.
 * @see Santoro, Bartunov, Botvinick, Wierstra, Lillicrap. One-shot Learning with Memory-Augmented Neural Networks. 2016,
 * section 2. arXiv:1605.06065.
 */
export function labelStream(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  options: LabelStreamOptions,
): EpisodicDistribution {
  assertDisjoint(id, images, splits);
  requireInteger(id, options, 'ways', 2);
  requireInteger(id, options, 'instances', 1);
  const { ways, instances } = options;
  const { side, starts, pixels } = images;
  const classes = turnedClasses(splits, options.rotations);
  const counts = Array.from(
    { length: starts.length - 1 },
    (_, at) => (starts[at + 1] as number) - (starts[at] as number),
  );
  const largest = Math.max(...counts, ...splitNames.map((split) => classes[split].length), ways * instances);
  const smallest = splitNames.flatMap((split) => classes[split].map(({ index }) => counts[index] as number));
  if (ways > side || instances > Math.min(...smallest)) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${id}: ${ways} classes of ${instances} images do not fit images of ${side} pixels a side and classes of ${Math.min(...smallest)}. Ask for fewer.`,
      { owner: id, key: ways > side ? 'ways' : 'instances', received: ways > side ? ways : instances },
    );
  }
  const steps = ways * instances;
  const size = (side + 1) * side;
  const spec = lifetimeSpec(steps, {
    input: { shape: [side + 1, side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
    target: { kind: 'classification', classes: ways },
    loss: 'crossEntropy',
  });
  const draw = createDrawer(largest);
  const tables = quarterTurns(side);
  const [positions, items, order] = [new Int32Array(ways), new Int32Array(instances), new Int32Array(steps)];

  /** One image into its step. */
  const write = (of: { index: number; turns: number }, item: number, out: Float32Array, offset: number) => {
    const from = ((starts[of.index] as number) + item) * side * side;
    const table = tables[of.turns] as Int32Array;
    for (let pixel = 0; pixel < side * side; pixel++)
      out[offset + pixel] = (pixels[from + (table[pixel] as number)] as number) / 255;
  };
  const drawnFrom = (split: Split) => {
    const available = classes[split];
    if (available.length >= ways) return available;
    throw new TasklearnError(
      'INVALID_OPTION',
      `${id}: ${ways} classes of a lifetime need as many, the ${split} split has ${available.length}.`,
      { owner: id, key: 'ways', split, expected: ways, received: available.length },
    );
  };
  return {
    kind: 'episodic',
    id,
    varies: ['inputs', 'labels'],
    spec,
    episodes(split, first, count, rng, into = lifetimeBuffers(spec, count)) {
      clearLifetimes(into);
      const available = drawnFrom(split);
      const inputs = into.query.inputs.data as Float32Array;
      const targets = into.query.targets.data;
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        draw(ways, available.length, own, positions);
        draw(steps, steps, own, order);
        for (let label = 0; label < ways; label++) {
          const of = available[positions[label] as number] as { index: number; turns: number };
          draw(instances, counts[of.index] as number, own, items);
          for (let instance = 0; instance < instances; instance++) {
            const step = task * steps + (order[label * instances + instance] as number);
            write(of, items[instance] as number, inputs, step * size);
            targets[step] = label;
          }
        }
        for (let step = task * steps + 1; step < (task + 1) * steps; step++)
          inputs[(step + 1) * size - side + (targets[step - 1] as number)] = 1;
      }
      (into.query.mask as HostTensor).data.fill(1);
      return into;
    },
  };
}
