import {
  type HostTensor,
  type Rng,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  type Split,
  type Stream,
  type StreamDistribution,
} from '@tasklearn/core';

/** Options of the stream of points to be predicted. */
export type MeanTrackingOptions = {
  /** d. */
  readonly size: number;
  /** T, points of a lifetime. */
  readonly length: number;
  /** s, standard deviation of a point about its mean. */
  readonly noise: number;
  /** How the mean moves: not, at `segments` − 1 places, steadily, or on a circle. */
  readonly order: 'iid' | 'piecewise' | 'drift' | 'periodic';
  /** Segments of `piecewise`, equally long. */
  readonly segments: number;
  /** Distance that the mean drifts in a lifetime, or the radius of its circle. */
  readonly amplitude: number;
  /** Points of one round of `periodic`. */
  readonly period: number;
};

/** Two hundred points in the plane about one mean. */
export const meanTrackingDefaults: MeanTrackingOptions = {
  size: 2,
  length: 200,
  noise: 1,
  order: 'iid',
  segments: 4,
  amplitude: 5,
  period: 50,
};

function meansOf(options: MeanTrackingOptions, rng: Rng): (t: number) => Float64Array {
  const { size, length, order, segments, amplitude, period } = options;
  const normal = (label: string | number) => {
    const own = rng.split('mean').split(label);
    return Float64Array.from({ length: size }, () => own.gaussian());
  };
  const start = normal(0);
  const direction = normal('direction');
  const norm = Math.hypot(...direction);
  if (order === 'iid') return () => start;
  if (order === 'piecewise') {
    const means = Array.from({ length: segments }, (_, segment) =>
      normal(segment).map((value) => amplitude * value),
    );
    return (t) => means[Math.min(segments - 1, Math.floor((t * segments) / length))] as Float64Array;
  }
  if (order === 'drift')
    return (t) =>
      start.map((value, axis) => value + (amplitude * (t / length) * (direction[axis] as number)) / norm);
  const phase = (t: number) => (2 * Math.PI * t) / period;
  return (t) =>
    start.map(
      (value, axis) => value + amplitude * (axis % 2 === 0 ? Math.cos(phase(t)) : Math.sin(phase(t))),
    );
}

/** ‖c_t − mean‖², [T], with a mean for each group of points: the best prediction in hindsight that is the same for a group. */
function distancesToMeans(points: readonly Float32Array[], groupOf: (t: number) => number): number[] {
  const size = points[0]?.length ?? 0;
  const sums = new Map<number, { readonly sum: Float64Array; count: number }>();
  for (const [t, point] of points.entries()) {
    const group = sums.get(groupOf(t)) ?? { sum: new Float64Array(size), count: 0 };
    for (const [axis, value] of point.entries()) group.sum[axis]! += value;
    group.count += 1;
    sums.set(groupOf(t), group);
  }
  return points.map((point, t) => {
    const { sum, count } = sums.get(groupOf(t)) as { readonly sum: Float64Array; count: number };
    return point.reduce((total, value, axis) => total + (value - (sum[axis] as number) / count) ** 2, 0);
  });
}

/**
 * Points c_t ~ N(μ_t, s² I) that are to be predicted from nothing: inputs are 0, so the best a learner can do is track the mean,
 * and the regret against the best fixed prediction, the mean of all points, is known exactly. Of `piecewise` it is also known against
 * the best prediction of every segment.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { meanTracking } from '@tasklearn/tasks';
 *
 * const stream = meanTracking({ size: 3 }).stream('test', 0, createRng(0));
 * stream.step(7).targets.shape; // => [1, 3]
 * ```
 */
export function meanTracking(given: Partial<MeanTrackingOptions> = {}): StreamDistribution {
  const id = '@tasklearn/tasks/mean-tracking';
  const options = { ...meanTrackingDefaults, ...given };
  for (const key of ['size', 'length', 'segments', 'period'] as const) requireInteger(id, options, key);
  requirePositive(id, options, 'noise');
  requireNonNegative(id, options, 'amplitude');
  requireOneOf(id, options, 'order', ['iid', 'piecewise', 'drift', 'periodic']);
  const { size, length, noise, order, segments } = options;
  const tasks = order === 'piecewise' ? segments : 1;
  const lifetime = (rng: Rng): Stream => {
    const mean = meansOf(options, rng);
    const inputs: HostTensor = { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) };
    const point = (t: number) => {
      const own = rng.split('point').split(t);
      return Float32Array.from(mean(t), (value) => value + noise * own.gaussian());
    };
    const taskOf = (t: number) => Math.min(tasks - 1, Math.floor((t * tasks) / length));
    return {
      length,
      step: (t) => ({
        inputs,
        targets: { dtype: 'float32', shape: [1, size], data: point(t) },
        task: taskOf(t),
      }),
      comparators() {
        const points = Array.from({ length }, (_, t) => point(t));
        const fixed = distancesToMeans(points, () => 0);
        return order === 'piecewise' ? { fixed, dynamic: distancesToMeans(points, taskOf) } : { fixed };
      },
    };
  };
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [1], dtype: 'float32' },
      target: { kind: 'regression', shape: [size] },
      loss: 'meanSquaredError',
      order,
      boundaries: order === 'piecewise' ? 'discrete' : 'continuous',
      boundariesKnown: false,
      batchSize: 1,
      tasks,
      storage: Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) => lifetime(rng.split(split).split(index)),
  };
}
