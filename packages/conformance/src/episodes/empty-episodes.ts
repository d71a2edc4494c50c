import {
  type EpisodeBatch,
  type EpisodeSpec,
  type HostTensor,
  type LabelledSet,
  sizeOf,
} from '@tasklearn/core';

/** Buffers for T episodes of a spec, all zero. */
export function emptyEpisodes(spec: EpisodeSpec, tasks: number): EpisodeBatch<HostTensor> {
  return {
    support: { labelled: emptySet(spec, tasks, spec.supportSize) },
    query: emptySet(spec, tasks, spec.querySize),
  };
}

function emptySet({ input, target }: EpisodeSpec, tasks: number, items: number): LabelledSet<HostTensor> {
  const inputs = hostTensor(input.dtype, [tasks, items, ...input.shape]);
  if (target.kind === 'classification') return { inputs, targets: hostTensor('int32', [tasks, items]) };
  return { inputs, targets: hostTensor('float32', [tasks, items, ...target.shape]) };
}

/** Zeros. */
export function hostTensor(dtype: 'float32' | 'int32', shape: readonly number[]): HostTensor {
  const size = sizeOf(shape);
  return { dtype, shape, data: dtype === 'float32' ? new Float32Array(size) : new Int32Array(size) };
}
