import {
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
} from '@tasklearn/core';

const SIZE = 6;
const TRAINING_CLASSES = 12;

/** 3-way episodes of Gaussian clusters in 6 dimensions, 12 clusters to train on and 12 others to test on. */
export function clusters(shots = 3, queries = 4, identities = true): EpisodicDistribution {
  const world = createRng('clusters');
  const centres = Array.from({ length: 2 * TRAINING_CLASSES }, () =>
    Array.from({ length: SIZE }, () => 1.5 * world.gaussian()),
  );
  const spec: EpisodeSpec = {
    input: { shape: [SIZE], dtype: 'float32' },
    target: { kind: 'classification', classes: 3 },
    loss: 'crossEntropy',
    supportSize: 3 * shots,
    querySize: 3 * queries,
    ways: 3,
    shots,
    ...(identities && { trainingClasses: TRAINING_CLASSES }),
  };
  const set = (split: string, perClass: number, rngs: readonly Rng[], part: string) => {
    const items = 3 * perClass;
    const tasks = rngs.length;
    const inputs = new Float32Array(tasks * items * SIZE);
    const targets = new Int32Array(tasks * items);
    const classes = new Int32Array(tasks * items);
    for (const [task, own] of rngs.entries()) {
      const chosen = own.split('classes').permutation(TRAINING_CLASSES);
      const noise = own.split(part);
      for (let item = 0; item < items; item++) {
        const place = task * items + item;
        targets[place] = item % 3;
        classes[place] = chosen[item % 3] as number;
        const centre = centres[
          (classes[place] as number) + (split === 'train' ? 0 : TRAINING_CLASSES)
        ] as number[];
        for (let d = 0; d < SIZE; d++)
          inputs[place * SIZE + d] = (centre[d] as number) + 0.5 * noise.gaussian();
      }
    }
    const numbers = (data: Int32Array): HostTensor => ({ dtype: 'int32', shape: [tasks, items], data });
    return {
      inputs: { dtype: 'float32', shape: [tasks, items, SIZE], data: inputs } as HostTensor,
      targets: numbers(targets),
      ...(identities && split === 'train' && { identities: numbers(classes) }),
    };
  };
  return {
    kind: 'episodic',
    id: 'clusters',
    spec,
    varies: ['inputs', 'labels'],
    episodes(split, first, count, rng): EpisodeBatch<HostTensor> {
      const rngs = Array.from({ length: count }, (_, task) => rng.split(split).split(first + task));
      return {
        support: { labelled: set(split, shots, rngs, 'support') },
        query: set(split, queries, rngs, 'query'),
      };
    },
  };
}
