import type { Value } from '../record/graph.js';
import { float, type GraphBuilder } from '../record/graph-builder.js';
import { asFloat, broadcastShape, scalarOf } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

/** Attributes of kernels with a fused activation. */
export interface FusedActivation {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

function relu(graph: GraphBuilder, x: Value): Value {
  return x.dtype === 'int32'
    ? graph.add('Max', [x, scalarOf(graph, 0, 'int32')], x)
    : graph.add('Relu', [asFloat(graph, x)], { dtype: 'float32', shape: x.shape });
}

function clip(graph: GraphBuilder, x: Value, minimum: number, maximum: number): Value {
  return graph.add('Clip', [x, scalarOf(graph, minimum, x.dtype), scalarOf(graph, maximum, x.dtype)], x);
}

function leakyRelu(graph: GraphBuilder, x: Value, alpha: number): Value {
  return graph.add('LeakyRelu', [x], x, { alpha: float(alpha) });
}

function prelu(graph: GraphBuilder, x: Value, alpha: Value): Value {
  return graph.add('PRelu', [x, alpha], { dtype: 'float32', shape: broadcastShape(x.shape, alpha.shape) });
}

/** Appends the activation that a fused kernel names. */
export function activate(graph: GraphBuilder, x: Value, fused: FusedActivation, weights?: Value): Value {
  switch (fused.activation ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return relu(graph, x);
    case 'relu6':
      return clip(graph, x, 0, 6);
    case 'leakyrelu':
      return leakyRelu(graph, x, fused.leakyreluAlpha ?? 0.2);
    case 'prelu':
      return prelu(graph, x, weights as Value);
    case 'elu':
      return graph.add('Elu', [x], x);
    case 'sigmoid':
      return graph.add('Sigmoid', [x], x);
    default:
      throw new Error(`unknown fused activation ${fused.activation}`);
  }
}

/** dy where y ≥ 0, dy (y + 1) elsewhere. */
function eluGradient(graph: GraphBuilder, dy: Value, y: Value): Value {
  const isPositive = graph.add('GreaterOrEqual', [y, graph.scalar(0)], { dtype: 'bool', shape: y.shape });
  const slope = graph.add('Add', [y, graph.scalar(1)], y);
  return graph.add('Where', [isPositive, dy, graph.add('Mul', [dy, slope], dy)], dy);
}

/** Activation functions. */
export const activationKernels: readonly RecordedKernel<never, never>[] = [
  { name: 'Relu', record: (graph, { x }: Record<'x', Value>) => relu(graph, x) },
  {
    name: 'Relu6',
    record: (graph, { x }: Record<'x', Value>) => clip(graph, asFloat(graph, x), 0, 6),
  },
  {
    name: 'ClipByValue',
    record: (
      graph,
      { x }: Record<'x', Value>,
      { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number },
    ) => clip(graph, x, clipValueMin, clipValueMax),
  },
  {
    name: 'LeakyRelu',
    record: (graph, { x }: Record<'x', Value>, { alpha }: { alpha: number }) =>
      leakyRelu(graph, asFloat(graph, x), alpha),
  },
  {
    name: 'Prelu',
    record: (graph, { x, alpha }: Record<'x' | 'alpha', Value>) => prelu(graph, x, alpha),
  },
  {
    name: 'Elu',
    record: (graph, { x }: Record<'x', Value>) => {
      const operand = asFloat(graph, x);
      return graph.add('Elu', [operand], operand);
    },
  },
  { name: 'EluGrad', record: (graph, { dy, y }: Record<'dy' | 'y', Value>) => eluGradient(graph, dy, y) },
  {
    name: 'Selu',
    record: (graph, { x }: Record<'x', Value>) => {
      const operand = asFloat(graph, x);
      return graph.add('Selu', [operand], operand);
    },
  },
  {
    name: 'Softmax',
    record: (graph, { logits }: Record<'logits', Value>, { dim }: { dim: number }) =>
      graph.add('Softmax', [logits], logits, { axis: dim < 0 ? dim + logits.shape.length : dim }),
  },
];
