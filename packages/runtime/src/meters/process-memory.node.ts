import type { MemoryReader } from './memory-reader.js';

/** Resident memory of this process, native libraries included, as the operating system counts it. */
export const processMemory: MemoryReader = {
  now: () => process.memoryUsage.rss(),
  lifetimePeak: () => process.resourceUsage().maxRSS * 1024,
};
