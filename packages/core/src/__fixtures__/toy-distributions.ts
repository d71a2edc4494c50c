import type { EpisodeBatch, EpisodeSpec, EpisodicDistribution, HostTensor, Rng } from '../index.js';

const float = (shape: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const integer = (shape: number[]): HostTensor => ({
  dtype: 'int32',
  shape,
  data: new Int32Array(shape.reduce((a, b) => a * b, 1)),
});

/** y = a·x + b with a, b ~ U(-2, 2), x ~ U(-1, 1). */
export function lines(sizes: { support?: number; query?: number } = {}): EpisodicDistribution {
  const { support = 5, query = 4 } = sizes;
  const spec: EpisodeSpec = {
    input: { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    supportSize: support,
    querySize: query,
  };
  return {
    kind: 'episodic',
    id: 'lines',
    spec,
    varies: ['labels'],
    episodes(split, first, count, rng, into) {
      const episodes = into ?? {
        support: { labelled: { inputs: float([count, support, 1]), targets: float([count, support, 1]) } },
        query: { inputs: float([count, query, 1]), targets: float([count, query, 1]) },
      };
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const [slope, intercept] = [4 * own.next() - 2, 4 * own.next() - 2];
        for (const { inputs, targets } of [episodes.support.labelled, episodes.query]) {
          const size = inputs.data.length / count;
          for (let at = task * size; at < (task + 1) * size; at++) {
            const x = 2 * own.next() - 1;
            inputs.data[at] = x;
            targets.data[at] = slope * x + intercept;
          }
        }
      }
      return episodes;
    },
  };
}

/** N classes, each a cluster in the plane with centre ~ N(0, I) and spread 0.2; rows of `inputs` have 2 numbers. */
export function clusters({ ways = 3, shots = 1, queries = 2 } = {}): EpisodicDistribution {
  const spec: EpisodeSpec = {
    input: { shape: [2], dtype: 'float32' },
    target: { kind: 'classification', classes: ways },
    loss: 'crossEntropy',
    supportSize: ways * shots,
    querySize: ways * queries,
    ways,
    shots,
  };
  const empty = (count: number): EpisodeBatch<HostTensor> => ({
    support: {
      labelled: { inputs: float([count, spec.supportSize, 2]), targets: integer([count, spec.supportSize]) },
    },
    query: { inputs: float([count, spec.querySize, 2]), targets: integer([count, spec.querySize]) },
  });
  return {
    kind: 'episodic',
    id: 'clusters',
    spec,
    varies: ['inputs', 'labels'],
    episodes(split, first, count, rng, into) {
      const episodes = into ?? empty(count);
      for (let task = 0; task < count; task++)
        fillClusters(episodes, task, count, ways, rng.split(split).split(first + task));
      return episodes;
    },
  };
}

function fillClusters(
  episodes: EpisodeBatch<HostTensor>,
  task: number,
  count: number,
  ways: number,
  rng: Rng,
): void {
  const centres = Array.from({ length: 2 * ways }, () => rng.gaussian());
  for (const { inputs, targets } of [episodes.support.labelled, episodes.query]) {
    const size = targets.data.length / count;
    for (let item = 0; item < size; item++) {
      const label = item % ways;
      const at = task * size + item;
      targets.data[at] = label;
      for (const axis of [0, 1])
        inputs.data[2 * at + axis] = (centres[2 * label + axis] as number) + 0.2 * rng.gaussian();
    }
  }
}
