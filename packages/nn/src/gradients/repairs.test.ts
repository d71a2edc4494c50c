import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useBackend } from '../__fixtures__/use-backend.js';
import { drawOperands, mixedPath, type Operation } from './__fixtures__/operation.js';
import { tensorflowOperations } from './__fixtures__/tensorflow-operations.js';
import { disableHigherOrderGradients, enableHigherOrderGradients } from './enable-higher-order-gradients.js';

type Scalar = (x: tf.Tensor) => tf.Tensor;

const at = () => tf.tensor1d([0.7, -0.4, 0.3]);
const along = [0.5, -1, 0.8];

/** Σ of a fixed, uneven weighting, so that no symmetry hides an error. */
function weighted(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(x, tf.tensor([1, -0.6, 0.3, 0.9, -0.2, 0.4, 0.7].slice(0, x.size), x.shape)));
}

/** An operation, and a path around it, without which tfjs would say that nothing connects. */
const beside =
  (op: Scalar): Scalar =>
  (x) =>
    tf.add(weighted(op(x)), tf.mul(tf.sum(tf.square(x)), 0.1));

/** Relative error of tfjs's first derivative along a direction, against central differences. */
function firstError(f: Scalar): number {
  return tf.tidy(() => {
    const value = (step: number) => f(at().add(tf.tensor1d(along).mul(step))).dataSync()[0] as number;
    const expected = (value(0.003) - value(-0.003)) / 0.006;
    const found = tf.sum(tf.grad(f)(at()).mul(tf.tensor1d(along))).dataSync()[0] as number;
    return Math.abs(found - expected) / Math.abs(expected);
  });
}

/** Relative error of the second derivative by tf.grad of tf.grad, against differences of tf.grad. */
function secondError(f: Scalar): number {
  return tf.tidy(() => {
    const gradient = (step: number) => tf.grad(f)(at().add(tf.tensor1d(along).mul(step)));
    const expected = tf.sub(gradient(0.003), gradient(-0.003)).div(0.006);
    const found = tf.grad((x) => tf.sum(tf.grad(f)(x).mul(tf.tensor1d(along))))(at());
    return tf.norm(tf.sub(found, expected)).dataSync()[0]! / tf.norm(expected).dataSync()[0]!;
  });
}

const wrongAtSecondOrder: Record<string, Scalar> = {
  exp: (x) => tf.exp(x),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  elu: (x) => tf.elu(x),
  softmax: (x) => tf.softmax(x),
  'x sigmoid(x)': (x) => x.mul(tf.sigmoid(x)),
  'sigmoid cross-entropy': (x) => tf.losses.sigmoidCrossEntropy(tf.tensor1d([1, 0, 1]), x),
  'exp inside a square': (x) => tf.square(tf.exp(x)),
};

const wrongAtFirstOrder: Record<string, Scalar> = {
  'mirrorPad reflecting': (x) => tf.mirrorPad(x, [[1, 2]], 'reflect'),
  'mirrorPad symmetric': (x) => tf.mirrorPad(x, [[1, 2]], 'symmetric'),
};

const throwing: Record<string, Scalar> = {
  clipByValue: (x) => tf.square(tf.clipByValue(x, -0.2, 0.5)),
  leakyRelu: (x) => tf.square(tf.leakyRelu(x)),
  max: (x) => tf.square(tf.max(x)),
  logSumExp: (x) => tf.logSumExp(x),
  maximum: (x) => tf.square(tf.maximum(0.1, x)),
  pow: (x) => tf.pow(x.add(2), x),
  prod: (x) => tf.prod(x),
  where: (x) => tf.where(tf.greater(x, 0), tf.square(x), x),
  cumprod: (x) => tf.cumprod(x),
  stridedSlice: (x) => tf.square(tf.stridedSlice(x, [0], [3], [2])),
  einsum: (x) => tf.einsum('i,i->', x, x),
  conv2d: (x) => {
    const image = tf.outerProduct(x as tf.Tensor1D, x as tf.Tensor1D).reshape([1, 3, 3, 1]) as tf.Tensor4D;
    return tf.conv2d(image, x.slice(0, 1).reshape([1, 1, 1, 1]) as tf.Tensor4D, 1, 'valid').sum();
  },
};

/** Kernels that this file changes nothing in: wrong whether the repair is on or not, so `nn` does not use them. */
const beyondRepair: Record<string, Scalar> = {
  'tf.logSoftmax': (x) => tf.logSoftmax(x),
  'tf.losses.softmaxCrossEntropy': (x) =>
    tf.losses.softmaxCrossEntropy(tf.tensor2d([[0.2, 0.5, 0.3]]), x.reshape([1, 3])),
};

describe('without the repair, TensorFlow.js', () => {
  beforeAll(() => useBackend('cpu'));
  beforeEach(disableHigherOrderGradients);
  afterAll(enableHigherOrderGradients);

  it.each(Object.entries(wrongAtSecondOrder))('gets the Hessian of %s wrong without an error', (_, op) => {
    expect(firstError(beside(op))).toBeLessThan(0.01);
    expect(secondError(beside(op))).toBeGreaterThan(0.05);
  });

  it.each(Object.entries(wrongAtFirstOrder))('gets the gradient of %s wrong without an error', (_, op) => {
    expect(firstError(beside(op))).toBeGreaterThan(0.05);
  });

  it.each(Object.entries(throwing))('throws for the Hessian of %s', (_, op) => {
    expect(() => secondError(beside(op))).toThrow();
  });
});

/** Errors of tfjs's own first and second derivatives of an operation's mixed path, or what it throws. */
function errorsOf(operation: Operation, set: number): readonly [number, number] | unknown {
  const path = mixedPath(operation);
  const at = drawOperands(operation, set);
  const along = at.map((operand, index) => createRng(index).normal(operand.shape));
  const loss = (...operands: tf.Tensor[]) => weightedSum(path(operands));
  const slope = (step: number) =>
    tf.grads(loss)(at.map((x, index) => tf.add(x, tf.mul(along[index] as tf.Tensor, step))));
  const value = (step: number) =>
    loss(...at.map((x, index) => tf.add(x, tf.mul(along[index] as tf.Tensor, step)))).dataSync()[0] as number;
  const inner = (a: tf.Tensor[], b: tf.Tensor[]) =>
    tf.addN(a.map((x, index) => tf.sum(tf.mul(x, b[index] as tf.Tensor))));
  try {
    const found = inner(slope(0), along).dataSync()[0] as number;
    const expected = (value(0.003) - value(-0.003)) / 0.006;
    const product = tf.grads((...operands: tf.Tensor[]) => inner(tf.grads(loss)(operands), along))(at);
    const [ahead, behind] = [slope(0.003), slope(-0.003)];
    const reference = ahead.map((x, index) => tf.sub(x, behind[index] as tf.Tensor).div(0.006));
    const apart = product.map((x, index) => tf.sub(x, reference[index] as tf.Tensor));
    const [error, size] = [apart, reference].map((all) => Math.sqrt(inner(all, all).dataSync()[0] as number));
    return [
      Math.abs(found - expected) / (Math.abs(expected) + 0.1),
      (error as number) / ((size as number) + 0.1),
    ];
  } catch (error) {
    return error;
  }
}

function weightedSum(result: tf.Tensor): tf.Tensor {
  const weights = Float32Array.from({ length: result.size }, (_, index) => 1 + Math.cos(2 * index));
  return tf.sum(tf.mul(result, tf.tensor(weights, result.shape)));
}

describe('of the whole table, without the repair', () => {
  beforeAll(() => useBackend('cpu'));
  beforeEach(disableHigherOrderGradients);
  afterAll(enableHigherOrderGradients);

  /** Names of operations for which some set of operands goes as `is` says. */
  const namesWhere = (is: (errors: readonly [number, number] | unknown) => boolean) =>
    tensorflowOperations
      .filter((operation) => tf.tidy(() => operation.operands.some((_, set) => is(errorsOf(operation, set)))))
      .map(({ name }) => name);

  it('these are wrong without an error', () => {
    const silent = namesWhere((errors) => Array.isArray(errors) && Math.max(...errors) > 0.03);
    expect(silent).toEqual([
      'exp',
      'sigmoid',
      'tanh',
      'softmax',
      'mirrorPad reflecting',
      'mirrorPad symmetric',
      'tf.losses.sigmoidCrossEntropy',
    ]);
  });

  it('and with it, by the same measure, none', () => {
    enableHigherOrderGradients();
    expect(namesWhere((errors) => !Array.isArray(errors) || Math.max(...errors) > 0.03)).toEqual([]);
  });
});

describe('with the repair', () => {
  beforeAll(() => useBackend('cpu'));
  beforeEach(enableHigherOrderGradients);

  it.each(Object.entries({ ...wrongAtSecondOrder, ...wrongAtFirstOrder, ...throwing }))(
    'gradient and Hessian of %s are right',
    (_, op) => {
      expect(firstError(beside(op))).toBeLessThan(0.01);
      expect(secondError(beside(op))).toBeLessThan(0.01);
    },
  );

  it.each(Object.entries(beyondRepair))('%s, which hides behind a custom gradient, stays wrong', (_, op) => {
    expect(secondError(beside(op))).toBeGreaterThan(0.05);
  });

  it('is switched on once and off once, whatever the number of calls', () => {
    enableHigherOrderGradients();
    enableHigherOrderGradients();
    const repaired = tf.getGradient('Exp');
    disableHigherOrderGradients();
    disableHigherOrderGradients();
    expect(tf.getGradient('Exp').outputsToSave).toEqual([true]);
    expect(tf.getGradient('Greater')).toBeUndefined();
    enableHigherOrderGradients();
    expect(tf.getGradient('Exp')).toBe(repaired);
  });

  it('leaves nothing on the device', () => {
    const before = tf.memory().numTensors;
    for (const op of Object.values({ ...wrongAtSecondOrder, ...throwing })) secondError(beside(op));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('prod and cumprod', () => {
  it('have derivatives where an element is zero', () => {
    const x = tf.tensor1d([2, 0, 3]);
    expect([
      ...tf
        .grad((y) => tf.prod(y))(x)
        .dataSync(),
    ]).toEqual([0, 6, 0]);
    expect([
      ...tf
        .grad((y) => tf.sum(tf.cumprod(y)))(x)
        .dataSync(),
    ]).toEqual([1, 8, 0]);
  });
});

describe('max', () => {
  it('shares its derivative among equals', () => {
    expect([
      ...tf
        .grad((x) => tf.max(x))(tf.tensor1d([4, 1, 4]))
        .dataSync(),
    ]).toEqual([0.5, 0, 0.5]);
  });
});
