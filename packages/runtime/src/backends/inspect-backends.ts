import * as tf from '@tensorflow/tfjs';
import { BACKENDS } from './backend-definition.js';
import { BACKEND_ORDER } from './backend-name.js';
import type { BackendOptions } from './backend-options.js';
import { type BackendReport, startBackend } from './start-backend.js';

/**
 * Tries every backend in turn and reports what was found; afterwards the backend that was active is active again.
 *
 * @returns one report per backend, fastest first: version and device, or why it is not there.
 */
export async function inspectBackends(options: BackendOptions = {}): Promise<readonly BackendReport[]> {
  tf.backend();
  const previous = tf.getBackend();
  const reports: BackendReport[] = [];
  try {
    for (const name of BACKEND_ORDER) reports.push(await startBackend(BACKENDS[name], options));
  } finally {
    await tf.setBackend(previous);
  }
  return reports;
}
