import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import * as nn from '../index.js';
import type { ExportedFunction } from './exported-function.js';

const activations = ['relu', 'leakyRelu', 'elu', 'gelu', 'swish', 'tanh', 'sigmoid', 'softplus'] as const;

const elementwise: readonly ExportedFunction[] = activations.map((name) => ({
  name,
  covers: [name, 'activationOf'],
  operands: [[2, 3, 4]],
  order: 2,
  apply: ([x]) => nn.activationOf(name)(x as Tensor),
}));

const labels = () =>
  tf.tensor2d(
    [
      [0, 2, 1],
      [1, 1, 0],
    ],
    [2, 3],
    'int32',
  );
const mask = () =>
  tf.tensor2d([
    [1, 0, 1],
    [1, 1, 0],
  ]);

const cells = { gruCell: nn.gruCell, lstmCell: nn.lstmCell, rnnCell: nn.rnnCell };

/** Three steps of a cell with a reset before the second; the state is the first operand. */
function unrolled(name: keyof typeof cells, lead: readonly number[]): ExportedFunction {
  const cell = cells[name]({ inputSize: 2, size: 2 });
  const gates = { gruCell: 6, lstmCell: 8, rnnCell: 2 }[name];
  return {
    name: `${name}, ${lead.length === 0 ? 'shared' : 'per task'}`,
    covers: [name, 'unrollCell'],
    operands: [
      [2, 3, cell.stateSize],
      [2, 3, 3, 2],
      [...lead, 2, gates],
      [...lead, 2, gates],
      [...lead, gates],
      [...lead, 2],
    ],
    order: 2,
    apply: ([state, inputs, inputWeight, stateWeight, inputBias, candidateBias]) => {
      const parameters = { inputWeight, stateWeight, inputBias, candidateBias } as nn.CellParameters;
      const resets = tf.tensor([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], [2, 3, 3]);
      const { outputs } = nn.unrollCell(cell, parameters, inputs as Tensor, {
        state: state as Tensor,
        resets,
      });
      return name === 'gruCell'
        ? outputs
        : tf.concat([outputs, tf.sum(candidateBias as Tensor).mul(tf.ones([2, 3, 1, 2]))], 2);
    },
  };
}

const cellRows = (Object.keys(cells) as (keyof typeof cells)[]).flatMap((name) => [
  unrolled(name, []),
  unrolled(name, [2]),
]);

/** Layers. */
export const layers: readonly ExportedFunction[] = [
  ...elementwise,
  {
    name: 'dense, shared',
    covers: ['dense'],
    operands: [[2, 3, 4], [4, 2], [2]],
    order: 2,
    apply: ([x, weight, bias]) => nn.dense(x as Tensor, { weight: weight as Tensor, bias: bias as Tensor }),
  },
  {
    name: 'dense, per task',
    covers: ['dense'],
    operands: [
      [2, 3, 4],
      [2, 4, 2],
      [2, 2],
    ],
    order: 2,
    apply: ([x, weight, bias]) => nn.dense(x as Tensor, { weight: weight as Tensor, bias: bias as Tensor }),
  },
  {
    name: 'layerNorm',
    operands: [[2, 3, 4], [4], [2, 4]],
    order: 2,
    apply: ([x, gain, bias]) => nn.layerNorm(x as Tensor, { gain: gain as Tensor, bias: bias as Tensor }),
  },
  {
    name: 'embedding, shared',
    covers: ['embedding'],
    operands: [[4, 2]],
    order: 2,
    apply: ([table]) => nn.embedding(labels(), table as Tensor),
  },
  {
    name: 'embedding, per task',
    covers: ['embedding'],
    operands: [[2, 4, 2]],
    order: 2,
    apply: ([table]) => nn.embedding(labels(), table as Tensor),
  },
  {
    name: 'dropout',
    operands: [[2, 3, 4]],
    order: 2,
    apply: ([x], rng) => nn.dropout(x as Tensor, 0.4, rng),
  },
  ...cellRows,
];

/** Losses and metrics. */
export const losses: readonly ExportedFunction[] = [
  {
    name: 'crossEntropy',
    covers: ['crossEntropy', 'lossOf'],
    operands: [[2, 3, 4]],
    order: 2,
    apply: ([logits]) => nn.lossOf({ loss: 'crossEntropy' })(logits as Tensor, labels(), mask()),
  },
  {
    name: 'crossEntropy of probabilities',
    covers: ['crossEntropy'],
    operands: [[2, 3, 4]],
    order: 2,
    apply: ([logits]) => nn.crossEntropy(logits as Tensor, tf.fill([2, 3, 4], 0.25)),
  },
  {
    name: 'bernoulli',
    operands: [[2, 3, 2]],
    order: 2,
    apply: ([logits]) => nn.bernoulli(logits as Tensor, tf.fill([2, 3, 2], 0.3), mask()),
  },
  {
    name: 'meanSquaredError',
    operands: [
      [2, 3, 2],
      [2, 3, 2],
    ],
    order: 2,
    apply: ([outputs, targets]) => nn.meanSquaredError(outputs as Tensor, targets as Tensor),
  },
  {
    name: 'meanSquaredError, masked',
    covers: ['meanSquaredError', 'meanOverItems'],
    operands: [
      [2, 3, 2],
      [2, 3, 2],
    ],
    order: 2,
    apply: ([outputs, targets]) => nn.meanSquaredError(outputs as Tensor, targets as Tensor, mask()),
  },
  {
    name: 'huber',
    operands: [[2, 3, 2]],
    order: 2,
    // Away from |e| = δ, where the second derivative jumps.
    apply: ([outputs]) => nn.huber(outputs as Tensor, tf.zeros([2, 3, 2]), mask(), 0.1),
  },
  {
    name: 'gaussianNegativeLogLikelihood',
    covers: ['gaussianNegativeLogLikelihood', 'gaussianParametersOf'],
    operands: [
      [2, 3, 4],
      [2, 3, 2],
    ],
    order: 2,
    apply: ([outputs, targets]) =>
      nn.gaussianNegativeLogLikelihood(outputs as Tensor, targets as Tensor, mask()),
  },
  {
    name: 'accuracy',
    operands: [{ shape: [2, 3, 4], domain: 'distinct' }],
    order: 0,
    apply: ([outputs]) => nn.accuracy(outputs as Tensor, labels(), mask()),
  },
  {
    name: 'oneHot',
    operands: [],
    order: 0,
    apply: () => nn.oneHot(labels(), 4),
  },
];
