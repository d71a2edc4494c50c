import { importOptional } from './import-optional.js';

/** What was found of one engine that runs compiled functions. */
export type EngineReport =
  | {
      readonly name: 'onnxruntime-node' | 'onnxruntime-web';
      readonly status: 'ready';
      readonly version?: string;
      /** Execution providers that this copy of the engine names, e.g. `cpu`, `webgpu`. */
      readonly providers: readonly string[];
    }
  | {
      readonly name: 'onnxruntime-node' | 'onnxruntime-web';
      readonly status: 'absent' | 'failed';
      readonly reason: string;
    };

interface RuntimeModule {
  readonly default?: RuntimeModule;
  readonly env?: { readonly versions?: Readonly<Record<string, string | undefined>> };
  listSupportedBackends?(): readonly { readonly name: string; readonly bundled: boolean }[];
}

function nodeProviders(module: RuntimeModule): readonly string[] {
  const backends = module.listSupportedBackends?.() ?? [{ name: 'cpu', bundled: true }];
  return backends.map(({ name, bundled }) => (bundled ? name : `${name} (needs libraries of its own)`));
}

function webProviders(): readonly string[] {
  const gpu = (globalThis.navigator as { readonly gpu?: unknown } | undefined)?.gpu;
  return gpu === undefined ? ['wasm'] : ['wasm', 'webgpu'];
}

async function inspect(name: EngineReport['name'], load?: () => Promise<unknown>): Promise<EngineReport> {
  const imported = await importOptional(name, load);
  if ('reason' in imported) {
    return { name, status: imported.absent ? 'absent' : 'failed', reason: imported.reason };
  }
  const module = imported.module as RuntimeModule;
  const runtime = module.env === undefined ? (module.default ?? module) : module;
  const version = runtime.env?.versions?.[name === 'onnxruntime-node' ? 'node' : 'web'];
  const providers = name === 'onnxruntime-node' ? nodeProviders(runtime) : webProviders();
  return { name, status: 'ready', providers, ...(version === undefined ? {} : { version }) };
}

/**
 * Reports the engines that `compile` can run graphs on.
 *
 * @returns one report each for `onnxruntime-node` and `onnxruntime-web`: version and execution providers, or why
 * it is not there.
 */
export async function inspectEngines(): Promise<readonly EngineReport[]> {
  return [
    await inspect('onnxruntime-node'),
    await inspect('onnxruntime-web', () => import('onnxruntime-web')),
  ];
}
