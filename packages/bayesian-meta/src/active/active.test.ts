import { categorical, gaussian } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { sampledPredictive } from '../engine/sampled-predictive.js';
import { acquisitionScores } from './acquisition.js';
import { modeCoverage } from './mode-coverage.js';

/** One task, two samples, three items: agreed on and sure; agreed on and a coin; disagreed on. */
const predictive = sampledPredictive(
  categorical(
    tf.tensor3d([
      [
        [9, 0],
        [0, 0],
        [3, 0],
      ],
      [
        [9, 0],
        [0, 0],
        [0, 3],
      ],
    ]),
  ),
  2,
);
const chosen = (scores: tf.Tensor) => [...tf.argMax(scores, 1).dataSync()];

describe('acquisitionScores', () => {
  it('asks about a coin by entropy, and about what the samples disagree on by information or variance', () => {
    const entropy = [...acquisitionScores(predictive, 'maximumEntropy').dataSync()];
    expect(entropy[1]).toBeCloseTo(Math.log(2), 4);
    expect(entropy[0]).toBeLessThan(0.01);
    const information = acquisitionScores(predictive, 'mutualInformation');
    expect(chosen(information)).toEqual([2]);
    expect(information.dataSync()[1]).toBeCloseTo(0, 4);
    expect(chosen(acquisitionScores(predictive, 'variance'))).toEqual([2]);
  });

  it('does not ask again', () => {
    const available = tf.tensor2d([[1, 1, 0]]);
    for (const acquisition of ['maximumEntropy', 'mutualInformation', 'variance'] as const)
      expect(chosen(acquisitionScores(predictive, acquisition, available))).not.toEqual([2]);
  });

  it('takes numbers by variance alone', () => {
    const numbers = sampledPredictive(
      gaussian(
        tf.tensor3d([
          [[0], [1]],
          [[0], [3]],
        ]),
        1,
      ),
      2,
    );
    expect([...acquisitionScores(numbers, 'variance').dataSync()]).toEqual([0, 1]);
    expect(() => acquisitionScores(numbers, 'maximumEntropy')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});

describe('modeCoverage', () => {
  it('counts the modes that samples fit best', () => {
    // Two tasks, three samples, three modes: all three hit; one hit by all.
    const { covered, assignedLogLikelihood } = modeCoverage(
      tf.tensor3d([
        [
          [-1, -5, -5],
          [-5, -2, -5],
          [-5, -5, -3],
        ],
        [
          [-1, -5, -5],
          [-1, -5, -5],
          [-1, -5, -5],
        ],
      ]),
    );
    expect([...covered.dataSync()]).toEqual([3, 1]);
    expect([...assignedLogLikelihood.dataSync()]).toEqual([-2, -1]);
  });

  it('refuses other shapes', () => {
    expect(() => modeCoverage(tf.zeros([2, 3]))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
