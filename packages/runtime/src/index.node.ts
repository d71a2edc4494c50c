export { type ProfileOptions, profileGraph } from './explain/profile-graph.node.js';
export { processMemory } from './meters/process-memory.node.js';
