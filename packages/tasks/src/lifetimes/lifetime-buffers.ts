import { type EpisodeBatch, type EpisodeSpec, type HostTensor, sizeOf } from '@tasklearn/core';

/**
 * Spec of a lifetime: H steps in order, given as the query set, whose mask tells which steps are judged. The support set
 * is one masked blank: all that a learner may learn from comes in the inputs of the steps.
 */
export function lifetimeSpec(
  steps: number,
  given: Pick<EpisodeSpec, 'input' | 'target' | 'loss'>,
): EpisodeSpec {
  const { target } = given;
  const ways = target.kind === 'classification' ? { ways: target.classes } : {};
  return { ...given, ...ways, supportSize: 1, querySize: steps };
}

/** Empty buffers for T lifetimes; nothing in the support counts, and no step is judged yet. */
export function lifetimeBuffers(spec: EpisodeSpec, count: number): EpisodeBatch<HostTensor> {
  const { input, target } = spec;
  const floats = (shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data: new Float32Array(sizeOf(shape)),
  });
  const set = (items: number) => {
    const shape = [count, items];
    const targets: HostTensor =
      target.kind === 'classification'
        ? { dtype: 'int32', shape, data: new Int32Array(count * items) }
        : floats([...shape, ...target.shape]);
    return { inputs: floats([...shape, ...input.shape]), targets, mask: floats(shape) };
  };
  return { support: { labelled: set(spec.supportSize) }, query: set(spec.querySize) };
}

/** The buffers with all numbers 0: a blank support, blank steps, no step judged. */
export function clearLifetimes(buffers: EpisodeBatch<HostTensor>): EpisodeBatch<HostTensor> {
  for (const set of [buffers.support.labelled, buffers.query])
    for (const tensor of [set.inputs, set.targets, set.mask]) tensor?.data.fill(0);
  return buffers;
}
