import type { Attribute, Constant, Graph, Node, Value, ValueId } from '../record/graph.js';
import type { AttributeInput, OutputSpec } from '../record/graph-builder.js';
import { type Shape, sameShape } from './shape-arithmetic.js';

/**
 * What one pass sees and does while it walks a graph once, in order of evaluation.
 *
 * Nodes already walked have been copied, as changed, to the new graph: `producerOf` finds them there. Values
 * that were replaced are known by their replacement, so a rule never meets a stale operand. The first change
 * copies the maps; a pass without changes gives back the graph it was given.
 */
export class GraphEditor {
  readonly #graph: Graph;
  readonly #nodes: Node[] = [];
  readonly #producers = new Map<ValueId, Node>();
  readonly #aliases = new Map<ValueId, ValueId>();
  readonly #scalars = new Map<string, ValueId>();
  readonly #outputs: ReadonlySet<ValueId>;
  #values: Map<ValueId, Value> | undefined;
  #constants: Map<ValueId, Constant> | undefined;
  #uses: Map<ValueId, number> | undefined;
  #next = -1;
  #changed = false;
  /** The node now walked: new nodes inherit where it came from. */
  #source = '';

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#outputs = new Set(graph.outputs.map(({ id }) => id));
  }

  /** Nodes in the new graph so far. */
  get size(): number {
    return this.#nodes.length;
  }

  /** Shape and element type of a value of the new graph. */
  valueOf(id: ValueId): Value {
    const value = (this.#values ?? this.#graph.values).get(id);
    if (value === undefined) throw new Error(`graph has no value ${id}`);
    return value;
  }

  /** Shape of a value. */
  shapeOf(id: ValueId): Shape {
    return this.valueOf(id).shape;
  }

  /** The numbers of a value, where it is a constant. */
  constantOf(id: ValueId | null | undefined): Constant | undefined {
    if (id === null || id === undefined) return undefined;
    return (this.#constants ?? this.#graph.constants).get(id);
  }

  /** The node of the new graph that makes a value: `undefined` for inputs and constants. */
  producerOf(id: ValueId | null | undefined): Node | undefined {
    return id === null || id === undefined ? undefined : this.#producers.get(id);
  }

  /** The producer of a value where it is of the named operator. */
  producedBy(id: ValueId | null | undefined, op: string): Node | undefined {
    const node = this.producerOf(id);
    return node?.op === op ? node : undefined;
  }

  /**
   * How often a value is read, outputs included, by nodes that an output depends on, in the graph that the pass was
   * given. New values count as read once: a rule makes them for one reader.
   */
  usesOf(id: ValueId): number {
    this.#uses ??= countUses(this.#graph);
    return this.#uses.get(id) ?? 1;
  }

  /** Whether the value is an output of the graph. */
  isOutput(id: ValueId): boolean {
    return this.#outputs.has(id);
  }

  #edit(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.#values = new Map(this.#graph.values);
    this.#constants = new Map(this.#graph.constants);
    for (const id of this.#values.keys()) if (id > this.#next) this.#next = id;
  }

  #value(spec: OutputSpec): ValueId {
    this.#edit();
    this.#next += 1;
    this.#values?.set(this.#next, { id: this.#next, dtype: spec.dtype, shape: [...spec.shape] });
    return this.#next;
  }

  /** Adds a constant. */
  constant(constant: Constant): ValueId {
    const id = this.#value(constant);
    this.#constants?.set(id, constant);
    return id;
  }

  /** A float32 constant of shape `[]`; the same number gives the same value. */
  scalar(number: number): ValueId {
    const key = Object.is(number, -0) ? '-0' : String(number);
    const known = this.#scalars.get(key);
    if (known !== undefined) return known;
    const id = this.constant({ dtype: 'float32', shape: [], data: Float32Array.of(number) });
    this.#scalars.set(key, id);
    return id;
  }

  /** A one-dimensional int64 constant. */
  integers(numbers: readonly number[]): ValueId {
    return this.constant({ dtype: 'int64', shape: [numbers.length], data: Int32Array.from(numbers) });
  }

  /** Adds a node with one output before the node now walked. */
  add(
    op: string,
    inputs: readonly (ValueId | null)[],
    spec: OutputSpec,
    attributes: Readonly<Record<string, AttributeInput>> = {},
    domain: Node['domain'] = '',
  ): ValueId {
    const output = this.#value(spec);
    this.emit({ op, domain, inputs, outputs: [output], attributes: typed(attributes), source: this.#source });
    return output;
  }

  /** Adds a node with several outputs before the node now walked. */
  addMany(
    op: string,
    inputs: readonly (ValueId | null)[],
    specs: readonly OutputSpec[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
  ): ValueId[] {
    const outputs = specs.map((spec) => this.#value(spec));
    this.emit({ op, domain: '', inputs, outputs, attributes: typed(attributes), source: this.#source });
    return outputs;
  }

  /** A value seen under another shape of the same size: at most one Reshape from where the value came from. */
  reshape(id: ValueId, shape: Shape): ValueId {
    let origin = id;
    for (
      let node = this.producedBy(origin, 'Reshape');
      node !== undefined;
      node = this.producedBy(origin, 'Reshape')
    ) {
      origin = node.inputs[0] as ValueId;
    }
    const value = this.valueOf(origin);
    if (sameShape(this.shapeOf(id), shape)) return id;
    if (sameShape(value.shape, shape)) return origin;
    // Without allowzero, a zero means "as in the operand".
    const attributes = shape.includes(0) ? { allowzero: 1 } : {};
    return this.add('Reshape', [origin, this.integers(shape)], { dtype: value.dtype, shape }, attributes);
  }

  /** The node with its operands replaced as earlier changes demand. */
  resolve(node: Node): Node {
    this.#source = node.source;
    if (this.#aliases.size === 0) return node;
    if (!node.inputs.some((input) => input !== null && this.#aliases.has(input))) return node;
    return { ...node, inputs: node.inputs.map((input) => (input === null ? null : this.current(input))) };
  }

  /** What stands for a value now. */
  current(id: ValueId): ValueId {
    let result = id;
    for (let next = this.#aliases.get(result); next !== undefined; next = this.#aliases.get(result))
      result = next;
    return result;
  }

  /** Copies a node to the new graph. */
  emit(node: Node): void {
    this.#nodes.push(node);
    for (const output of node.outputs) if (output !== null) this.#producers.set(output, node);
  }

  /** Marks the graph as changed; a pass calls it when it emits a node other than the one it walked. */
  touch(): void {
    this.#edit();
  }

  /** From here on `to` stands for `from`. Both must have the same shape and type. */
  replace(from: ValueId, to: ValueId): void {
    if (from === to) return;
    const [old, fresh] = [this.valueOf(from), this.valueOf(to)];
    if (old.dtype !== fresh.dtype || !sameShape(old.shape, fresh.shape)) {
      const text = (value: Value) => `${value.dtype}[${value.shape.join(',')}]`;
      throw new Error(`simplify: ${text(fresh)} cannot stand for ${text(old)}`);
    }
    this.#edit();
    this.#aliases.set(from, to);
  }

  /** The new graph, or the old one where nothing changed. */
  finish(): Graph {
    if (!this.#changed) return this.#graph;
    return {
      inputs: this.#graph.inputs,
      constants: this.#constants as Map<ValueId, Constant>,
      values: this.#values as Map<ValueId, Value>,
      nodes: this.#nodes,
      outputs: this.#graph.outputs.map(({ id, name }) => ({ id: this.current(id), name })),
    };
  }
}

function countUses(graph: Graph): Map<ValueId, number> {
  const uses = new Map<ValueId, number>();
  const count = (id: ValueId | null): void => {
    if (id !== null) uses.set(id, (uses.get(id) ?? 0) + 1);
  };
  for (const { id } of graph.outputs) count(id);
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index] as Node;
    if (node.outputs.some((output) => output !== null && uses.has(output))) node.inputs.forEach(count);
  }
  return uses;
}

function typed(attributes: Readonly<Record<string, AttributeInput>>): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toAttribute(value)]));
}

function toAttribute(value: AttributeInput): Attribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  if (Array.isArray(value)) return { type: 'ints', value };
  return value as Attribute;
}
