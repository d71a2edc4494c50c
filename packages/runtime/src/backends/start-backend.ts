import * as tf from '@tensorflow/tfjs';
import type { BackendDefinition } from './backend-definition.js';
import type { BackendName } from './backend-name.js';
import type { BackendOptions } from './backend-options.js';
import { importOptional } from './import-optional.js';
import { quietly } from './quietly.js';

/** What came of trying to start one backend. */
export type BackendReport =
  | {
      readonly name: BackendName;
      readonly status: 'ready';
      /** Version of the package that brings it, where it says. */
      readonly version?: string;
      /** What it computes on, for people. */
      readonly device: string;
    }
  | {
      readonly name: BackendName;
      /** `absent`: not installed, or not possible here. `failed`: installed, but it does not start. */
      readonly status: 'absent' | 'failed';
      readonly reason: string;
    };

/**
 * Imports and starts a backend and computes a sum on it. On success it is the active backend; otherwise
 * the one that was active before is again.
 *
 * @returns a report; nothing is thrown and nothing printed.
 */
export async function startBackend(
  definition: BackendDefinition,
  options: BackendOptions,
): Promise<BackendReport> {
  const { name, package: packageName } = definition;
  const missing = definition.missing();
  if (missing !== undefined) return { name, status: 'absent', reason: missing };
  return quietly(async () => {
    let module: Readonly<Record<string, unknown>> | undefined;
    if (packageName !== undefined) {
      const imported = await importOptional(packageName, options.loaders?.[name as 'wasm']);
      const registered =
        name === 'wasm' || name === 'webgpu' ? tf.findBackendFactory(definition.registered) : null;
      if ('reason' in imported && registered == null) {
        return { name, status: imported.absent ? 'absent' : 'failed', reason: imported.reason };
      }
      if ('module' in imported) module = imported.module;
    }
    return activate(definition, module, options);
  });
}

async function activate(
  definition: BackendDefinition,
  module: Readonly<Record<string, unknown>> | undefined,
  options: BackendOptions,
): Promise<BackendReport> {
  const { name, registered } = definition;
  // Where none is chosen yet, importing this package may have made its backend the default: do not start that one here.
  const previous = tf.getBackend() ?? 'cpu';
  try {
    if (module !== undefined) definition.configure?.(module, options);
    if (!(await tf.setBackend(registered))) throw await startError(registered);
    await computeSum();
    const device = await definition.device(module);
    const version = definition.version(module);
    return { name, status: 'ready', device, ...(version === undefined ? {} : { version }) };
  } catch (error) {
    await tf.setBackend(previous);
    const reason = error instanceof Error ? error.message : String(error);
    return { name, status: 'failed', reason: (reason.split('\n')[0] as string).trim() };
  }
}

/** TensorFlow.js only says that a backend failed; its factory says why. */
async function startError(registered: string): Promise<unknown> {
  try {
    await tf.findBackendFactory(registered)?.();
    return new Error('did not start');
  } catch (error) {
    return error;
  }
}

async function computeSum(): Promise<void> {
  const sum = tf.tidy(() => tf.tensor1d([1, 2]).add(tf.scalar(3)));
  const [first, second] = await sum.data();
  sum.dispose();
  if (first !== 4 || second !== 5) throw new Error(`computed [1, 2] + 3 = [${first}, ${second}]`);
}
