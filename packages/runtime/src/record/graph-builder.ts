import type { Attribute, Constant, ElementType, Graph, Node, Value, ValueId } from './graph.js';

/** Attribute values as written by hand: numbers are ints unless wrapped by {@link float}. */
export type AttributeInput = number | string | readonly number[] | Attribute;

/** Marks a number as a float attribute. */
export function float(value: number): Attribute {
  return { type: 'float', value };
}

function toAttribute(value: AttributeInput): Attribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  if (Array.isArray(value)) return { type: 'ints', value };
  return value as Attribute;
}

/** Shape and type of a node's output, stated by whoever adds it. */
export interface OutputSpec {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** Appends nodes and constants while a function is recorded; `finish` freezes the graph. */
export class GraphBuilder {
  readonly #values = new Map<ValueId, Value>();
  readonly #constants = new Map<ValueId, Constant>();
  readonly #nodes: Node[] = [];
  readonly #inputs: { id: ValueId; name: string }[] = [];
  #next = 0;
  /** The TensorFlow.js kernel being recorded now. */
  source = '';

  #value(spec: OutputSpec): Value {
    const value = { id: this.#next++, dtype: spec.dtype, shape: [...spec.shape] };
    this.#values.set(value.id, value);
    return value;
  }

  /** Adds an operand of the graph. */
  input(name: string, spec: OutputSpec): Value {
    const value = this.#value(spec);
    this.#inputs.push({ id: value.id, name });
    return value;
  }

  /** Adds a constant; its numbers are not copied. */
  constant(constant: Constant): Value {
    const value = this.#value(constant);
    this.#constants.set(value.id, constant);
    return value;
  }

  /** A float32 scalar. */
  scalar(number: number): Value {
    return this.constant({ dtype: 'float32', shape: [], data: Float32Array.of(number) });
  }

  /** A one-dimensional int64 constant: shapes, axes, starts, ends. */
  integers(numbers: readonly number[]): Value {
    return this.constant({ dtype: 'int64', shape: [numbers.length], data: Int32Array.from(numbers) });
  }

  /** The numbers of a value, where it is a constant. */
  constantOf(value: Value): Constant | undefined {
    return this.#constants.get(value.id);
  }

  /** Shape and type of a value. */
  valueOf(id: ValueId): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new Error(`graph has no value ${id}`);
    return value;
  }

  /** Adds a node with one output. */
  add(
    op: string,
    inputs: readonly (Value | null)[],
    output: OutputSpec,
    attributes: Readonly<Record<string, AttributeInput>> = {},
    domain: Node['domain'] = '',
  ): Value {
    return this.addMany(op, inputs, [output], attributes, domain)[0] as Value;
  }

  /** Adds a node with several outputs; `null` for one that is not wanted. */
  addMany<const Outputs extends readonly (OutputSpec | null)[]>(
    op: string,
    inputs: readonly (Value | null)[],
    outputs: Outputs,
    attributes: Readonly<Record<string, AttributeInput>> = {},
    domain: Node['domain'] = '',
  ): (Value | null)[] {
    const results = outputs.map((output) => (output === null ? null : this.#value(output)));
    this.#nodes.push({
      op,
      domain,
      inputs: inputs.map((input) => input?.id ?? null),
      outputs: results.map((result) => result?.id ?? null),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [key, toAttribute(value)]),
      ),
      source: this.source,
    });
    return results;
  }

  /** The graph with these results, which may be operands or constants. */
  finish(outputs: readonly { readonly value: Value; readonly name: string }[]): Graph {
    return {
      inputs: this.#inputs,
      constants: this.#constants,
      values: this.#values,
      nodes: this.#nodes,
      outputs: outputs.map(({ value, name }) => ({ id: value.id, name })),
    };
  }
}
