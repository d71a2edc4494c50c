import {
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
} from '@tasklearn/core';

const CLUSTERS = 64;
const SIGNAL = 8;
const NOISE = 16;

/** What {@link gaussEpisodes} draws. */
export interface GaussOptions {
  readonly ways: number;
  readonly shots: number;
  readonly queries: number;
  readonly deviation?: number;
}

/**
 * Classes are Gaussian clusters in 8 of 24 rotated dimensions, the other 16 are louder noise: x = R [m + σu ; 1.5 v].
 * 64 clusters to train on and 64 others to test on.
 */
export function gaussEpisodes({ ways, shots, queries, deviation = 0.6 }: GaussOptions): EpisodicDistribution {
  const world = createRng('gauss-episodes');
  const centres = Float32Array.from({ length: 3 * CLUSTERS * SIGNAL }, () => world.gaussian());
  const rotation = randomRotation(SIGNAL + NOISE, world.split('rotation'));
  const spec: EpisodeSpec = {
    input: { shape: [SIGNAL + NOISE], dtype: 'float32' },
    target: { kind: 'classification', classes: ways },
    loss: 'crossEntropy',
    supportSize: ways * shots,
    querySize: ways * queries,
    ways,
    shots,
  };
  const point = (cluster: number, rng: Rng) => {
    const raw = Array.from({ length: SIGNAL + NOISE }, (_, index) =>
      index < SIGNAL
        ? (centres[cluster * SIGNAL + index] as number) + deviation * rng.gaussian()
        : 1.5 * rng.gaussian(),
    );
    return rotation.map((row) => row.reduce((sum, r, index) => sum + r * (raw[index] as number), 0));
  };
  const set = (
    labels: number,
    perClass: number,
    tasks: number,
  ): { inputs: HostTensor; targets: HostTensor } => ({
    inputs: {
      dtype: 'float32',
      shape: [tasks, labels * perClass, SIGNAL + NOISE],
      data: new Float32Array(tasks * labels * perClass * (SIGNAL + NOISE)),
    },
    targets: {
      dtype: 'int32',
      shape: [tasks, labels * perClass],
      data: new Int32Array(tasks * labels * perClass),
    },
  });
  return {
    kind: 'episodic',
    id: 'gauss-episodes',
    spec,
    varies: ['inputs', 'labels'],
    episodes(split, first, count, rng) {
      const offset = ['train', 'validation', 'test'].indexOf(split) * CLUSTERS;
      const parts = [set(ways, shots, count), set(ways, queries, count)] as const;
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const chosen = own.permutation(CLUSTERS);
        for (const [index, { inputs, targets }] of parts.entries()) {
          const items = targets.shape[1] as number;
          for (let item = 0; item < items; item++) {
            const label = item % ways;
            const x = point(offset + (chosen[label] as number), own.split(index).split(item));
            inputs.data.set(x, (task * items + item) * x.length);
            targets.data[task * items + item] = label;
          }
        }
      }
      return { support: { labelled: parts[0] }, query: parts[1] } as EpisodeBatch<HostTensor>;
    },
  };
}

/** Orthonormal rows by Gram-Schmidt. */
function randomRotation(size: number, rng: Rng): number[][] {
  const rows: number[][] = [];
  while (rows.length < size) {
    let row = Array.from({ length: size }, () => rng.gaussian());
    for (const other of rows) {
      const overlap = row.reduce((sum, x, index) => sum + x * (other[index] as number), 0);
      row = row.map((x, index) => x - overlap * (other[index] as number));
    }
    const length = Math.hypot(...row);
    rows.push(row.map((x) => x / length));
  }
  return rows;
}
