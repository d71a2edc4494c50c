import { type HostTensor, type Rng, TasklearnError } from '@tasklearn/core';

/** How {@link fitClusters} works. */
export interface FitClustersOptions {
  /** C, >= 2. */
  readonly clusters: number;
  /** Rounds of assignment and averaging, >= 1. */
  readonly iterations: number;
}

/**
 * k-means on the host, from k-means++ seeds. An emptied cluster keeps its centre.
 *
 * @param points - float32 [M, d], M >= C.
 * @returns centres, float32 [C, d].
 * @throws `INVALID_OPTION` if there are fewer points than clusters, or fewer than 2 clusters.
 * @see Arthur, Vassilvitskii. k-means++: The Advantages of Careful Seeding. SODA 2007.
 */
export function fitClusters(
  points: HostTensor,
  { clusters, iterations }: FitClustersOptions,
  rng: Rng,
): HostTensor {
  const [count = 0, size = 0] = points.shape;
  if (clusters < 2 || count < clusters) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `fitClusters: expected 2 <= clusters <= ${count} points, got ${clusters}.`,
      {
        key: 'clusters',
        expected: `in [2, ${count}]`,
        received: clusters,
      },
    );
  }
  const data = points.data as Float32Array;
  const centres = seeds(data, count, size, clusters, rng);
  for (let round = 0; round < iterations; round++) average(data, count, size, centres);
  return { dtype: 'float32', shape: [clusters, size], data: centres };
}

/** The first at random, each next one with a chance proportional to its squared distance from the others. */
function seeds(data: Float32Array, count: number, size: number, clusters: number, rng: Rng): Float32Array {
  const centres = new Float32Array(clusters * size);
  const distances = new Float64Array(count).fill(1);
  for (let cluster = 0; cluster < clusters; cluster++) {
    let left = rng.next() * distances.reduce((sum, d) => sum + d, 0);
    let chosen = 0;
    while (chosen < count - 1 && left >= (distances[chosen] as number)) left -= distances[chosen++] as number;
    centres.set(data.subarray(chosen * size, (chosen + 1) * size), cluster * size);
    for (let point = 0; point < count; point++) {
      const d = squaredDistance(data, point, centres, cluster, size);
      distances[point] = cluster === 0 ? d : Math.min(distances[point] as number, d);
    }
  }
  return centres;
}

function average(data: Float32Array, count: number, size: number, centres: Float32Array): void {
  const clusters = centres.length / size;
  const sums = new Float64Array(centres.length);
  const members = new Int32Array(clusters);
  for (let point = 0; point < count; point++) {
    const nearest = nearestCentre(data, point, centres, size);
    members[nearest] = (members[nearest] as number) + 1;
    for (let d = 0; d < size; d++) {
      sums[nearest * size + d] = (sums[nearest * size + d] as number) + (data[point * size + d] as number);
    }
  }
  for (let index = 0; index < centres.length; index++) {
    const inCluster = members[Math.floor(index / size)] as number;
    if (inCluster > 0) centres[index] = (sums[index] as number) / inCluster;
  }
}

function nearestCentre(data: Float32Array, point: number, centres: Float32Array, size: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let cluster = 0; cluster < centres.length / size; cluster++) {
    const d = squaredDistance(data, point, centres, cluster, size);
    if (d < least) [best, least] = [cluster, d];
  }
  return best;
}

function squaredDistance(
  data: Float32Array,
  point: number,
  centres: Float32Array,
  cluster: number,
  size: number,
): number {
  let sum = 0;
  for (let d = 0; d < size; d++) {
    sum += ((data[point * size + d] as number) - (centres[cluster * size + d] as number)) ** 2;
  }
  return sum;
}
