import type { Constant, Node } from '../../record/graph.js';
import { reducedAxes } from '../reduced-axes.js';
import { padShape, sizeOf, stridesOf } from '../shape-arithmetic.js';
import { constantOf } from './constant-of.js';
import type { Evaluator } from './evaluator.js';

interface Folding {
  readonly start: number;
  combine(total: number, x: number): number;
  finish(total: number, count: number): number;
}

const same = (total: number): number => total;

const FOLDINGS: Readonly<Record<string, Folding>> = {
  ReduceMax: { start: Number.NEGATIVE_INFINITY, combine: Math.max, finish: same },
  ReduceMean: { start: 0, combine: (total, x) => total + x, finish: (total, count) => total / count },
  ReduceMin: { start: Number.POSITIVE_INFINITY, combine: Math.min, finish: same },
  ReduceProd: { start: 1, combine: (total, x) => total * x, finish: same },
  ReduceSum: { start: 0, combine: (total, x) => total + x, finish: same },
  ReduceSumSquare: { start: 0, combine: (total, x) => total + x * x, finish: same },
};

const reduce: Evaluator = (node: Node, inputs: readonly Constant[], output) => {
  const [x, axesOperand] = inputs;
  const folding = FOLDINGS[node.op];
  if (x === undefined || folding === undefined || x.data.length === 0) return undefined;
  const axes = new Set(reducedAxes(node, x.shape.length, axesOperand));
  const kept = x.shape.map((extent, axis) => (axes.has(axis) ? 1 : extent));
  const outer = stridesOf(padShape(kept, kept.length)).map((stride, axis) => (axes.has(axis) ? 0 : stride));
  const strides = stridesOf(x.shape);
  const totals = new Float64Array(sizeOf(output.shape)).fill(folding.start);
  for (let index = 0; index < x.data.length; index++) {
    let target = 0;
    for (let axis = 0, rest = index; axis < strides.length; axis++) {
      const position = Math.floor(rest / (strides[axis] as number));
      rest -= position * (strides[axis] as number);
      target += position * (outer[axis] as number);
    }
    totals[target] = folding.combine(totals[target] as number, x.data[index] as number);
  }
  const count = x.data.length / Math.max(1, totals.length);
  return constantOf(output, (index) => folding.finish(totals[index] as number, count));
};

/** Evaluators of reductions, by ONNX operator. */
export const reductionEvaluators: Readonly<Record<string, Evaluator>> = Object.fromEntries(
  Object.keys(FOLDINGS).map((op) => [op, reduce]),
);
