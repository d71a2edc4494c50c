export { processMemory } from './meters/process-memory.node.js';
