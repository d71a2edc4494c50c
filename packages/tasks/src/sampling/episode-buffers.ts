import { type EpisodeBatch, type EpisodeSpec, type HostTensor, sizeOf } from '@tasklearn/core';

/** Empty buffers for T episodes of a spec. */
export function episodeBuffers(spec: EpisodeSpec, count: number): EpisodeBatch<HostTensor> {
  const { input, target } = spec;
  const tensor = (shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data: new Float32Array(sizeOf(shape)),
  });
  const set = (items: number) => {
    const shape = [count, items];
    const targets: HostTensor =
      target.kind === 'classification'
        ? { dtype: 'int32', shape, data: new Int32Array(count * items) }
        : tensor([...shape, ...target.shape]);
    return { inputs: tensor([...shape, ...input.shape]), targets };
  };
  return { support: { labelled: set(spec.supportSize) }, query: set(spec.querySize) };
}
