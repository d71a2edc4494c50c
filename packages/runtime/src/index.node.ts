export { type ProfileOptions, profileGraph } from './explain/profile-graph.node.js';
export { processMemory } from './meters/process-memory.node.js';
export { writeOnnx } from './onnx/write-onnx.node.js';
