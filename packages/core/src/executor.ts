import type { Tensor } from '@tensorflow/tfjs';
import type { Rng } from './randomness/rng.js';
import type { Hosted, Tree } from './tree/tree.js';

/** A pure function over trees of tensors with static shapes: no branching on values, randomness from `rng` only. */
export type RecordableFunction<Input extends Tree<Tensor>, Output extends Tree<Tensor>> = (
  input: Input,
  rng: Rng,
) => Output;

/** A recordable function made ready to run on host tensors. */
export interface Prepared<Input, Output> {
  /** Runs the function. The same `rng` gives the same numbers, however it is run. */
  run(input: Hosted<Input>, rng: Rng): Promise<Hosted<Output>>;
  /** Frees sessions and buffers. Calling it twice is harmless. */
  dispose(): void;
}

/** How recordable functions are run: eagerly on a TensorFlow.js backend, or compiled. `runtime` has the compiled one. */
export interface Executor {
  /** For reports, e.g. `eager (wasm)` or `compiled (onnxruntime-node, cpu)`. */
  readonly name: string;
  /** Makes a function ready to run; what it costs is paid on the first run. */
  prepare<Input extends Tree<Tensor>, Output extends Tree<Tensor>>(
    fn: RecordableFunction<Input, Output>,
    options?: { readonly name?: string },
  ): Prepared<Input, Output>;
}
