import {
  eagerExecutor,
  type Hosted,
  type HostTensor,
  leavesOf,
  type Prepared,
  type RecordableFunction,
  type Rng,
  TasklearnError,
  type Tree,
  treeFromLeaves,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { CompileOptions } from './compile-options.js';
import { type CompiledGraph, compileGraph } from './compiled-graph.js';
import type { Engine, Session } from './engine/engine.js';
import { findEngine } from './engine/find-engine.js';
import { inputSignature, typesOf } from './input-signature.js';
import { missingRng } from './missing-rng.js';
import { encodeModel, inputName, outputName } from './onnx/encode-model.js';
import { drawRandomInputs } from './record/draw-random-inputs.js';

/** A tree whose leaves may be tensors or host tensors. */
export type Mixed<T> = T extends tf.Tensor
  ? tf.Tensor | HostTensor
  : T extends readonly (infer Item)[]
    ? readonly Mixed<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Mixed<T[Key]> }
      : T;

/** A function that is recorded once per shape of its input, and run natively. */
export interface Compiled<Input, Output> {
  readonly name: string;
  /**
   * Runs the function. The first call with new shapes records it and loads the graph. Calls may overlap.
   *
   * @param input - not modified, not disposed; host arrays must not change before the promise settles.
   * @param rng - what the function draws from; required if it draws.
   * @returns a tree on the host whose arrays belong to the caller.
   * @throws `NOT_RECORDABLE` if the function reads a tensor's value.
   * @throws `DISPOSED` after `dispose`.
   */
  run(input: Mixed<Input>, rng?: Rng): Promise<Hosted<Output>>;
  /** The graph for inputs of this shape, as recorded and as simplified. Values are not looked at. */
  graph(input: Mixed<Input>): CompiledGraph;
  /** The graph for inputs of this shape as the bytes of an `.onnx` file. */
  toOnnx(input: Mixed<Input>): Uint8Array;
  /** Frees all sessions. Calling it twice is harmless. */
  dispose(): void;
}

interface Entry extends CompiledGraph {
  session?: Promise<Session>;
}

class CompiledFunction<Input extends Tree<tf.Tensor>, Output extends Tree<tf.Tensor>>
  implements Compiled<Input, Output>
{
  readonly name: string;
  readonly #fn: RecordableFunction<Input, Output>;
  readonly #options: CompileOptions;
  readonly #entries = new Map<string, Entry>();
  #eager: Prepared<Input, Output> | undefined;
  #disposed = false;

  constructor(fn: RecordableFunction<Input, Output>, options: CompileOptions) {
    this.name = options.name ?? (fn.name || 'function');
    this.#fn = fn;
    this.#options = options;
  }

  async run(input: Mixed<Input>, rng: Rng = missingRng(this.name)): Promise<Hosted<Output>> {
    this.#assertUsable();
    const session = this.#eager === undefined ? await this.#ready(input) : undefined;
    if (session === undefined)
      return (this.#eager as Prepared<Input, Output>).run(input as Hosted<Input>, rng);
    return this.#runSession(session.entry, session.session, input, rng);
  }

  /** The session for inputs of this shape, or `undefined` once the function has to run eagerly. */
  async #ready(input: Mixed<Input>): Promise<{ entry: Entry; session: Session } | undefined> {
    try {
      const entry = this.#entry(input);
      entry.session ??= this.#load(entry);
      return { entry, session: await entry.session };
    } catch (error) {
      this.#fallBack(error);
      return undefined;
    }
  }

  async #runSession(entry: Entry, session: Session, input: Mixed<Input>, rng: Rng): Promise<Hosted<Output>> {
    const leaves = await Promise.all(leavesOf(input as Tree<tf.Tensor | HostTensor>).map(toHostLeaf));
    const random = entry.random.draws.length === 0 ? [] : drawRandomInputs(entry.random, rng);
    const feeds: Record<string, HostTensor> = {};
    entry.graph.inputs.forEach(({ name }, index) => {
      feeds[inputName(name)] = (leaves[index] ?? random[index - leaves.length]) as HostTensor;
    });
    const results = await session.run(feeds);
    const outputs = entry.graph.outputs.map(({ name }) => results[outputName(name)] as HostTensor);
    return treeFromLeaves(entry.structure, outputs) as Hosted<Output>;
  }

  #entry(input: Mixed<Input>): Entry {
    const signature = inputSignature(input as Tree<unknown>);
    const known = this.#entries.get(signature);
    if (known !== undefined) return known;
    const entry: Entry = compileGraph(this.#fn, typesOf(input as Tree<unknown>), this.#options);
    this.#entries.set(signature, entry);
    return entry;
  }

  async #load(entry: Entry): Promise<Session> {
    const { engine = 'auto', provider, threads = entry.threads, profile } = this.#options;
    const found: Engine = typeof engine === 'string' ? await findEngine(engine) : engine;
    return found.load(encodeModel(entry.graph, this.name), {
      ...(threads === undefined ? {} : { threads }),
      ...(provider === undefined ? {} : { provider }),
      ...(profile === undefined ? {} : { profile }),
    });
  }

  #fallBack(error: unknown): void {
    const kernel = TasklearnError.is(error, 'NOT_RECORDABLE')
      ? (error.details.kernel as string | undefined)
      : undefined;
    const absent = TasklearnError.is(error, 'BACKEND_UNAVAILABLE');
    if (this.#options.fallback === 'error' || (kernel === undefined && !absent)) throw error;
    if (this.#eager !== undefined) return;
    const executor = eagerExecutor();
    this.#eager = executor.prepare(this.#fn, { name: this.name });
    const reason =
      kernel === undefined ? (error as Error).message : `the kernel ${kernel} has no recorded form`;
    this.#options.onFallback?.({
      name: this.name,
      message: `\`${this.name}\` runs ${executor.name} instead of compiled: ${reason}`,
      ...(kernel === undefined ? {} : { kernel }),
      cause: error,
    });
  }

  graph(input: Mixed<Input>): CompiledGraph {
    this.#assertUsable();
    return this.#entry(input);
  }

  toOnnx(input: Mixed<Input>): Uint8Array {
    return encodeModel(this.graph(input).graph, this.name);
  }

  #assertUsable(): void {
    if (!this.#disposed) return;
    throw new TasklearnError(
      'DISPOSED',
      `run: \`${this.name}\` has been disposed. Compile it again to run it.`,
      {
        name: this.name,
      },
    );
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { session } of this.#entries.values()) {
      session?.then((loaded) => loaded.dispose()).catch(() => {}); // One that failed to load holds nothing.
    }
    this.#entries.clear();
    this.#eager?.dispose();
  }
}

async function toHostLeaf(leaf: tf.Tensor | HostTensor): Promise<HostTensor> {
  if (!(leaf instanceof tf.Tensor)) return leaf;
  return { dtype: leaf.dtype, shape: leaf.shape, data: await leaf.data() } as HostTensor;
}

/**
 * Makes a function that is recorded once and run natively. It may take derivatives of any order inside.
 *
 * @param fn - pure, from a tree of tensors and an `Rng` to a tree of tensors: static shapes, no branching on
 * values, randomness from the `Rng` only. It is called once per shape of its input, not once per run.
 * @param options - all optional.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { compile } from '@tasklearn/runtime';
 *
 * const slope = compile(({ x }: { x: tf.Tensor }) => ({ dx: tf.grad((z) => z.square().sum())(x) }));
 * const { dx } = await slope.run({ x: tf.tensor1d([1, 2]) });
 * Array.from(dx.data); // => [2, 4]
 * slope.dispose();
 * ```
 */
export function compile<Input extends Tree<tf.Tensor>, Output extends Tree<tf.Tensor>>(
  fn: RecordableFunction<Input, Output>,
  options: CompileOptions = {},
): Compiled<Input, Output> {
  return new CompiledFunction(fn, options);
}
