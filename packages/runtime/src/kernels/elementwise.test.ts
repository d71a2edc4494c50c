import type { HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { booleans, expectSameAsEager, floats, integers, normal } from '../__fixtures__/same-as-eager.js';
import { compile } from '../compile.js';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const shapes = [[], [1], [7], [2, 3], [2, 1, 4], [0, 3]];

/** Runs several functions of one tensor in one graph, at several shapes. */
async function expectUnary(
  functions: Record<string, Unary>,
  make: (shape: number[], seed: number) => HostTensor,
) {
  for (const [seed, shape] of shapes.entries()) {
    const fn = ({ x }: { x: tf.Tensor }) =>
      Object.fromEntries(Object.entries(functions).map(([name, one]) => [name, one(x)]));
    await expectSameAsEager(fn, { x: make(shape, seed) }, { simplify: seed % 2 === 0 });
  }
}

const pairs: readonly (readonly [number[], number[]])[] = [
  [[], []],
  [[5], [5]],
  [[2, 3], [3]],
  [[], [4]],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [[1], [2, 2]],
  [[0, 2], [2]],
];

async function expectBinary(
  functions: Record<string, Binary>,
  makeA: (shape: number[], seed: number) => HostTensor,
  makeB = makeA,
) {
  for (const [seed, [a, b]] of pairs.entries()) {
    const fn = (input: { a: tf.Tensor; b: tf.Tensor }) =>
      Object.fromEntries(Object.entries(functions).map(([name, two]) => [name, two(input.a, input.b)]));
    const input = { a: makeA(a, seed), b: makeB(b, seed + 100) };
    await expectSameAsEager(fn, input, { simplify: seed % 2 === 0 });
  }
}

const positive = (shape: number[], seed: number): HostTensor => {
  const { data } = normal(shape, seed);
  return { dtype: 'float32', shape, data: Float32Array.from(data, (value) => Math.abs(value) + 0.1) };
};
const fraction = (shape: number[], seed: number): HostTensor => {
  const { data } = normal(shape, seed);
  return { dtype: 'float32', shape, data: Float32Array.from(data, (value) => Math.tanh(value) * 0.95) };
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('functions of one number', () => {
  it('are the same recorded, on any numbers', () =>
    expectUnary(
      {
        abs: tf.abs,
        ceil: tf.ceil,
        cos: tf.cos,
        cosh: tf.cosh,
        elu: tf.elu,
        erf: tf.erf,
        exp: tf.exp,
        expm1: tf.expm1,
        floor: tf.floor,
        identity: tf.clone,
        isFinite: tf.isFinite,
        isInf: tf.isInf,
        isNaN: tf.isNaN,
        leakyRelu: (x) => tf.leakyRelu(x, 0.3),
        neg: tf.neg,
        reciprocal: tf.reciprocal,
        eluGradient: (x) => tf.grad((z) => tf.elu(z).sum())(x),
        relu: tf.relu,
        relu6: (x) => tf.relu6(x.mul(6)),
        round: tf.round,
        selu: tf.selu,
        sigmoid: tf.sigmoid,
        sign: tf.sign,
        sin: tf.sin,
        sinh: tf.sinh,
        softplus: tf.softplus,
        square: tf.square,
        step: (x) => tf.step(x),
        stepAlpha: (x) => tf.step(x, 0.25),
        tan: tf.atan,
        tanh: tf.tanh,
        asinh: tf.asinh,
        clip: (x) => tf.clipByValue(x, -0.5, 0.75),
        zerosLike: tf.zerosLike,
        onesLike: tf.onesLike,
      },
      normal,
    ));

  it('are the same recorded, on positive numbers and on fractions', async () => {
    const acosh: Unary = (x) => tf.acosh(x.add(1));
    await expectUnary({ log: tf.log, log1p: tf.log1p, sqrt: tf.sqrt, rsqrt: tf.rsqrt, acosh }, positive);
    await expectUnary(
      { acos: tf.acos, asin: tf.asin, atanh: tf.atanh, tan: tf.tan, log1p: tf.log1p },
      fraction,
    );
  });

  it('keep precision near zero', async () => {
    const compiled = compile(({ x }: { x: tf.Tensor }) => ({ a: tf.expm1(x), b: tf.log1p(x) }));
    const { a, b } = await compiled.run({ x: floats([3], 1e-6, -1e-6, 1e-20) });
    const relative = (got: number, wanted: number) => Math.abs(got / wanted - 1);
    for (const [index, x] of [1e-6, -1e-6, 1e-20].entries()) {
      expect(relative(a.data[index]!, Math.expm1(x))).toBeLessThan(1e-6);
      expect(relative(b.data[index]!, Math.log1p(x))).toBeLessThan(1e-6);
    }
    compiled.dispose();
  });

  it('leave integers integers where eager does', () =>
    expectUnary(
      { abs: tf.abs, neg: tf.neg, square: tf.square, sign: tf.sign, clip: (x) => tf.clipByValue(x, -1, 2) },
      (shape, seed) => integers(shape, -4, 4, seed),
    ));

  it('let not-a-number and infinity through as eager does, so that a diverged run shows', async () => {
    const fn = ({ x }: { x: tf.Tensor }) => ({
      kinds: [tf.isNaN(x), tf.isInf(x), tf.isFinite(x)],
      rectified: [tf.relu(x), tf.relu6(x), tf.leakyRelu(x, 0.1), tf.elu(x), tf.clipByValue(x, -1, 1)],
      squashed: [tf.sigmoid(x), tf.tanh(x), tf.softmax(x)],
      extremes: [tf.max(x), tf.maximum(x, 0), tf.minimum(x, 0)],
      gradient: tf.grad((z) => tf.relu(z).mul(z).sum())(x),
      log: tf.log(x),
    });
    const rest = Array.from({ length: 60 }, () => 0.5);
    for (const numbers of [[], rest]) {
      const x = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, ...numbers];
      await expectSameAsEager(fn, { x: floats([x.length], ...x) });
    }
  });
});

describe('functions of two numbers', () => {
  it('are the same recorded, with broadcasting', async () => {
    await expectBinary(
      {
        add: tf.add,
        sub: tf.sub,
        mul: tf.mul,
        div: tf.div,
        maximum: tf.maximum,
        minimum: tf.minimum,
        squaredDifference: tf.squaredDifference,
        floorDiv: tf.floorDiv,
        mod: tf.mod,
        atan2: tf.atan2,
        divNoNan: tf.divNoNan,
      },
      normal,
    );
    await expectBinary({ pow: tf.pow }, positive, normal);
    await expectBinary({ prelu: (a, b) => tf.prelu(a.add(tf.zerosLike(b)), b) }, normal);
  });

  it('are the same recorded, on integers', () =>
    expectBinary(
      {
        add: tf.add,
        sub: tf.sub,
        mul: tf.mul,
        maximum: tf.maximum,
        minimum: tf.minimum,
        div: tf.div,
        floorDiv: tf.floorDiv,
        mod: tf.mod,
        squaredDifference: tf.squaredDifference,
      },
      (shape, seed) => integers(shape, -9, 9, seed),
      (shape, seed) => {
        const { data } = integers(shape, 1, 4, seed);
        return { dtype: 'int32', shape, data: data.map((value, index) => (index % 2 ? value : -value)) };
      },
    ));

  it('compare alike', async () => {
    const comparisons = {
      equal: tf.equal,
      notEqual: tf.notEqual,
      greater: tf.greater,
      greaterEqual: tf.greaterEqual,
      less: tf.less,
      lessEqual: tf.lessEqual,
    };
    await expectBinary(comparisons, (shape, seed) => integers(shape, 0, 2, seed));
    await expectBinary(comparisons, normal);
    await expectBinary(
      { and: tf.logicalAnd, or: tf.logicalOr, xor: tf.logicalXor, ...comparisons },
      booleans,
    );
  });

  it('choose alike', async () => {
    const fn = ({ c, a, b, i }: Record<'c' | 'a' | 'b' | 'i', tf.Tensor>) => ({
      full: tf.where(c, a, b),
      not: tf.where(tf.logicalNot(c), a, tf.scalar(0)),
      integer: tf.where(c, i, tf.scalar(3, 'int32')),
      boolean: tf.where(c, tf.logicalNot(c), c),
    });
    const input = { c: booleans([2, 3]), a: normal([2, 3], 1), b: normal([3], 2), i: integers([2, 3], 0, 9) };
    await expectSameAsEager(fn, input);
    await expectSameAsEager(fn, input, { simplify: false });
  });

  it('add many, and booleans where that is a boolean', async () => {
    const many = ({ a, b }: Record<'a' | 'b', tf.Tensor>) => tf.addN([a, b, a]);
    await expectSameAsEager(many, { a: normal([2, 3]), b: normal([2, 3], 1) });
    await expectSameAsEager(many, { a: integers([4], 0, 9), b: integers([4], 0, 9, 1) });
    const masks = ({ a, b }: Record<'a' | 'b', tf.Tensor>) => ({
      both: tf.mul(a, b).cast('float32'),
      either: tf.maximum(a, b).cast('int32'),
    });
    await expectSameAsEager(masks, { a: booleans([8]), b: booleans([8], 1) });
    const sum = compile(({ a }: Record<'a', tf.Tensor>) => tf.add(a, a), { fallback: 'error' });
    await expect(sum.run({ a: booleans([2]) })).rejects.toMatchObject({ code: 'NOT_RECORDABLE' });
  });
});
