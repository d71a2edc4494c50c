export type { RecordedKernel } from './kernels/kernel.js';
export type * from './record/graph.js';
export { type AttributeInput, float, GraphBuilder, type OutputSpec } from './record/graph-builder.js';
export { type KernelDefinition, registerKernel, runKernel } from './register-kernel.js';
export { VERSION } from './version.js';
