import type { GradientTransformation, Tree } from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam } from './adam.js';
import { chain } from './chain.js';
import { clipByGlobalNorm } from './clip-by-global-norm.js';
import { clipByValue } from './clip-by-value.js';
import { createOptimizer, type OptimizerSpec } from './create-optimizer.js';
import { momentum } from './momentum.js';
import { constant } from './schedules/constant.js';
import { warmUp } from './schedules/warm-up.js';
import { sgd } from './sgd.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** L(θ) = ½ Σ a_i θ_i², so g = a θ. */
const curvature = [1, 10, 0.1];
const start = [1, -2, 3];
const STEPS = 25;

/** θ after STEPS updates. */
function follow(optimizer: GradientTransformation): number[] {
  const before = tf.memory().numTensors;
  const found = tf.tidy(() => {
    const a = tf.tensor1d(curvature);
    let theta: tf.Tensor = tf.tensor1d(start);
    let state: Tree<tf.Tensor> = optimizer.init(start.length);
    for (let step = 0; step < STEPS; step++) {
      const result = optimizer.update(theta.mul(a), state, theta, tf.scalar(step));
      theta = theta.add(result.change);
      state = result.state;
    }
    return [...theta.dataSync()];
  });
  expect(tf.memory().numTensors).toBe(before);
  return found;
}

/** The same in double precision, one number at a time, as the papers write it. */
function reference(update: (g: number, theta: number, memory: number[], t: number) => number): number[] {
  return start.map((first, index) => {
    const memory = [0, 0];
    let theta = first;
    for (let t = 1; t <= STEPS; t++) theta -= update((curvature[index] as number) * theta, theta, memory, t);
    return theta;
  });
}

type Memory = [number, number];

function adamStep(g: number, memory: number[], t: number, eta: number): number {
  const m = memory as Memory;
  m[0] = 0.9 * m[0] + 0.1 * g;
  m[1] = 0.99 * m[1] + 0.01 * g * g;
  return (eta * (m[0] / (1 - 0.9 ** t))) / (Math.sqrt(m[1] / (1 - 0.99 ** t)) + 1e-4);
}

const cases: readonly [OptimizerSpec, (g: number, theta: number, memory: number[], t: number) => number][] = [
  [{ name: 'sgd', learningRate: 0.05 }, (g) => 0.05 * g],
  [
    { name: 'sgd', learningRate: 0.05, schedule: { name: 'stepDecay', every: 7 }, warmUpSteps: 3 },
    (g, _theta, _memory, t) => 0.05 * 0.5 ** Math.floor((t - 1) / 7) * Math.min(1, t / 3) * g,
  ],
  [
    { name: 'momentum', learningRate: 0.02, momentum: 0.8 },
    (g, _theta, memory) => {
      memory[0] = 0.8 * (memory[0] as number) + g;
      return 0.02 * memory[0];
    },
  ],
  [
    { name: 'momentum', learningRate: 0.02, momentum: 0.8, nesterov: true },
    (g, _theta, memory) => {
      memory[0] = 0.8 * (memory[0] as number) + g;
      return 0.02 * (g + 0.8 * memory[0]);
    },
  ],
  [
    { name: 'adam', learningRate: 0.1, beta2: 0.99, epsilon: 1e-4 },
    (g, _theta, memory, t) => adamStep(g, memory, t, 0.1),
  ],
  [
    { name: 'adamW', learningRate: 0.1, beta2: 0.99, epsilon: 1e-4, weightDecay: 0.3 },
    (g, theta, memory, t) => adamStep(g, memory, t, 0.1) + 0.1 * 0.3 * theta,
  ],
  [
    {
      name: 'adam',
      learningRate: 0.1,
      beta2: 0.99,
      epsilon: 1e-4,
      schedule: { name: 'cosine', steps: 20, final: 0.01 },
    },
    (g, _theta, memory, t) => {
      const eta = 0.01 + (0.09 * (1 + Math.cos((Math.PI * Math.min(t - 1, 20)) / 20))) / 2;
      return adamStep(g, memory, t, eta);
    },
  ],
  [
    { name: 'adamax', learningRate: 0.1, epsilon: 1e-4 },
    (g, _theta, memory, t) => {
      const m = memory as Memory;
      m[0] = 0.9 * m[0] + 0.1 * g;
      m[1] = Math.max(0.999 * m[1], Math.abs(g));
      return ((0.1 / (1 - 0.9 ** t)) * m[0]) / (m[1] + 1e-4);
    },
  ],
  [
    { name: 'rmsProp', learningRate: 0.05, epsilon: 1e-4 },
    (g, _theta, memory) => {
      memory[0] = 0.9 * (memory[0] as number) + 0.1 * g * g;
      return (0.05 * g) / (Math.sqrt(memory[0]) + 1e-4);
    },
  ],
  [
    { name: 'adagrad', learningRate: 0.3, initialAccumulator: 0.1 },
    (g, _theta, memory, t) => {
      memory[0] = (t === 1 ? 0.1 : (memory[0] as number)) + g * g;
      return (0.3 * g) / (Math.sqrt(memory[0]) + 1e-10);
    },
  ],
];

describe('optimisers', () => {
  it.each(cases)('%o agrees with the recursion of its paper', (spec, update) => {
    const found = follow(createOptimizer(spec));
    reference(update).forEach((value, index) => {
      expect(Math.abs((found[index] as number) - value)).toBeLessThan(2e-4 * Math.max(1, Math.abs(value)));
    });
  });

  it('the first Adam step is the learning rate, whatever the gradient', () => {
    tf.tidy(() => {
      const optimizer = adam({ learningRate: 0.001 });
      const gradient = tf.tensor1d([1e-3, -5, 1e4]);
      const { change } = optimizer.update(gradient, optimizer.init(3), tf.zeros([3]), tf.scalar(0));
      [-1, 1, -1].forEach((sign, index) => {
        expect((change.dataSync()[index] as number) * 1000).toBeCloseTo(sign, 4);
      });
    });
  });

  it('schedules, numbers and tensors are all rates', () => {
    const expected = follow(momentum({ learningRate: 0.02 }));
    expect(follow(momentum({ learningRate: constant(0.02) }))).toEqual(expected);
    const rate = tf.scalar(0.02);
    expect(follow(momentum({ learningRate: rate }))).toEqual(expected);
    rate.dispose();
    expect(follow(sgd(warmUp(1, constant(0.05))))).toEqual(follow(sgd(0.05)));
  });
});

describe('clipping', () => {
  const change = (transformation: GradientTransformation, gradient: tf.Tensor): number[] => {
    const before = tf.memory().numTensors;
    const values = tf.tidy(() => {
      const state = transformation.init(gradient.size);
      return [...transformation.update(gradient, state, gradient, tf.scalar(0)).change.dataSync()];
    });
    expect(tf.memory().numTensors).toBe(before);
    gradient.dispose();
    return values;
  };

  it('by norm: direction kept, length at most c', () => {
    change(clipByGlobalNorm(1), tf.tensor1d([3, 4])).forEach((value, index) => {
      expect(value).toBeCloseTo([0.6, 0.8][index] as number, 6);
    });
    expect(change(clipByGlobalNorm(6), tf.tensor1d([3, 4]))).toEqual([3, 4]);
    expect(change(clipByGlobalNorm(1), tf.tensor1d([0, 0]))).toEqual([0, 0]);
  });
  it('by norm, of each task by itself', () => {
    change(
      clipByGlobalNorm(1),
      tf.tensor2d([
        [3, 4],
        [0.3, 0.4],
      ]),
    ).forEach((value, index) => {
      expect(value).toBeCloseTo([0.6, 0.8, 0.3, 0.4][index] as number, 6);
    });
  });
  it('by value', () => {
    expect(change(clipByValue(2), tf.tensor1d([-5, -1, 0, 3]))).toEqual([-2, -1, 0, 2]);
  });
  it('chain feeds one into the next', () => {
    const found = change(chain(clipByValue(2), clipByGlobalNorm(1), sgd(0.5)), tf.tensor1d([9, 0]));
    expect(found[0]).toBeCloseTo(-0.5, 6);
    expect(createOptimizer({ name: 'sgd', clipNorm: 1 }).init(2)).toHaveLength(2);
  });
});

describe('in an inner loop', () => {
  /** Loss after three updates from θ with a learned rate η. */
  function lossAfter(spec: 'momentum' | 'adam' | 'adamW' | 'rmsProp' | 'adagrad' | 'adamax') {
    return (theta: tf.Tensor, rate: tf.Tensor): tf.Scalar => {
      const a = tf.tensor1d([1, 10, 0]); // the third number has no gradient
      const optimizer = createInner(spec, rate);
      let phi = theta;
      let state = optimizer.init(3);
      for (let step = 0; step < 3; step++) {
        const result = optimizer.update(phi.mul(a), state, phi, tf.scalar(step));
        phi = phi.add(result.change);
        state = result.state;
      }
      return tf.sum(tf.square(phi.add(0.5))).asScalar();
    };
  }

  function createInner(name: string, learningRate: tf.Tensor): GradientTransformation {
    if (name === 'momentum') return momentum({ learningRate, nesterov: true });
    const spec = createOptimizer({ name: name as 'adam', learningRate: 1 });
    return {
      init: spec.init,
      update(gradient, state, parameters, step) {
        const next = spec.update(gradient, state, parameters, step);
        return { change: next.change.mul(learningRate), state: next.state };
      },
    };
  }

  it.each(['momentum', 'adam', 'adamW', 'rmsProp', 'adagrad', 'adamax'] as const)(
    'the derivative through three steps of %s is right, and finite where a gradient is 0',
    (name) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const loss = lossAfter(name);
        const values = [0.7, -0.4, 0.2];
        const [dTheta, dRate] = tf.grads(loss)([tf.tensor1d(values), tf.scalar(0.05)]) as [
          tf.Tensor,
          tf.Tensor,
        ];
        const at = (theta: number[], rate: number) =>
          loss(tf.tensor1d(theta), tf.scalar(rate)).dataSync()[0] as number;
        const h = 1e-2;
        const slope = [0, 1, 2].map((index) => {
          const moved = (by: number) => values.map((value, i) => (i === index ? value + by : value));
          return (at(moved(h), 0.05) - at(moved(-h), 0.05)) / (2 * h);
        });
        slope.forEach((value, index) => {
          expect(Math.abs((dTheta.dataSync()[index] as number) - value)).toBeLessThan(
            0.03 * Math.max(1, Math.abs(value)),
          );
        });
        const rateSlope = (at(values, 0.05 + 1e-3) - at(values, 0.05 - 1e-3)) / 2e-3;
        expect(Math.abs((dRate.dataSync()[0] as number) / rateSlope - 1)).toBeLessThan(0.03);
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe('createOptimizer refuses', () => {
  it.each([
    [{ name: 'adma' }, 'name'],
    [{ name: 'sgd', beta1: 0.9 }, 'beta1'],
    [{ name: 'adam', learningRate: 0 }, 'learningRate'],
    [{ name: 'adam', learningRate: '0.1' }, 'learningRate'],
    [{ name: 'adam', beta2: 1 }, 'beta2'],
    [{ name: 'adam', clipNorm: -1 }, 'clipNorm'],
    [{ name: 'adam', warmUpSteps: 1.5 }, 'warmUpSteps'],
    [{ name: 'adam', schedule: { name: 'cosine' } }, 'steps'],
    [{ name: 'adam', schedule: { name: 'stepDecay', every: 2, gamma: 1 } }, 'gamma'],
    [{ name: 'adam', schedule: { name: 'stairs' } }, 'name'],
  ])('%o', (spec, key) => {
    try {
      createOptimizer(spec as OptimizerSpec);
      expect.unreachable();
    } catch (error) {
      expect(TasklearnError.is(error, 'INVALID_OPTION') && error.details.key).toBe(key);
    }
  });
});
