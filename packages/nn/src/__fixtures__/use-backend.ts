import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** TensorFlow.js backends that tests run on. */
export const backends = ['cpu', 'wasm'] as const;

/** Makes a backend active; the wasm files are found beside their package's entry. */
export async function useBackend(name: (typeof backends)[number]): Promise<void> {
  if (name === 'wasm') {
    setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  }
  if (!(await tf.setBackend(name))) throw new Error(`backend ${name} did not start`);
}
