import { createRng, eagerExecutor, type HostTensor, leavesOf, type Rng, type Tree } from '@tasklearn/core';
import { compile } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ExportedFunction } from './__fixtures__/exported-function.js';
import { exportedFunctions, withoutRow } from './__fixtures__/exported-functions.js';
import { useBackend } from './__fixtures__/use-backend.js';
import { drawOperands } from './gradients/__fixtures__/operation.js';
import * as nn from './index.js';

beforeAll(() => useBackend('cpu'));

type Input = { readonly [index: string]: Tensor };

function hostOperands(row: ExportedFunction): Readonly<Record<string, HostTensor>> {
  const operands = drawOperands({ name: row.name, operands: [row.operands], apply: () => tf.scalar(0) }, 0);
  const hosted = operands.map((tensor, index) => {
    const data = tensor.dataSync<'float32'>().slice();
    tensor.dispose();
    return [index, { dtype: 'float32' as const, shape: tensor.shape, data }];
  });
  return Object.fromEntries(hosted);
}

/** Value, gradient and a Hessian-vector product, as far as the row goes. */
function derivativesOf(row: ExportedFunction): (input: Input, rng: Rng) => Tree<Tensor> {
  const valueAt = (input: Input, rng: Rng) => {
    const operands = row.operands.map((_operand, index) => input[index] as Tensor);
    return row.apply(operands, rng);
  };
  return (input, rng) => {
    const value = valueAt(input, rng.split('value'));
    if (row.order === 0) return { value };
    const weights = tf.cos(tf.range(0, value.size)).reshape(value.shape);
    const scalar = (at: Input) => tf.sum(tf.square(valueAt(at, rng.split('value'))).mul(weights)).asScalar();
    const gradient = nn.gradients(scalar, input);
    if (row.order === 1) return { value, gradient };
    return { value, gradient, product: nn.hvp(scalar, input, input) };
  };
}

/** Largest difference, relative to the largest number of the leaf. */
function difference(actual: HostTensor, expected: HostTensor): number {
  let [worst, size] = [0, 1];
  expected.data.forEach((value, index) => {
    const other = actual.data[index] as number;
    if (Object.is(value, other)) return;
    worst = Math.max(worst, Number.isNaN(value - other) ? Number.POSITIVE_INFINITY : Math.abs(value - other));
    size = Math.max(size, Math.abs(value));
  });
  return worst / size;
}

describe('compiled = eager, with derivatives', () => {
  it.each(exportedFunctions)('$name', async (row) => {
    const before = tf.memory().numTensors;
    const fn = derivativesOf(row) as never;
    const input = hostOperands(row);
    const eager = eagerExecutor().prepare(fn);
    const compiled = compile(fn, { fallback: 'error', threads: 1 });
    try {
      const expected = leavesOf(await eager.run(input as never, createRng(1))) as unknown as HostTensor[];
      const actual = leavesOf(await compiled.run(input as never, createRng(1))) as unknown as HostTensor[];
      expect(actual.map(({ dtype, shape }) => [dtype, [...shape]])).toEqual(
        expected.map(({ dtype, shape }) => [dtype, [...shape]]),
      );
      actual.forEach((leaf, index) => {
        expect(difference(leaf, expected[index] as HostTensor)).toBeLessThan(1e-4);
      });
    } finally {
      compiled.dispose();
      eager.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('every exported function has a row, or a reason to have none', () => {
  const covered = new Set(exportedFunctions.flatMap(({ name, covers = [name] }) => covers));
  const exported = Object.keys(nn);
  expect(exported.filter((name) => !covered.has(name) && !(name in withoutRow))).toEqual([]);
  expect(
    [...covered, ...Object.keys(withoutRow)].filter((name) => !exported.includes(name) && name !== 'VERSION'),
  ).toEqual([]);
});
