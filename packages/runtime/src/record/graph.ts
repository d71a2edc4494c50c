import type { HostTensor } from '@tasklearn/core';

/** Element types inside a graph. int64 exists only for ONNX's shape and index operands. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** Identifies a value inside one graph. */
export type ValueId = number;

/** What is known of a value while recording: never its numbers, unless it is a constant. */
export interface Value {
  readonly id: ValueId;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** Attribute of an ONNX operator. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string };

/** One ONNX operator. `null` stands for an omitted optional operand or an unused output. */
export interface Node {
  /** ONNX operator name, e.g. `MatMul`. */
  readonly op: string;
  /** Operator set: empty for the standard one, `com.microsoft` for ONNX Runtime's own. */
  readonly domain: '' | 'com.microsoft';
  readonly inputs: readonly (ValueId | null)[];
  readonly outputs: readonly (ValueId | null)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** The TensorFlow.js kernel it came from, for `explain()`. */
  readonly source: string;
}

/** Values of a constant; int64 is held as int32 numbers and widened when encoded. */
export interface Constant {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: HostTensor['data'];
}

/** A recorded function in static single assignment; nodes are in a valid order of evaluation. */
export interface Graph {
  /** Operands in the order of the flattened input tree, then the random inputs. */
  readonly inputs: readonly { readonly id: ValueId; readonly name: string }[];
  readonly constants: ReadonlyMap<ValueId, Constant>;
  readonly values: ReadonlyMap<ValueId, Value>;
  readonly nodes: readonly Node[];
  /** In the order of the flattened output tree. An output may be an input or a constant. */
  readonly outputs: readonly { readonly id: ValueId; readonly name: string }[];
}

/** A simplifier pass: pure, graph in, graph out; returns the same object where it changes nothing. */
export interface Pass {
  readonly name: string;
  /** One sentence for `explain()`. */
  readonly summary: string;
  /** Waits until the other passes have nothing more to do: it makes forms that they would no longer recognise. */
  readonly late?: boolean;
  /** The graph after the pass; the same object where nothing changed. */
  run(graph: Graph): Graph;
}
