import { startEngineMeter } from './engine-meter.js';
import { heapMemory, type MemoryReader } from './memory-reader.js';

/** What a piece of work cost. */
export interface Cost {
  /** Wall time, in milliseconds. */
  readonly milliseconds: number;
  /** TensorFlow.js kernels run. A compiled run is none: its operators are counted by `explain`. */
  readonly kernels: number;
  /** Most bytes in TensorFlow.js tensors at any moment, those held before included. */
  readonly peakTensorBytes: number;
  /**
   * Most bytes of memory in use: resident memory with `processMemory`, else the JavaScript heap where the browser
   * reports it. Exact where the work set the process's record; otherwise the most seen between macrotasks.
   */
  readonly peakMemoryBytes: number | undefined;
}

/** A result and what it cost. */
export interface Measured<Result> {
  readonly result: Result;
  readonly cost: Cost;
}

const SAMPLE_EVERY_MILLISECONDS = 20;

/** Follows a reader until it is stopped. */
function startMemoryMeter(reader: MemoryReader): () => number | undefined {
  let peak = reader.now();
  const before = reader.lifetimePeak?.();
  const sample = (): void => {
    const bytes = reader.now();
    if (bytes !== undefined && bytes > (peak ?? 0)) peak = bytes;
  };
  const timer = peak === undefined ? undefined : setInterval(sample, SAMPLE_EVERY_MILLISECONDS);
  return () => {
    clearInterval(timer);
    sample();
    const after = reader.lifetimePeak?.();
    return after !== undefined && before !== undefined && after > before ? after : peak;
  };
}

/**
 * Runs a piece of work and measures its cost. Measurements may overlap or nest.
 *
 * @param run - the work; awaited.
 * @param memory - where memory is read: `processMemory` of `@tasklearn/runtime/node` in Node; the browser's heap
 * by default.
 * @returns its result and cost. An error of the work is passed on.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { measure } from '@tasklearn/runtime';
 *
 * const { cost } = await measure(() => tf.tidy(() => tf.ones([256]).sum().dataSync()));
 * cost.peakTensorBytes >= 1024; // => true
 * ```
 */
export async function measure<Result>(
  run: () => Result | Promise<Result>,
  memory: MemoryReader = heapMemory,
): Promise<Measured<Result>> {
  const engine = startEngineMeter();
  const stopMemory = startMemoryMeter(memory);
  const begun = performance.now();
  let peakMemoryBytes: number | undefined;
  let milliseconds = 0;
  let result: Result;
  try {
    result = await run();
  } finally {
    milliseconds = performance.now() - begun;
    peakMemoryBytes = stopMemory();
    engine.stop();
  }
  const { kernels, peakTensorBytes } = engine;
  return { result, cost: { milliseconds, kernels, peakTensorBytes, peakMemoryBytes } };
}
