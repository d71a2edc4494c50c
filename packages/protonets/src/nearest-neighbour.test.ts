import { createRng, type EpisodeBatch, type EpisodeSpec, toDevice } from '@tasklearn/core';
import { gaussianEpisodes } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNearestNeighbour } from './nearest-neighbour.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('metric');

function values(tensor: Tensor): number[] {
  return [...tensor.dataSync()];
}

const { spec } = gaussianEpisodes({ ways: 3 });

describe('createNearestNeighbour', () => {
  const line: EpisodeSpec = { ...spec, input: { shape: [1], dtype: 'float32' } };
  const support = {
    labelled: {
      inputs: tf.tensor3d([[[0], [1], [5], [6], [10]]]),
      targets: tf.tensor2d([[0, 0, 1, 1, 2]], [1, 5], 'int32'),
    },
  };
  const predict = (neighbours: number, xs: number[]) => {
    const learner = createNearestNeighbour({ neighbours });
    const phi = learner.adapt({}, support, rng, line);
    const inputs = tf.tensor3d([xs.map((x) => [x])]);
    return values(tf.argMax(learner.predict({}, phi, inputs, rng, line).mean(), -1));
  };

  it('takes the label of the nearest item', () => {
    expect(predict(1, [-3, 2.9, 3.1, 8.1, 7.9])).toEqual([0, 0, 1, 2, 1]);
  });

  it('lets the k nearest vote, ties to the nearest', () => {
    expect(predict(3, [9])).toEqual([1]); // 10, 6, 5
    expect(predict(2, [9])).toEqual([2]); // 10 and 6: a tie
    expect(predict(99, [9])).toEqual([1]); // all five: two each for 0 and 1, and 1 is nearer
  });

  it('approaches the best possible error as items grow', () => {
    const accuracyAt = (shots: number) => {
      const many = gaussianEpisodes({ ways: 2, shots, queries: 20, noise: 0.3 });
      const batch = toDevice(many.episodes('test', 0, 20, rng)) as EpisodeBatch;
      const learner = createNearestNeighbour();
      const phi = learner.adapt({}, batch.support, rng, many.spec);
      const chosen = tf.argMax(learner.predict({}, phi, batch.query.inputs, rng, many.spec).mean(), -1);
      return tf.mean(tf.cast(tf.equal(chosen, batch.query.targets), 'float32')).dataSync()[0] as number;
    };
    expect(accuracyAt(40)).toBeGreaterThan(accuracyAt(1) + 0.05);
  });

  it('refuses bad options by code', () => {
    for (const options of [{ neighbours: 0 }, { neighbours: 1.5 }, { distance: 'manhattan' as never }]) {
      expect(() => createNearestNeighbour(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
  });
});
