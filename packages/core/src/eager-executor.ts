import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { disposeAbandonedTape } from './dispose-abandoned-tape.js';
import { TasklearnError } from './errors.js';
import type { Executor, Prepared, RecordableFunction } from './executor.js';
import type { Rng } from './randomness/rng.js';
import { toDevice, toHost } from './tree/host-transfer.js';
import type { Hosted, Tree } from './tree/tree.js';
import { disposeTree } from './tree/tree-lifetime.js';

/**
 * Runs recordable functions as they are, op by op, on the TensorFlow.js backend in use at the time of the call.
 * It leaves no tensor behind, even when the function throws.
 *
 * @example
 * ```ts
 * import { createRng, eagerExecutor } from '@tasklearn/core';
 *
 * const double = eagerExecutor().prepare(({ x }: { x: tf.Tensor }) => ({ y: x.mul(2) }));
 * const x = { dtype: 'float32', shape: [2], data: new Float32Array([1, 2]) } as const;
 * const { y } = await double.run({ x }, createRng(0));
 * Array.from(y.data); // => [2, 4]
 * double.dispose();
 * ```
 */
export function eagerExecutor(): Executor {
  return {
    get name() {
      return `eager (${tf.getBackend() ?? 'default backend'})`; // Undefined until the first op.
    },
    prepare: (fn, options) => prepareEagerly(fn, options?.name ?? 'function'),
  };
}

function prepareEagerly<Input extends Tree<Tensor>, Output extends Tree<Tensor>>(
  fn: RecordableFunction<Input, Output>,
  name: string,
): Prepared<Input, Output> {
  let disposed = false;
  return {
    async run(input: Hosted<Input>, rng: Rng): Promise<Hosted<Output>> {
      if (disposed) {
        throw new TasklearnError(
          'DISPOSED',
          `run: \`${name}\` has been disposed. Prepare it again to run it.`,
          { name },
        );
      }
      const device = toDevice<Input>(input);
      let output: Output | undefined;
      try {
        output = tf.tidy(() => fn(device, rng) as tf.TensorContainer) as Output;
        return await toHost(output);
      } catch (error) {
        disposeAbandonedTape();
        throw error;
      } finally {
        disposeTree(device);
        if (output !== undefined) disposeTree(output);
      }
    },
    dispose() {
      disposed = true;
    },
  };
}
