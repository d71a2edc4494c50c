export { fileCheckpointStore } from './checkpoint/file-checkpoint-store.node.js';
