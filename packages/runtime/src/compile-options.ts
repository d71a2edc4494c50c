import type { Engine, Provider } from './engine/engine.js';
import type { EngineName } from './engine/find-engine.js';
import type { Pass } from './record/graph.js';

/** Why a function does not run compiled. */
export interface FallbackNotice {
  /** Name of the function. */
  readonly name: string;
  /** For people: what is missing and what happens instead. */
  readonly message: string;
  /** The kernel that has no recorded form, where that is the reason. */
  readonly kernel?: string;
  readonly cause: unknown;
}

/** How a function is compiled. */
export interface CompileOptions {
  /** For messages and profiles; the function's own name where absent. */
  readonly name?: string;
  /** What runs the graph; `auto` takes `onnxruntime-node` in Node and `onnxruntime-web` in a browser. */
  readonly engine?: Engine | EngineName | 'auto';
  /** Where the engine computes; `cpu` where absent. Any other that does not start is an error, never a fallback. */
  readonly provider?: Provider;
  /** Threads inside one operator, >= 1; where absent one for small graphs and one per physical core for large ones. */
  readonly threads?: number;
  /** Passes to simplify with; `true`, the default, for all of them, `false` for none. */
  readonly simplify?: boolean | readonly Pass[];
  /**
   * What to do where a kernel has no recorded form or the engine is absent: run eagerly on the active
   * TensorFlow.js backend (the default), or throw.
   */
  readonly fallback?: 'eager' | 'error';
  /** Told once per function that it runs eagerly. */
  readonly onFallback?: (notice: FallbackNotice) => void;
  /** Measure every operator; for `explain`. */
  readonly profile?: boolean;
}
