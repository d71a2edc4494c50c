import type { GraphBuilder } from '../record/graph-builder.js';
import type { Value } from '../record/graph.js';

/** How one TensorFlow.js kernel is recorded: the ONNX nodes that compute it, with their shapes. */
export interface RecordedKernel {
  /** TensorFlow.js kernel name, e.g. `BatchMatMul`. */
  readonly name: string;
  /**
   * Appends nodes and returns the kernel's outputs, in its own order.
   *
   * @param inputs - operands by the kernel's own names; a list where the kernel takes one.
   * @param attributes - the kernel's attributes, unchanged.
   */
  record(
    graph: GraphBuilder,
    inputs: Readonly<Record<string, Value & readonly Value[]>>,
    attributes: Readonly<Record<string, unknown>>,
  ): Value | readonly Value[];
}
