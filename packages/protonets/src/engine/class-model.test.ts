import { createRng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { prototypes } from './class-model.js';
import { softmaxOverCentres } from './readout.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('metric');

function values(tensor: Tensor): number[] {
  return [...tensor.dataSync()];
}

describe('prototypes', () => {
  it('are class means', () => {
    const h = tf.tensor3d([
      [
        [1, 0],
        [3, 0],
        [0, 5],
      ],
    ]);
    const targets = tf.tensor2d([[0, 0, 1]], [1, 3], 'int32');
    const { centres, active } = prototypes().build(h, { inputs: h, targets }, 2);
    expect(values(centres)).toEqual([2, 0, 0, 5]);
    expect(active).toBeUndefined();
  });

  it('leave out masked items, and classes that have no others', () => {
    const h = tf.tensor3d([
      [
        [1, 0],
        [3, 0],
        [0, 5],
      ],
    ]);
    const targets = tf.tensor2d([[0, 0, 1]], [1, 3], 'int32');
    const state = prototypes().build(h, { inputs: h, targets, mask: tf.tensor2d([[1, 0, 0]]) }, 2);
    expect(values(state.centres)).toEqual([1, 0, 0, 0]);
    expect(values(state.active as Tensor)).toEqual([1, 0]);
    const logits = softmaxOverCentres().logits(tf.zeros([1, 1, 2]), state);
    expect(values(tf.softmax(logits))).toEqual([1, 0]);
  });

  it('minimise the sum of squared distances, and so beat any other centre', () => {
    const h = rng.split('bregman').normal([1, 6, 3]);
    const targets = tf.zeros([1, 6], 'int32');
    const { centres } = prototypes().build(h, { inputs: h, targets }, 2);
    const mean = tf.slice(centres, [0, 0, 0], [1, 1, 3]);
    const total = (centre: Tensor) => tf.sum(tf.square(tf.sub(h, centre))).dataSync()[0] as number;
    for (let trial = 0; trial < 10; trial++) {
      const moved = tf.add(mean, tf.mul(rng.split(`move ${trial}`).normal([1, 1, 3]), 0.1));
      expect(total(mean)).toBeLessThan(total(moved));
    }
  });
});
