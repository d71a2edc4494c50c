import { expect } from 'vitest';
import type { Constant, Graph, Node, Pass, Value } from '../../record/graph.js';
import { GraphBuilder, type OutputSpec } from '../../record/graph-builder.js';
import { deadCode } from '../dead-code.js';
import { sizeOf } from '../shape-arithmetic.js';
import { validateGraph } from '../validate-graph.js';
import { runGraph } from './run-graph.js';

/** A float32 value of a shape. */
export function floats(...shape: number[]): OutputSpec {
  return { dtype: 'float32', shape };
}

/** A truth value of a shape. */
export function truths(...shape: number[]): OutputSpec {
  return { dtype: 'bool', shape };
}

/** A float32 constant. */
export function constant(graph: GraphBuilder, shape: readonly number[], numbers: readonly number[]): Value {
  return graph.constant({ dtype: 'float32', shape, data: Float32Array.from(numbers) });
}

/** A graph made by hand: `make` adds inputs and nodes, and returns the outputs. */
export function graphOf(make: (graph: GraphBuilder) => Value | readonly Value[]): Graph {
  const builder = new GraphBuilder();
  const made = make(builder);
  const outputs = Array.isArray(made) ? (made as readonly Value[]) : [made as Value];
  return builder.finish(outputs.map((value, index) => ({ value, name: `output${index}` })));
}

/** A small generator of numbers in [-1, 1): the tests need variety, not quality. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Random operands for the inputs of a graph. */
export function feedsFor(graph: Graph, seed: number): Constant['data'][] {
  const next = numbersFrom(seed);
  return graph.inputs.map(({ id }) => {
    const { dtype, shape } = graph.values.get(id) as Value;
    const size = sizeOf(shape);
    if (dtype === 'float32') return Float32Array.from({ length: size }, next);
    if (dtype === 'bool') return Uint8Array.from({ length: size }, () => (next() > 0 ? 1 : 0));
    return Int32Array.from({ length: size }, () => Math.floor(next() * 5));
  });
}

/** Fails unless two graphs are sound and compute the same from random operands. */
export async function expectSameValues(before: Graph, after: Graph, tolerance = 1e-5): Promise<void> {
  expect(validateGraph(after)).toEqual([]);
  for (const seed of [1, 2]) {
    const feeds = feedsFor(before, seed);
    const [expected, actual] = [await runGraph(before, feeds), await runGraph(after, feeds)];
    for (const [index, numbers] of expected.entries()) {
      const others = actual[index] as Constant['data'];
      expect(others.length).toBe(numbers.length);
      for (let at = 0; at < numbers.length; at++) {
        const [x, y] = [Number(numbers[at]), Number(others[at])];
        if (Math.abs(x - y) > tolerance * Math.max(1, Math.abs(x))) {
          expect.fail(`output ${index}[${at}]: expected ${x}, got ${y}`);
        }
      }
    }
  }
}

/** Applies passes once each, drops dead code, and fails unless the values stay the same. */
export async function simplifiedBy(graph: Graph, ...passes: readonly Pass[]): Promise<Graph> {
  expect(validateGraph(graph)).toEqual([]);
  const changed = passes.reduce((current, pass) => pass.run(current), graph);
  const after = deadCode.run(changed);
  await expectSameValues(graph, after);
  return after;
}

/** The operators of a graph, in order. */
export function operatorsOf(graph: Graph): string[] {
  return graph.nodes.map(({ op }: Node) => op);
}
