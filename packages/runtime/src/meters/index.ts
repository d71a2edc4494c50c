export { type EngineMeter, startEngineMeter } from './engine-meter.js';
export { type Cost, type Measured, measure } from './measure.js';
export { heapMemory, type MemoryReader } from './memory-reader.js';
