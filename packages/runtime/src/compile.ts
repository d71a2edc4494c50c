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
import { type Explanation, explainGraph, type Profile } from './explain/index.js';
import { type InputForm, type InputLeaf, inputForm, leavesOfForm } from './input-leaves.js';
import { typesOf } from './input-types.js';
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
  /**
   * An account of the graph for inputs of this shape: nodes by pass and by operator.
   *
   * @param profile - measured times to tell about too, from `profileGraph`.
   */
  explain(input: Mixed<Input>, profile?: Profile): Explanation;
  /** The graph for inputs of this shape as the bytes of an `.onnx` file. */
  toOnnx(input: Mixed<Input>): Uint8Array;
  /** Frees all sessions. Calling it twice is harmless. */
  dispose(): void;
}

/** One recorded graph. */
interface Entry {
  readonly form: InputForm;
  readonly compiled: CompiledGraph;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  session?: Promise<Session>;
}

/** An input together with the graph that serves it. */
interface Matched {
  readonly entry: Entry;
  readonly leaves: readonly InputLeaf[];
}

/** Sessions kept for one function; with more shapes than this, the one used longest ago is loaded anew. */
const mostShapes = 64;

class CompiledFunction<Input extends Tree<tf.Tensor>, Output extends Tree<tf.Tensor>>
  implements Compiled<Input, Output>
{
  readonly name: string;
  readonly #fn: RecordableFunction<Input, Output>;
  readonly #options: CompileOptions;
  /** The one used last comes first. */
  readonly #entries: Entry[] = [];
  #eager: Prepared<Input, Output> | undefined;
  #disposed = false;

  constructor(fn: RecordableFunction<Input, Output>, options: CompileOptions) {
    this.name = options.name ?? (fn.name || 'function');
    this.#fn = fn;
    this.#options = options;
  }

  async run(input: Mixed<Input>, rng: Rng = missingRng(this.name)): Promise<Hosted<Output>> {
    this.#assertUsable();
    if (tf.getBackend() === undefined) await tf.ready(); // Recording gives the backend back afterwards.
    const ready = this.#eager === undefined ? await this.#ready(input) : undefined;
    if (ready === undefined) return (this.#eager as Prepared<Input, Output>).run(input as Hosted<Input>, rng);
    const { entry, leaves, session } = ready;
    const { random, structure } = entry.compiled;
    const feeds: Record<string, HostTensor> = {};
    for (const [index, leaf] of leaves.entries()) {
      feeds[entry.inputNames[index] as string] = leaf instanceof tf.Tensor ? await toHostLeaf(leaf) : leaf;
    }
    if (random.draws.length > 0) {
      drawRandomInputs(random, rng).forEach((draw, index) => {
        feeds[entry.inputNames[leaves.length + index] as string] = draw;
      });
    }
    const results = await session.run(feeds);
    const outputs = entry.outputNames.map((name) => results[name] as HostTensor);
    return treeFromLeaves(structure, outputs) as Hosted<Output>;
  }

  /** The session for an input, or `undefined` once the function has to run eagerly. */
  async #ready(input: Mixed<Input>): Promise<(Matched & { readonly session: Session }) | undefined> {
    try {
      const matched = this.#match(input);
      matched.entry.session ??= this.#load(matched.entry.compiled);
      return { ...matched, session: await matched.entry.session };
    } catch (error) {
      this.#fallBack(error);
      return undefined;
    }
  }

  #match(input: Mixed<Input>): Matched {
    for (const [index, entry] of this.#entries.entries()) {
      const leaves = leavesOfForm(entry.form, input as Tree<InputLeaf>);
      if (leaves === undefined) continue;
      if (index > 0) this.#entries.unshift(...this.#entries.splice(index, 1));
      return { entry, leaves };
    }
    const types = typesOf(input as Tree<unknown>);
    const compiled = compileGraph(this.#fn, types, this.#options);
    const entry: Entry = {
      form: inputForm(types),
      compiled,
      inputNames: compiled.graph.inputs.map(({ name }) => inputName(name)),
      outputNames: compiled.graph.outputs.map(({ name }) => outputName(name)),
    };
    this.#entries.unshift(entry);
    if (this.#entries.length > mostShapes) void disposeSession(this.#entries.pop() as Entry);
    return { entry, leaves: leavesOf(input as Tree<InputLeaf>) };
  }

  async #load(compiled: CompiledGraph): Promise<Session> {
    const { engine = 'auto', provider, threads = compiled.threads, profile } = this.#options;
    const found: Engine = typeof engine === 'string' ? await findEngine(engine) : engine;
    return found.load(encodeModel(compiled.graph, this.name), {
      ...(threads === undefined ? {} : { threads }),
      ...(provider === undefined ? {} : { provider }),
      ...(profile === undefined ? {} : { profile }),
    });
  }

  #fallBack(error: unknown): void {
    const kernel = TasklearnError.is(error, 'NOT_RECORDABLE')
      ? (error.details.kernel as string | undefined)
      : undefined;
    const { provider = 'cpu' } = this.#options; // Whoever asks for a graphics card is not served by a processor.
    const absent = TasklearnError.is(error, 'BACKEND_UNAVAILABLE') && provider === 'cpu';
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
    return this.#match(input).entry.compiled;
  }

  explain(input: Mixed<Input>, profile?: Profile): Explanation {
    return explainGraph(this.graph(input), profile);
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
    for (const entry of this.#entries.splice(0)) void disposeSession(entry);
    this.#eager?.dispose();
  }
}

async function disposeSession({ session }: Entry): Promise<void> {
  const loaded = await session?.catch(() => undefined); // One that failed to load holds nothing.
  await loaded?.dispose();
}

async function toHostLeaf(leaf: tf.Tensor): Promise<HostTensor> {
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
