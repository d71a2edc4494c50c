/** A distance between states or goals, for rewards and for judging other metrics. */
export interface Metric {
  /** Numbers of one point, G. */
  readonly size: number;
  /** d(a_i, b_i), [N], of two lists of points, [N * G] each. */
  distance(a: Float32Array, b: Float32Array): Float32Array;
}

/**
 * Euclidean distance, √Σ (a − b)².
 *
 * @example
 * ```ts
 * import { euclideanMetric } from '@tasklearn/goal-rl';
 *
 * euclideanMetric(2).distance(Float32Array.of(0, 0), Float32Array.of(3, 4))[0]; // => 5
 * ```
 */
export function euclideanMetric(size: number): Metric {
  return {
    size,
    distance: (a, b) =>
      Float32Array.from({ length: a.length / size }, (_, point) => {
        let squared = 0;
        for (let index = point * size; index < (point + 1) * size; index += 1)
          squared += ((a[index] as number) - (b[index] as number)) ** 2;
        return Math.sqrt(squared);
      }),
  };
}

/** 0 where two points are within ε of each other, else 1: accurate, and silent about how far there is to go. */
export function equalityMetric(size: number, tolerance: number): Metric {
  const { distance } = euclideanMetric(size);
  return { size, distance: (a, b) => distance(a, b).map((value) => (value <= tolerance ? 0 : 1)) };
}
