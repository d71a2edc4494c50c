import { createRng, toHost } from '@tasklearn/core';
import { compile } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../__fixtures__/use-backend.js';
import { gradients } from '../gradients/value-and-gradients.js';
import { type Conv2dOptions, conv2d } from './conv2d.js';

interface Case {
  readonly form: string;
  readonly maps: readonly number[];
  readonly kernel: readonly number[];
  readonly options: Conv2dOptions;
  readonly operator: 'Conv' | 'ConvTranspose';
}

const cases: readonly Case[] = [
  { form: 'many columns', maps: [9, 2, 3, 12, 10], kernel: [4, 3, 3, 3], options: {}, operator: 'Conv' },
  {
    form: 'many columns, per task',
    maps: [9, 2, 3, 12, 10],
    kernel: [2, 4, 3, 2, 3],
    options: {},
    operator: 'Conv',
  },
  {
    form: 'many columns, no padding',
    maps: [9, 1, 2, 14, 12],
    kernel: [4, 2, 3, 2],
    options: { padding: 'valid' },
    operator: 'Conv',
  },
  {
    form: 'padding that is larger than the kernel',
    maps: [9, 1, 2, 12, 10],
    kernel: [4, 2, 2, 2],
    options: { padding: 2 },
    operator: 'ConvTranspose',
  },
  {
    form: 'few columns',
    maps: [2, 2, 3, 6, 5],
    kernel: [2, 4, 3, 3, 3],
    options: {},
    operator: 'ConvTranspose',
  },
  {
    form: 'strides',
    maps: [40, 1, 2, 11, 12],
    kernel: [4, 2, 3, 3],
    options: { strides: 2 },
    operator: 'ConvTranspose',
  },
];

describe('input gradient, recorded', () => {
  beforeAll(() => useBackend('cpu'));

  it.each(cases)('$form equals eager', async ({ maps, kernel, options, operator }) => {
    const rng = createRng(3);
    const input = { x: rng.normal(maps), k: rng.normal(kernel) };
    const slope = ({ x, k }: typeof input) =>
      gradients((at: { x: tf.Tensor }) => tf.sum(tf.square(conv2d(at.x, k, options))) as tf.Scalar, { x });
    const expected = (await toHost(tf.tidy(() => slope(input)))).x.data as Float32Array;
    const compiled = compile(slope, { fallback: 'error' });
    const { graph } = compiled.graph(input);
    expect(
      graph.nodes
        .map((node) => node.op)
        .filter((op) => op.startsWith('Conv'))
        .sort(),
    ).toEqual(['Conv', operator].sort());
    const actual = (await compiled.run(input)).x.data as Float32Array;
    const size = Math.max(...expected.map(Math.abs));
    const apart = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] as number))));
    expect(apart / size).toBeLessThan(1e-5);
    compiled.dispose();
    tf.dispose(input);
  });
});
