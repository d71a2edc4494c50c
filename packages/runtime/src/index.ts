export * from './backends/index.js';
export { type Compiled, compile, type Mixed } from './compile.js';
export type { CompileOptions, FallbackNotice } from './compile-options.js';
export { type CompiledExecutorOptions, compiledExecutor } from './compiled-executor.js';
export type { CompiledGraph } from './compiled-graph.js';
export type { Engine, Provider, Session, SessionOptions } from './engine/engine.js';
export { type EngineName, findEngine } from './engine/find-engine.js';
export { type OnnxRuntime, onnxRuntimeEngine } from './engine/onnxruntime.js';
export * from './explain/index.js';
export type { RecordedKernel } from './kernels/kernel.js';
export * from './meters/index.js';
export { encodeModel, inputName, outputName } from './onnx/encode-model.js';
export type * from './record/graph.js';
export { type AttributeInput, float, GraphBuilder, type OutputSpec } from './record/graph-builder.js';
export {
  type LeafType,
  type Recording,
  recordFunction,
  type TensorFunction,
} from './record/record-function.js';
export { type KernelDefinition, registerKernel, runKernel } from './register-kernel.js';
export * from './simplify/index.js';
export { VERSION } from './version.js';
