import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { layerNorm } from './layer-norm.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The code of what `fn` throws; its tensors are disposed. */
function refusal(fn: () => tf.Tensor): string {
  return tf.tidy(() => String(codeOf(fn)));
}

describe('layerNorm', () => {
  it('by hand, with and without gain and bias', () => {
    const x = () => tf.tensor3d([[[1, 3]], [[-2, 6]]]);
    expectValues(
      valuesOf(() => layerNorm(x())),
      [-1, 1, -1, 1],
    );
    const parameters = () => ({ gain: tf.tensor1d([2, 3]), bias: tf.tensor1d([10, 20]) });
    expectValues(
      valuesOf(() => layerNorm(x(), parameters())),
      [8, 23, 8, 23],
    );
    const perTask = () => ({
      gain: tf.tensor2d([
        [2, 3],
        [0, 1],
      ]),
      bias: tf.tensor2d([
        [10, 20],
        [5, 5],
      ]),
    });
    expectValues(
      valuesOf(() => layerNorm(x(), perTask())),
      [8, 23, 5, 6],
    );
  });
  it('a constant example gives 0, and ε bounds its slope', () => {
    expectValues(
      valuesOf(() => layerNorm(tf.fill([1, 1, 3], 7))),
      [0, 0, 0],
    );
  });
  it('refuses a gain of another size', () => {
    expect(refusal(() => layerNorm(tf.zeros([2, 3, 4]), { gain: tf.zeros([3]) }))).toBe('SHAPE_MISMATCH');
  });
});

describe('embedding', () => {
  const table = () =>
    tf.tensor2d([
      [0, 1],
      [10, 11],
      [20, 21],
    ]);
  it('looks up rows', () => {
    expectValues(
      valuesOf(() => embedding(tf.tensor2d([[2, 0]], [1, 2], 'int32'), table())),
      [20, 21, 0, 1],
    );
  });
  it('looks up rows of the table of each task', () => {
    const perTask = () => tf.stack([table(), table().neg()]);
    const found = valuesOf(() =>
      embedding(
        tf.tensor2d(
          [
            [2, 0],
            [1, 2],
          ],
          [2, 2],
          'int32',
        ),
        perTask(),
      ),
    );
    expectValues(found, [20, 21, 0, 1, -10, -11, -20, -21]);
  });
  it('its derivative counts how often a row was used', () => {
    const slope = valuesOf(() =>
      tf.grad((e: tf.Tensor) => embedding(tf.tensor2d([[2, 0, 2]], [1, 3], 'int32'), e).sum())(table()),
    );
    expectValues(slope, [1, 1, 0, 0, 2, 2]);
  });
  it('refuses indices that are not integers and tables of other tasks', () => {
    expect(refusal(() => embedding(tf.zeros([1, 2]), table()))).toBe('SHAPE_MISMATCH');
    expect(refusal(() => embedding(tf.zeros([3, 2], 'int32'), tf.zeros([2, 4, 5])))).toBe('SHAPE_MISMATCH');
  });
});

describe('dropout', () => {
  it('keeps 1 − p of the numbers, and the mean', () => {
    const kept = valuesOf(() => dropout(tf.ones([100, 100]), 0.3, createRng(1)));
    const share = kept.filter((value) => value !== 0).length / kept.length;
    expect(Math.abs(share - 0.7)).toBeLessThan(0.02);
    expect(new Set(kept.map((value) => value.toFixed(4)))).toEqual(new Set(['0.0000', (1 / 0.7).toFixed(4)]));
  });
  it('the seed fixes the mask; rate 0 changes nothing', () => {
    const draw = (seed: number) => valuesOf(() => dropout(tf.ones([50]), 0.5, createRng(seed)));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expectValues(
      valuesOf(() => dropout(tf.tensor1d([1, 2]), 0, createRng(0))),
      [1, 2],
    );
  });
  it('refuses a rate of 1 or more', () => {
    expect(refusal(() => dropout(tf.ones([2]), 1, createRng(0)))).toBe('INVALID_OPTION');
    expect(refusal(() => dropout(tf.ones([2]), Number.NaN, createRng(0)))).toBe('INVALID_OPTION');
  });
});
