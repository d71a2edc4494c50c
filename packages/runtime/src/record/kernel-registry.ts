import * as tf from '@tensorflow/tfjs';
import type { RecordedKernel } from '../kernels/kernel.js';
import { SymbolicBackend } from './symbolic-backend.js';

/** The symbolic backend and the name under which TensorFlow.js knows it. */
interface Registered {
  readonly name: string;
  readonly backend: SymbolicBackend;
}

let registered: Registered | undefined;

/**
 * The symbolic backend, registered with TensorFlow.js at first use, with the lowest priority so that it is never
 * chosen by itself. A second copy of this package in one process takes a name of its own.
 */
export function symbolicBackend(): Registered {
  if (registered !== undefined) return registered;
  let name = 'tasklearn-symbolic';
  while (tf.findBackendFactory(name) != null) name += '+';
  const backend = new SymbolicBackend();
  tf.registerBackend(name, () => backend, 0);
  registered = { name, backend };
  return registered;
}

/** Makes a kernel recordable. A name that is recordable already stays as it is. */
export function addRecordedKernel(kernel: RecordedKernel): void {
  const { name, backend } = symbolicBackend();
  if (tf.getKernel(kernel.name, name) != null) return;
  tf.registerKernel({
    kernelName: kernel.name,
    backendName: name,
    kernelFunc: ({ inputs, attrs }) => backend.execute(kernel, inputs, attrs ?? {}),
  });
}
