import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { singleOutput } from './single-output.js';

/** Puts the elements of y along one axis at start, start + step, ... of `length` zeros; step > 0. */
function spread(y: Tensor, axis: number, start: number, step: number, length: number): Tensor {
  const count = y.shape[axis] as number;
  const reach = (count - 1) * step + 1;
  const margins = (rank: number, at: number, before: number, after: number): [number, number][] =>
    Array.from({ length: rank }, (_, index) => (index === at ? [before, after] : [0, 0]));
  let apart = y;
  if (step > 1) {
    const gapped = tf.pad(y.expandDims(axis + 1), margins(y.rank + 1, axis + 1, 0, step - 1));
    const joined = gapped.reshape(y.shape.map((size, index) => (index === axis ? size * step : size)));
    const size = joined.shape.map((whole, index) => (index === axis ? reach : whole));
    apart = tf.slice(joined, Array<number>(y.rank).fill(0), size);
  }
  return tf.pad(apart, margins(y.rank, axis, start, length - start - reach));
}

function stridedSliceGradient(dy: Tensor, x: Tensor, attributes: NamedAttrMap): Tensor {
  const masks = ['beginMask', 'endMask', 'ellipsisMask', 'newAxisMask', 'shrinkAxisMask'].map(
    (name) => attributes[name] as number,
  ) as [number, number, number, number, number];
  const [begins, ends, steps] = [attributes.begin, attributes.end, attributes.strides] as [
    number[],
    number[],
    number[],
  ];
  const info = tf.slice_util.sliceInfo(x.shape, begins, ends, steps, ...masks);
  // One entry per axis of x: before axes of size 1 are put in or dropped.
  const counts = info.begin.map((begin: number, axis: number) =>
    Math.ceil(((info.end[axis] as number) - begin) / (info.strides[axis] as number)),
  );
  let result = dy.reshape(counts);
  for (const [axis, count] of counts.entries()) {
    const [begin, step] = [info.begin[axis] as number, info.strides[axis] as number];
    const backwards = step < 0;
    const start = backwards ? begin + (count - 1) * step : begin;
    result = spread(
      backwards ? tf.reverse(result, axis) : result,
      axis,
      start,
      Math.abs(step),
      x.shape[axis] as number,
    );
  }
  return result;
}

/** What lies between two positions of one axis. */
function range(x: Tensor, axis: number, start: number, count: number): Tensor {
  const begin = x.shape.map((_, index) => (index === axis ? start : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, index) => (index === axis ? count : size)),
  );
}

/** Adds the mirror images back onto what they are images of, axis by axis. tfjs drops them. */
function mirrorPadGradient(dy: Tensor, x: Tensor, attributes: NamedAttrMap): Tensor {
  const { paddings, mode } = attributes as unknown as { paddings: [number, number][]; mode: string };
  const skipped = mode === 'reflect' ? 1 : 0;
  return paddings.reduce((gradient, [before, after], axis) => {
    const length = x.shape[axis] as number;
    const image = (start: number, count: number) => tf.reverse(range(gradient, axis, start, count), axis);
    let sum = range(gradient, axis, before, length);
    if (before > 0) sum = tf.add(sum, spread(image(0, before), axis, skipped, 1, length));
    if (after > 0) {
      const start = length - skipped - after;
      sum = tf.add(sum, spread(image(before + length, after), axis, start, 1, length));
    }
    return sum;
  }, dy);
}

/** Sums over copies; tfjs adds slices one by one, up to rank 4. */
function tileGradient(dy: Tensor, x: Tensor, reps: readonly number[]): Tensor {
  const split = reps.flatMap((count, axis) =>
    count > 1 ? [count, x.shape[axis] as number] : [x.shape[axis] as number],
  );
  const axes: number[] = [];
  let position = 0;
  for (const count of reps) {
    if (count > 1) axes.push(position++);
    position++;
  }
  return tf.sum(dy.reshape(split), axes).reshape(x.shape);
}

/** Slices with strides, mirrored edges and tiles. */
export const sliceGradients: readonly GradConfig[] = [
  singleOutput('StridedSlice', ['x'], (dy, [x], attributes) => ({
    x: () => stridedSliceGradient(dy, x as Tensor, attributes),
  })),
  singleOutput('MirrorPad', ['x'], (dy, [x], attributes) => ({
    x: () => mirrorPadGradient(dy, x as Tensor, attributes),
  })),
  singleOutput('Tile', ['x'], (dy, [x], { reps }) => ({
    x: () => tileGradient(dy, x as Tensor, reps as number[]),
  })),
];
