/** Reads how much memory is in use. */
export interface MemoryReader {
  /** Bytes in use now; `undefined` where the environment does not say. */
  now(): number | undefined;
  /** Most bytes in use since the process or page began, where the environment says. */
  lifetimePeak?(): number | undefined;
}

interface HeapPerformance {
  readonly memory?: { readonly usedJSHeapSize: number };
}

/** The JavaScript heap as browsers of the Chromium family report it; elsewhere it says nothing. */
export const heapMemory: MemoryReader = {
  now: () => (globalThis.performance as unknown as HeapPerformance | undefined)?.memory?.usedJSHeapSize,
};
