import * as tf from '@tensorflow/tfjs';

/** Counts what TensorFlow.js's engine does between start and stop. */
export interface EngineMeter {
  /** Kernels run since the start. */
  readonly kernels: number;
  /** Most bytes in tensors at any moment since the start, those held at the start included. */
  readonly peakTensorBytes: number;
  /** Ends counting. Calling it twice is harmless. */
  stop(): void;
}

interface Counters {
  kernels: number;
  peakTensorBytes: number;
}

const active = new Set<Counters>();
let unhook: (() => void) | undefined;

/**
 * Watches the engine's own count of bytes, which changes with every tensor made or disposed, and its calls of
 * kernels. The engine is as it was once no meter is left.
 */
function hook(): () => void {
  const engine = tf.engine();
  const { state } = engine;
  const { runKernel } = engine;
  let bytes = state.numBytes;
  Object.defineProperty(state, 'numBytes', {
    configurable: true,
    enumerable: true,
    get: () => bytes,
    set(value: number) {
      bytes = value;
      for (const counters of active) if (value > counters.peakTensorBytes) counters.peakTensorBytes = value;
    },
  });
  engine.runKernel = function counted(...call: Parameters<typeof runKernel>) {
    for (const counters of active) counters.kernels++;
    return runKernel.apply(engine, call);
  } as typeof runKernel;
  return () => {
    Object.defineProperty(state, 'numBytes', {
      configurable: true,
      enumerable: true,
      writable: true,
      value: bytes,
    });
    Reflect.deleteProperty(engine, 'runKernel'); // The prototype's own shows again.
  };
}

/** Starts counting kernels and bytes of tensors. Meters may overlap. */
export function startEngineMeter(): EngineMeter {
  const counters: Counters = { kernels: 0, peakTensorBytes: tf.memory().numBytes };
  active.add(counters);
  unhook ??= hook();
  return {
    get kernels() {
      return counters.kernels;
    },
    get peakTensorBytes() {
      return counters.peakTensorBytes;
    },
    stop() {
      active.delete(counters);
      if (active.size > 0) return;
      unhook?.();
      unhook = undefined;
    },
  };
}
