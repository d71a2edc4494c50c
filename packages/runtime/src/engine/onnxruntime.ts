import { type HostTensor, TasklearnError } from '@tasklearn/core';
import type * as ort from 'onnxruntime-common';
import type { Engine, Session, SessionOptions } from './engine.js';

/** What `onnxruntime-node` and `onnxruntime-web` both export. */
export type OnnxRuntime = Pick<typeof ort, 'InferenceSession' | 'Tensor'>;

function sessionOptions(options: SessionOptions): ort.InferenceSession.SessionOptions {
  const provider = options.provider ?? 'cpu';
  return {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    // The simplifier has done the rest already. Higher levels put factors into products with vectors, which the CPU's fast
    // path does not know, lay out pooling anew at the price of two copies, and take longer to load.
    graphOptimizationLevel: 'basic',
    executionMode: 'sequential',
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    enableMemPattern: true,
    enableProfiling: options.profile ?? false,
    logSeverityLevel: 4, // What goes wrong is thrown, not printed.
    // Idle threads that spin take the cores from everything else on the machine.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

class OnnxSession implements Session {
  readonly #Tensor: OnnxRuntime['Tensor'];
  readonly #session: ort.InferenceSession;
  readonly #name: string;
  #running = 0;
  #disposed = false;

  constructor(runtime: OnnxRuntime, session: ort.InferenceSession, name: string) {
    this.#Tensor = runtime.Tensor;
    this.#session = session;
    this.#name = name;
  }

  async run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    if (this.#disposed) throw new TasklearnError('DISPOSED', `${this.#name}: the session has been disposed.`);
    this.#running++;
    try {
      return await this.#run(feeds);
    } catch (error) {
      throw runFailed(this.#name, error);
    } finally {
      this.#running--;
      if (this.#disposed) await this.#release();
    }
  }

  async #run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const name in feeds) {
      const { dtype, data, shape } = feeds[name] as HostTensor;
      tensors[name] = new this.#Tensor(dtype, data as Float32Array, shape);
    }
    const results = await this.#session.run(tensors);
    const hosted: Record<string, HostTensor> = {};
    for (const name in results) {
      const { type, data, dims } = results[name] as ort.Tensor;
      hosted[name] = { dtype: type, data, shape: dims } as HostTensor;
    }
    return hosted;
  }

  endProfiling(): void {
    this.#session.endProfiling();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#release();
  }

  /** Frees the model once no run is under way. */
  async #release(): Promise<void> {
    if (this.#running === 0) await this.#session.release();
  }
}

function runFailed(name: string, error: unknown): TasklearnError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TasklearnError(
    '@tasklearn/runtime:RUN_FAILED',
    `${name} failed while running a compiled function: ${reason}. Run it eagerly to see which values lead there.`,
    { engine: name, cause: error },
  );
}

/**
 * An engine on a given copy of ONNX Runtime.
 *
 * @param runtime - the module `onnxruntime-node` or `onnxruntime-web`.
 * @param name - for reports.
 */
export function onnxRuntimeEngine(runtime: OnnxRuntime, name: string): Engine {
  return {
    name,
    async load(model, options = {}) {
      try {
        const session = await runtime.InferenceSession.create(model, sessionOptions(options));
        return new OnnxSession(runtime, session, name);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new TasklearnError(
          'BACKEND_UNAVAILABLE',
          `compile: ${name} did not load the model on ${options.provider ?? 'cpu'}: ${reason}`,
          { engine: name, provider: options.provider ?? 'cpu', cause: error },
        );
      }
    },
  };
}
