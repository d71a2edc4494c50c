import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { RecordedKernel } from '../kernels/kernel.js';
import type { Constant, Value } from './graph.js';
import type { GraphBuilder, OutputSpec } from './graph-builder.js';

interface Entry {
  readonly value: Value;
  /** The kernel that made it, or what else it is. */
  readonly source: string;
  references: number;
}

/** Copies a backend's values into the array type of an element type. */
function copyValues(values: unknown, dtype: string): Constant['data'] {
  const numbers = values as ArrayLike<number>;
  if (dtype === 'float32') return Float32Array.from(numbers);
  if (dtype === 'int32') return Int32Array.from(numbers);
  if (dtype === 'bool') return Uint8Array.from(numbers);
  throw new TasklearnError(
    'NOT_RECORDABLE',
    `compile: tensors must be float32, int32 or bool, got ${dtype}. Convert it outside the function.`,
    { dtype },
  );
}

/** The TensorFlow.js op that is running, for messages. */
function activeOp(): string {
  return (tf.engine().state.activeScope?.name ?? 'the function').replace(/__op$/, '');
}

/** TensorFlow.js draws random tensors on the host: recorded, they would be the same numbers on every run. */
function drawnOnTheHost(op: string): TasklearnError {
  return new TasklearnError(
    'NOT_RECORDABLE',
    `compile: \`tf.${op}\` would give the same numbers on every run of a recorded function. Draw them with rng.normal(shape) or rng.uniform(shape).`,
    { op },
  );
}

/**
 * A TensorFlow.js backend that computes nothing: a kernel run on it appends nodes to the graph being recorded
 * and knows its result's shape and type only. Tensors of other backends enter as constants and stay where they are.
 */
export class SymbolicBackend extends tf.KernelBackend {
  #graph: GraphBuilder | undefined;
  #entries = new Map<object, Entry>();
  #captured = new Map<object, Value>();

  /** Starts recording into a graph. */
  begin(graph: GraphBuilder): void {
    if (this.#graph !== undefined) {
      throw new TasklearnError('NOT_RECORDABLE', 'compile: a function is being recorded already.');
    }
    this.#graph = graph;
  }

  /** Ends recording. Tensors that outlive it keep their shape and can no longer be used. */
  end(): void {
    this.#graph = undefined;
    this.#entries.clear();
    this.#captured.clear();
  }

  #recording(): GraphBuilder {
    if (this.#graph !== undefined) return this.#graph;
    throw new TasklearnError(
      'NOT_RECORDABLE',
      'compile: a tensor made while recording was used after the recording ended. Return it from the function instead of keeping it.',
    );
  }

  /** Runs one kernel symbolically. */
  execute(
    kernel: RecordedKernel,
    inputs: tf.NamedTensorInfoMap,
    attributes: object,
  ): tf.TensorInfo | tf.TensorInfo[] {
    const graph = this.#recording();
    const operands = Object.entries(inputs)
      .filter((entry): entry is [string, tf.TensorInfo] => entry[1] != null)
      .map(([name, info]) => [name, this.valueFor(info)] as const);
    graph.source = kernel.name;
    const result = kernel.record(graph, Object.fromEntries(operands), attributes as Record<string, unknown>);
    return Array.isArray(result)
      ? result.map((value: Value) => this.adopt(value, kernel.name))
      : this.adopt(result as Value, kernel.name);
  }

  /** A tensor that stands for a value of the graph. */
  adopt(value: Value, source: string): tf.TensorInfo {
    if (value.dtype === 'int64') throw new Error(`kernel ${source} returned an int64 value`);
    const dataId = {};
    this.#entries.set(dataId, { value, source, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /** The value a tensor stands for; a tensor of another backend becomes a constant. */
  valueFor(info: tf.TensorInfo): Value {
    return this.#entries.get(info.dataId)?.value ?? this.#capture(info);
  }

  #capture(info: tf.TensorInfo): Value {
    const graph = this.#recording();
    const known = this.#captured.get(info.dataId);
    // Tensors that share a buffer may differ in shape.
    if (known !== undefined && known.shape.join() === info.shape.join()) return known;
    const owner = tf.engine().state.tensorInfo.get(info.dataId);
    if (owner === undefined || owner.backend === this) {
      throw new TasklearnError('DISPOSED', 'compile: the function used a tensor that has been disposed.');
    }
    const data = copyValues(owner.backend.readSync(info.dataId), info.dtype);
    const value = graph.constant({ dtype: info.dtype as OutputSpec['dtype'], shape: info.shape, data });
    this.#captured.set(info.dataId, value);
    return value;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const op = activeOp();
    if (/^(random|truncatedNormal|rand$|multinomial)/.test(op)) throw drawnOnTheHost(op);
    const data = copyValues(values, dtype);
    const value = this.#recording().constant({ dtype: dtype as OutputSpec['dtype'], shape, data });
    return this.adopt(value, 'constant').dataId;
  }

  /** Constants can be read while recording; anything else has no value yet. */
  override readSync(dataId: object): tf.BackendValues {
    const entry = this.#entries.get(dataId);
    const constant = entry && this.#graph?.constantOf(entry.value);
    if (constant !== undefined) return constant.data as tf.BackendValues;
    const op = activeOp();
    const source = entry?.source ?? 'a tensor of an earlier recording';
    throw new TasklearnError(
      'NOT_RECORDABLE',
      `compile: \`${op}\` read the value of a tensor (made by ${source}) while the function was being recorded, where tensors have shapes but no values. Compute with tensors instead, or read it outside the function.`,
      { op, source },
    );
  }

  override read(dataId: object): Promise<tf.BackendValues> {
    return new Promise((resolve) => resolve(this.readSync(dataId)));
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) return true;
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.#entries.delete(dataId);
    return true;
  }

  override incRef(dataId: object): void {
    const entry = this.#entries.get(dataId);
    if (entry !== undefined) entry.references++;
  }

  override refCount(dataId: object): number {
    return this.#entries.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.#entries.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.end();
  }
}
