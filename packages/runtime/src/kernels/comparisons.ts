import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { asFloat, broadcastShape, cast, reshape } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

function comparison(name: string, op: string): RecordedKernel<Record<'a' | 'b', Value>, never> {
  return {
    name,
    record(graph, { a, b }) {
      const ordered = op !== 'Equal';
      const [x, y] =
        ordered && a.dtype === 'bool' ? [cast(graph, a, 'int32'), cast(graph, b, 'int32')] : [a, b];
      return graph.add(op, [x, y], { dtype: 'bool', shape: broadcastShape(a.shape, b.shape) });
    },
  };
}

function logical(name: string, op: string): RecordedKernel<Record<'a' | 'b', Value>, never> {
  return {
    name,
    record: (graph, { a, b }) =>
      graph.add(op, [cast(graph, a, 'bool'), cast(graph, b, 'bool')], {
        dtype: 'bool',
        shape: broadcastShape(a.shape, b.shape),
      }),
  };
}

function not(graph: GraphBuilder, x: Value): Value {
  return graph.add('Not', [cast(graph, x, 'bool')], { dtype: 'bool', shape: x.shape });
}

/** Appends a test of floating-point kind. */
function test(graph: GraphBuilder, op: 'IsNaN' | 'IsInf', x: Value): Value {
  return graph.add(op, [asFloat(graph, x)], { dtype: 'bool', shape: x.shape });
}

/** Where condition is true, t, else e; a vector condition picks rows. */
function select(graph: GraphBuilder, { condition, t, e }: Record<'condition' | 't' | 'e', Value>): Value {
  const picksRows = condition.shape.length === 1 && t.shape.length > 1;
  const shape = picksRows
    ? [condition.shape[0] as number, ...t.shape.slice(1).map(() => 1)]
    : condition.shape;
  const chosen = reshape(graph, cast(graph, condition, 'bool'), shape);
  const resultShape = broadcastShape(shape, broadcastShape(t.shape, e.shape));
  if (t.dtype !== 'bool') return graph.add('Where', [chosen, t, e], { dtype: t.dtype, shape: resultShape });
  const [yes, no] = [cast(graph, t, 'int32'), cast(graph, e, 'int32')];
  return cast(graph, graph.add('Where', [chosen, yes, no], { dtype: 'int32', shape: resultShape }), 'bool');
}

/** Comparisons, logic and choice. */
export const comparisonKernels: readonly RecordedKernel<never, never>[] = [
  comparison('Equal', 'Equal'),
  comparison('Greater', 'Greater'),
  comparison('GreaterEqual', 'GreaterOrEqual'),
  comparison('Less', 'Less'),
  comparison('LessEqual', 'LessOrEqual'),
  {
    name: 'NotEqual',
    record: (graph, operands: Record<'a' | 'b', Value>) =>
      not(graph, comparison('Equal', 'Equal').record(graph, operands, {} as never) as Value),
  },
  logical('LogicalAnd', 'And'),
  logical('LogicalOr', 'Or'),
  { name: 'LogicalNot', record: (graph, { x }: Record<'x', Value>) => not(graph, x) },
  { name: 'IsNan', record: (graph, { x }: Record<'x', Value>) => test(graph, 'IsNaN', x) },
  { name: 'IsInf', record: (graph, { x }: Record<'x', Value>) => test(graph, 'IsInf', x) },
  {
    name: 'IsFinite',
    record: (graph, { x }: Record<'x', Value>) =>
      not(
        graph,
        graph.add('Or', [test(graph, 'IsNaN', x), test(graph, 'IsInf', x)], {
          dtype: 'bool',
          shape: x.shape,
        }),
      ),
  },
  { name: 'Select', record: select },
];
