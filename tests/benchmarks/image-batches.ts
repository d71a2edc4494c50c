import type { EpisodeBatch, EpisodeSpec, HostTensor, Rng } from '@tasklearn/core';

/** Images of noise in N-way K-shot form, made once and used in turn, as the peers do. */
export interface ImageShape {
  readonly tasks: number;
  readonly ways: number;
  readonly shots: number;
  readonly queries: number;
  readonly size: number;
}

/** What an episode of this shape looks like to a learner. */
export function imageSpec({ ways, shots, queries, size }: ImageShape): EpisodeSpec {
  return {
    input: { shape: [size, size, 1], dtype: 'float32', minimum: 0, maximum: 1 },
    target: { kind: 'classification', classes: ways },
    loss: 'crossEntropy',
    supportSize: ways * shots,
    querySize: ways * queries,
    ways,
    shots,
  };
}

function labelledSet({ tasks, ways, size }: ImageShape, perClass: number, rng: Rng) {
  const items = ways * perClass;
  const pixels = new Float32Array(tasks * items * size * size);
  for (let index = 0; index < pixels.length; index++) pixels[index] = rng.next();
  const labels = new Int32Array(tasks * items);
  for (let index = 0; index < labels.length; index++) labels[index] = Math.floor((index % items) / perClass);
  const inputs: HostTensor = { dtype: 'float32', shape: [tasks, items, size, size, 1], data: pixels };
  const targets: HostTensor = { dtype: 'int32', shape: [tasks, items], data: labels };
  return { inputs, targets };
}

/** `count` batches of noise. */
export function imageBatches(shape: ImageShape, count: number, rng: Rng): EpisodeBatch<HostTensor>[] {
  return Array.from({ length: count }, () => ({
    support: { labelled: labelledSet(shape, shape.shots, rng) },
    query: labelledSet(shape, shape.queries, rng),
  }));
}
