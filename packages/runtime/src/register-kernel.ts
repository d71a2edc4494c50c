import * as tf from '@tensorflow/tfjs';
import type { RecordedKernel } from './kernels/kernel.js';
import type { Value } from './record/graph.js';
import { addRecordedKernel } from './record/kernel-registry.js';

/** A kernel of our own: how it runs on TensorFlow.js backends, how it is recorded, and its derivative. */
export interface KernelDefinition<
  Name extends string = string,
  Attributes = Readonly<Record<string, unknown>>,
> extends RecordedKernel<Readonly<Record<Name, Value>>, Attributes> {
  /**
   * Computes the kernel from TensorFlow.js ops, on whatever backend is active. Intermediate tensors are
   * disposed for it, and nothing in it is differentiated: give `gradient` for that.
   */
  eager(inputs: Readonly<Record<Name, tf.Tensor>>, attributes: Attributes): tf.Tensor | tf.Tensor[];
  /**
   * The derivative, in TensorFlow.js's own form. For second order, save inputs rather than outputs, and write it
   * with ops or kernels that have derivatives themselves. A kernel without one is not differentiable.
   */
  readonly gradient?: Omit<tf.GradConfig, 'kernelName'>;
}

/** Backends that a kernel is registered on at once; {@link runKernel} adds any other on first use. */
const eagerBackends = ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'];

const definitions = new Map<string, KernelDefinition<string, never>>();

function runEagerly(
  definition: KernelDefinition<string, never>,
  inputs: tf.NamedTensorInfoMap,
  attributes: unknown,
): tf.Tensor | tf.Tensor[] {
  const operands = inputs as Record<string, tf.Tensor>;
  const isOperand = (tensor: tf.Tensor) => Object.values(operands).includes(tensor);
  // An output that is an operand would be disposed twice by its two owners.
  const own = (tensor: tf.Tensor) => (isOperand(tensor) ? tensor.clone() : tensor);
  return tf.tidy(() => {
    const result = definition.eager(operands, attributes as never);
    return Array.isArray(result) ? result.map(own) : own(result);
  });
}

function registerOn(backendName: string, definition: KernelDefinition<string, never>): void {
  if (tf.getKernel(definition.name, backendName) != null) return;
  tf.registerKernel({
    kernelName: definition.name,
    backendName,
    kernelFunc: ({ inputs, attrs }) => runEagerly(definition, inputs, attrs),
  });
}

/**
 * Adds a kernel to TensorFlow.js: on every backend by its `eager` composition, in recorded functions by its
 * `record`, with its derivative. Registering a name again changes nothing, so call it where the kernel is used.
 *
 * @param definition - names must not clash with TensorFlow.js's own kernels; prefix them.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { registerKernel, runKernel, type Value } from '@tasklearn/runtime';
 *
 * registerKernel({
 *   name: 'AcmeDouble',
 *   record: (graph, { x }: Record<'x', Value>) => graph.add('Add', [x, x], x),
 *   eager: ({ x }) => tf.add(x, x),
 *   gradient: { gradFunc: (dy) => ({ x: () => tf.mul(dy as tf.Tensor, 2) }) },
 * });
 * const double = (x: tf.Tensor) => runKernel('AcmeDouble', { x }) as tf.Tensor;
 * double(tf.scalar(3)).arraySync(); // => 6
 * tf.grad(double)(tf.scalar(3)).arraySync(); // => 2
 * ```
 */
export function registerKernel<Name extends string, Attributes>(
  definition: KernelDefinition<Name, Attributes>,
): void {
  if (definitions.has(definition.name)) return;
  const known = definition as unknown as KernelDefinition<string, never>;
  definitions.set(definition.name, known);
  for (const backendName of eagerBackends) registerOn(backendName, known);
  addRecordedKernel(definition as unknown as RecordedKernel);
  if (definition.gradient !== undefined && tf.getGradient(definition.name) == null) {
    tf.registerGradient({ kernelName: definition.name, ...definition.gradient });
  }
}

/**
 * Runs a kernel by name on the active backend, on the gradient tape where one is being recorded.
 *
 * @param name - a kernel of {@link registerKernel} or of TensorFlow.js.
 * @param inputs - operands by the kernel's names.
 * @param attributes - the kernel's attributes.
 * @returns the kernel's output, or list of outputs. The caller disposes.
 */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>> = {},
): tf.Tensor | tf.Tensor[] {
  const definition = definitions.get(name);
  if (definition !== undefined) registerOn(tf.getBackend() || tf.engine().backendName, definition);
  return tf.engine().runKernel(name, { ...inputs }, { ...attributes } as tf.NamedAttrMap) as
    | tf.Tensor
    | tf.Tensor[];
}
