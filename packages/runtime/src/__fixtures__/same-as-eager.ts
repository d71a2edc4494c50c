import {
  createRng,
  eagerExecutor,
  fillNormal,
  type HostTensor,
  leavesOf,
  type Rng,
  sizeOf,
  type Tree,
} from '@tasklearn/core';
import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { compile } from '../compile.js';
import type { CompileOptions } from '../compile-options.js';

/** Standard normal numbers from a seed, as a host tensor. */
export function normal(shape: readonly number[], seed = 0): HostTensor {
  return { dtype: 'float32', shape, data: fillNormal(createRng(seed), new Float32Array(sizeOf(shape))) };
}

/** Numbers from `minimum` to `maximum`, both inclusive, as a host tensor of int32. */
export function integers(shape: readonly number[], minimum: number, maximum: number, seed = 0): HostTensor {
  const rng = createRng(seed);
  const data = Int32Array.from({ length: sizeOf(shape) }, () => minimum + rng.integer(maximum - minimum + 1));
  return { dtype: 'int32', shape, data };
}

/** Coin flips as a host tensor of bool. */
export function booleans(shape: readonly number[], seed = 0): HostTensor {
  const { data } = integers(shape, 0, 1, seed);
  return { dtype: 'bool', shape, data: Uint8Array.from(data) };
}

/** The given numbers as a float32 host tensor. */
export function floats(shape: readonly number[], ...numbers: number[]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(numbers) };
}

type Function = (input: never, rng: Rng) => Tree<tf.Tensor>;

/** Largest difference of two numbers relative to their size; not-a-number equals itself. */
function difference(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  return Math.abs(a - b) / (1 + Math.abs(b));
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** Asserts that a function gives the same numbers, shapes and types recorded as it gives eagerly. */
export async function expectSameAsEager(
  fn: Function,
  input: Tree<HostTensor>,
  { tolerance = 1e-5, ...options }: CompileOptions & { readonly tolerance?: number } = {},
): Promise<void> {
  const eager = eagerExecutor().prepare(fn as never);
  const expected = leavesOf(await eager.run(input as never, createRng(1))) as unknown as HostTensor[];
  const compiled = compile(fn as never, { fallback: 'error', threads: 1, ...options });
  try {
    const actual = leavesOf(await compiled.run(input as never, createRng(1))) as unknown as HostTensor[];
    expect(actual.map(({ dtype, shape }) => ({ dtype, shape: [...shape] }))).toEqual(
      expected.map(({ dtype, shape }) => ({ dtype, shape: [...shape] })),
    );
    for (const [index, leaf] of actual.entries()) {
      const wanted = expected[index] as HostTensor;
      expect(leaf.data).toBeInstanceOf(arrays[leaf.dtype]);
      const errors = Array.from(leaf.data, (value, i) => difference(value, wanted.data[i] as number));
      const worst = errors.reduce((a, b) => Math.max(a, b), 0); // Not-a-number stays.
      if (!(worst <= tolerance)) expect(Array.from(leaf.data)).toEqual(Array.from(wanted.data));
    }
  } finally {
    compiled.dispose();
    eager.dispose();
  }
}
