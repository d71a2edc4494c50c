import type { HostTensor } from '@tasklearn/core';

/** Where an engine computes. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

/** How a model is loaded. */
export interface SessionOptions {
  /** Threads inside one operator; `undefined` leaves one per physical core. */
  readonly threads?: number;
  readonly provider?: Provider;
  /** Measure every operator; read by {@link Session.endProfiling}. */
  readonly profile?: boolean;
}

/** A loaded model. */
export interface Session {
  /**
   * Runs the model once. The arrays handed in are only read, and only until the promise settles; the arrays
   * handed out are the caller's. Calls may overlap.
   *
   * @throws `@tasklearn/runtime:RUN_FAILED` if the engine refuses the values, e.g. an index out of range.
   * @throws `DISPOSED` after `dispose`.
   */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  /** Ends profiling and writes the profile where the engine writes it. */
  endProfiling(): void;
  /** Frees the model, once no run is under way. Calling it twice is harmless. */
  dispose(): Promise<void>;
}

/** Runs ONNX models. */
export interface Engine {
  /** For reports, e.g. `onnxruntime-node`. */
  readonly name: string;
  /** @throws `BACKEND_UNAVAILABLE` if the provider is not there, or the model is refused. */
  load(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
