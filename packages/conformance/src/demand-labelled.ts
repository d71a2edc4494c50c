import type { HostTensor, TargetSpec, TensorSpec } from '@tasklearn/core';
import { demandForm, demandRange } from './demand-tensor.js';

/** @throws unless inputs [B, ...] and targets [B, ...] have the form and the range that are declared. */
export function demandLabelled(
  what: string,
  spec: { readonly input: TensorSpec; readonly target: TargetSpec },
  items: { readonly inputs: HostTensor; readonly targets: HostTensor },
  count: number,
): void {
  const { input, target } = spec;
  demandForm(`${what} inputs`, items.inputs, input.dtype, [count, ...input.shape]);
  demandRange(`${what} inputs`, items.inputs, input.minimum, input.maximum);
  if (target.kind === 'classification') {
    demandForm(`${what} targets`, items.targets, 'int32', [count]);
    demandRange(`${what} targets`, items.targets, 0, target.classes - 1);
  } else {
    demandForm(`${what} targets`, items.targets, 'float32', [count, ...target.shape]);
    demandRange(`${what} targets`, items.targets);
  }
}
