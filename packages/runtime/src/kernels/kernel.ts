import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';

/**
 * How one TensorFlow.js kernel is recorded: the ONNX nodes that compute it, with their shapes.
 *
 * `Inputs` are the operands by the kernel's own names (`'0'`, `'1'`, … where the kernel takes a list);
 * `Attributes` are the kernel's attributes.
 */
export interface RecordedKernel<
  Inputs = Readonly<Record<string, Value>>,
  Attributes = Readonly<Record<string, unknown>>,
> {
  /** TensorFlow.js kernel name, e.g. `BatchMatMul`. */
  readonly name: string;
  /**
   * Appends nodes and returns the kernel's outputs, in its own order; a list where the kernel returns one.
   * Outputs are float32, int32 or bool, never int64.
   *
   * @param graph - where nodes go.
   * @param inputs - operands; an operand left out by the caller is `undefined`.
   * @param attributes - the kernel's attributes, unchanged.
   */
  record(graph: GraphBuilder, inputs: Inputs, attributes: Attributes): Value | readonly Value[];
}
