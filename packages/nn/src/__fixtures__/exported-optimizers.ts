import type { GradientTransformation, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import * as nn from '../index.js';
import type { ExportedFunction } from './exported-function.js';

/** θ after three updates on ½ Σ a θ²: a function of θ and a. */
function unrolled(transformation: GradientTransformation, theta: Tensor, curvature: Tensor): Tensor {
  let phi = theta;
  let state: Tree<Tensor> = transformation.init(theta.size);
  for (let step = 0; step < 3; step++) {
    const next = transformation.update(phi.mul(curvature), state, phi, tf.scalar(step));
    phi = phi.add(next.change);
    state = next.state;
  }
  return phi;
}

const rate = 0.1;
const transformations: Readonly<Record<string, GradientTransformation>> = {
  sgd: nn.sgd(rate),
  momentum: nn.momentum({ learningRate: rate, nesterov: true }),
  adam: nn.adam({ learningRate: rate }),
  adamW: nn.adamW({ learningRate: rate }),
  adamax: nn.adamax({ learningRate: rate }),
  rmsProp: nn.rmsProp({ learningRate: rate }),
  adagrad: nn.adagrad({ learningRate: rate }),
  clipByGlobalNorm: nn.chain(nn.clipByGlobalNorm(0.1), nn.sgd(1)),
  clipByValue: nn.chain(nn.clipByValue(0.05), nn.sgd(1)),
};

const schedules: Readonly<Record<string, nn.Schedule>> = {
  constant: nn.constant(0.3),
  stepDecay: nn.stepDecay({ initial: 1, every: 2 }),
  exponentialDecay: nn.exponentialDecay({ initial: 1, factor: 0.9 }),
  cosine: nn.cosine({ initial: 1, final: 0.1, steps: 3 }),
  warmUp: nn.warmUp(3, nn.constant(1)),
  slantedTriangular: nn.slantedTriangular({ peak: 1, steps: 10 }),
  createSchedule: nn.createSchedule({ name: 'stepDecay', every: 3 }, 0.5),
};

/** Optimisers and schedules. */
export const optimizers: readonly ExportedFunction[] = [
  ...Object.entries(transformations).map(
    ([name, transformation]): ExportedFunction => ({
      name,
      covers: name.startsWith('clip') ? [name, 'chain'] : [name],
      operands: [[4], { shape: [4], domain: 'positive' }],
      order: 1,
      apply: ([theta, curvature]) => unrolled(transformation, theta as Tensor, curvature as Tensor),
    }),
  ),
  {
    name: 'createOptimizer',
    operands: [[4], { shape: [4], domain: 'positive' }],
    order: 1,
    apply: ([theta, curvature]) => {
      const schedule = { name: 'cosine', steps: 10 } as const;
      const optimizer = nn.createOptimizer({
        name: 'adam',
        learningRate: rate,
        schedule,
        warmUpSteps: 2,
        clipNorm: 1,
      });
      return unrolled(optimizer, theta as Tensor, curvature as Tensor);
    },
  },
  ...Object.entries(schedules).map(
    ([name, schedule]): ExportedFunction => ({
      name,
      operands: [{ shape: [1], domain: 'positive' }],
      order: 0,
      // Steps 0, 3 and 12, made from the operand so that nothing is known while recording.
      apply: ([one]) =>
        tf.stack([0, 3, 12].map((step) => schedule((one as Tensor).reshape([]).mul(0).add(step)))),
    }),
  ),
];
