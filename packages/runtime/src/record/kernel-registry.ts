import * as tf from '@tensorflow/tfjs';
import type { RecordedKernel } from '../kernels/kernel.js';
import { SymbolicBackend } from './symbolic-backend.js';

/** Name of the TensorFlow.js backend on which functions are recorded. */
export const symbolicBackendName = 'tasklearn-symbolic';

let backend: SymbolicBackend | undefined;

/** The symbolic backend, registered with TensorFlow.js at first use with the lowest priority. */
export function symbolicBackend(): SymbolicBackend {
  if (backend === undefined) {
    const created = new SymbolicBackend();
    tf.registerBackend(symbolicBackendName, () => created, 0);
    backend = created;
  }
  return backend;
}

/** Makes a kernel recordable. A name that is recordable already stays as it is. */
export function addRecordedKernel(kernel: RecordedKernel): void {
  if (tf.getKernel(kernel.name, symbolicBackendName) != null) return;
  tf.registerKernel({
    kernelName: kernel.name,
    backendName: symbolicBackendName,
    kernelFunc: ({ inputs, attrs }) => symbolicBackend().execute(kernel, inputs, attrs ?? {}),
  });
}
