/** Where TensorFlow.js computes: `node-gpu` and `node` are TensorFlow's C library, the rest is for any environment. */
export type BackendName = 'node-gpu' | 'node' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Fastest first: the order in which `auto` tries them. */
export const BACKEND_ORDER: readonly BackendName[] = ['node-gpu', 'node', 'webgpu', 'webgl', 'wasm', 'cpu'];
