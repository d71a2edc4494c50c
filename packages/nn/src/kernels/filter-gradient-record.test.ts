import { createRng, toHost } from '@tasklearn/core';
import { compile } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { conv2d } from './conv2d.js';

type Case = {
  readonly form: string;
  readonly maps: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: number;
  readonly operator: string;
};

const cases: readonly Case[] = [
  { form: 'patches', maps: [3, 2, 1, 9, 9], kernel: [4, 1, 3, 3], strides: 1, operator: 'Concat' },
  {
    form: 'patches, strided, per task',
    maps: [3, 2, 3, 9, 8],
    kernel: [2, 4, 3, 3, 3],
    strides: 2,
    operator: 'Concat',
  },
  { form: 'shifts', maps: [16, 1, 6, 8, 8], kernel: [5, 6, 3, 3], strides: 1, operator: 'FusedMatMul' },
  {
    form: 'shifts, per task',
    maps: [15, 2, 6, 8, 8],
    kernel: [2, 5, 6, 3, 3],
    strides: 1,
    operator: 'FusedMatMul',
  },
  { form: 'convolution', maps: [2, 2, 6, 5, 5], kernel: [2, 5, 6, 3, 3], strides: 1, operator: 'Conv' },
  { form: 'convolution, strided', maps: [4, 1, 6, 8, 7], kernel: [5, 6, 3, 3], strides: 2, operator: 'Conv' },
];

describe('filter gradient, recorded', () => {
  it.each(cases)('$form equals eager', async ({ maps, kernel, strides, operator }) => {
    await tf.setBackend('cpu');
    const rng = createRng(7);
    const input = { x: rng.normal(maps), k: rng.normal(kernel) };
    const gradient = ({ x, k }: { readonly x: Tensor; readonly k: Tensor }) => {
      const loss = (filter: Tensor) => conv2d(x, filter, { strides }).square().sum();
      return { gradient: tf.grad(loss)(k) };
    };
    const eager = await toHost(tf.tidy(() => gradient(input)));
    const compiled = compile(gradient, { fallback: 'error', simplify: false });
    const result = (await compiled.run(input)) as typeof eager;
    const { graph } = await compiled.graph(input);
    expect(graph.nodes.filter((node) => node.op === operator).length).toBeGreaterThan(0);
    expect(graph.nodes.filter((node) => node.op === 'FusedMatMul').length === 0).toBe(operator === 'Conv');
    const scale = Math.max(...eager.gradient.data.map(Math.abs));
    expect(result.gradient.shape).toEqual(eager.gradient.shape);
    for (const [index, value] of eager.gradient.data.entries())
      expect(Math.abs((result.gradient.data[index] as number) - value) / scale).toBeLessThan(1e-5);
    compiled.dispose();
    tf.dispose(input);
  });
});
