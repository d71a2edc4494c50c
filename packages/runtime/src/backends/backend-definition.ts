import * as tf from '@tensorflow/tfjs';
import type { BackendName } from './backend-name.js';
import type { BackendOptions } from './backend-options.js';

type Module = Readonly<Record<string, unknown>>;

/** What is known of a backend before it is tried. */
export interface BackendDefinition {
  readonly name: BackendName;
  /** Name under which TensorFlow.js registers it. */
  readonly registered: string;
  /** Package that brings it; absent where `@tensorflow/tfjs` itself does. */
  readonly package?: string;
  /** Why it cannot exist in this environment; `undefined` where it can. */
  missing(): string | undefined;
  /** Settings between import and start. */
  configure?(module: Module, options: BackendOptions): void;
  /** Version of the package, where it says. */
  version(module: Module | undefined): string | undefined;
  /** What it computes on, once it has started. Throws where that is not what its name says. */
  device(module: Module | undefined): Promise<string>;
}

interface TensorFlowBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

const inNode = (): boolean => tf.env().getBool('IS_NODE');
const needsNode = (): string | undefined => (inNode() ? undefined : 'needs Node');

function tensorFlowVersion(): string {
  const version = (tf.backend() as unknown as TensorFlowBackend).binding?.TF_Version;
  return version === undefined ? 'TensorFlow' : `TensorFlow ${version}`;
}

function packageVersion(module: Module | undefined, key: string): string | undefined {
  const versions = module?.version as Readonly<Record<string, string>> | undefined;
  return versions?.[key];
}

const node: BackendDefinition = {
  name: 'node',
  registered: 'tensorflow',
  package: '@tensorflow/tfjs-node',
  missing: needsNode,
  version: (module) => packageVersion(module, 'tfjs-node'),
  device: async () => `processor, ${tensorFlowVersion()}`,
};

const nodeGpu: BackendDefinition = {
  name: 'node-gpu',
  registered: 'tensorflow',
  package: '@tensorflow/tfjs-node-gpu',
  missing: needsNode,
  version: (module) => packageVersion(module, 'tfjs-node'),
  async device() {
    const backend = tf.backend() as unknown as TensorFlowBackend;
    if (backend.isUsingGpuDevice === true) return `CUDA, ${tensorFlowVersion()}`;
    throw new Error('started, but found no CUDA device');
  },
};

interface GpuNavigator {
  readonly gpu?: { requestAdapter(): Promise<{ readonly info?: Readonly<Record<string, string>> } | null> };
}

const webgpu: BackendDefinition = {
  name: 'webgpu',
  registered: 'webgpu',
  package: '@tensorflow/tfjs-backend-webgpu',
  missing: () =>
    (globalThis.navigator as GpuNavigator | undefined)?.gpu === undefined ? 'no WebGPU here' : undefined,
  version: () => undefined,
  async device() {
    const adapter = await (globalThis.navigator as GpuNavigator).gpu?.requestAdapter();
    const { vendor = '', architecture = '', description = '' } = adapter?.info ?? {};
    return [vendor, architecture, description].filter((text) => text !== '').join(' ') || 'unnamed adapter';
  },
};

interface GlBackend {
  readonly gpgpu?: { readonly gl: WebGLRenderingContext };
}

const webgl: BackendDefinition = {
  name: 'webgl',
  registered: 'webgl',
  missing: () => (tf.findBackendFactory('webgl') == null ? 'no WebGL here' : undefined),
  version: () => tf.version['tfjs-backend-webgl'],
  async device() {
    const gl = (tf.backend() as unknown as GlBackend).gpgpu?.gl;
    const names = gl?.getExtension('WEBGL_debug_renderer_info');
    const renderer =
      gl === undefined || names == null ? undefined : gl.getParameter(names.UNMASKED_RENDERER_WEBGL);
    return `WebGL ${tf.env().getNumber('WEBGL_VERSION')}, ${renderer ?? 'unnamed renderer'}`;
  },
};

const wasm: BackendDefinition = {
  name: 'wasm',
  registered: 'wasm',
  package: '@tensorflow/tfjs-backend-wasm',
  missing: () => (typeof WebAssembly === 'undefined' ? 'no WebAssembly here' : undefined),
  configure(module, { wasmPaths }) {
    if (wasmPaths !== undefined) (module.setWasmPaths as (paths: typeof wasmPaths) => void)(wasmPaths);
  },
  version: (module) => module?.version_wasm as string | undefined,
  async device(module) {
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const threads = (module?.getThreadsCount as (() => number) | undefined)?.() ?? 1;
    return `processor, ${simd ? 'SIMD' : 'no SIMD'}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  },
};

const cpu: BackendDefinition = {
  name: 'cpu',
  registered: 'cpu',
  missing: () => undefined,
  version: () => tf.version['tfjs-backend-cpu'],
  device: async () => 'processor, plain JavaScript',
};

/** Every backend by name. */
export const BACKENDS: Readonly<Record<BackendName, BackendDefinition>> = {
  'node-gpu': nodeGpu,
  node,
  webgpu,
  webgl,
  wasm,
  cpu,
};
