import { checkGradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { activityOf, sparsityPenalty } from './sparse-activity.js';

describe('sparsityPenalty', () => {
  const penalty = (mean: number, target: number) =>
    tf.tidy(
      () => sparsityPenalty(tf.tensor2d([[mean - 0.05], [mean + 0.05]]), target).dataSync()[0] as number,
    );

  it('is nothing up to the target and log(β_j / β) + β / β_j − 1 above it', () => {
    expect(penalty(0.06, 0.1)).toBe(0);
    expect(penalty(0.1, 0.1)).toBeCloseTo(0, 6);
    expect(penalty(0.2, 0.1)).toBeCloseTo(Math.log(2) + 0.5 - 1, 5);
    expect(penalty(0.8, 0.1)).toBeCloseTo(Math.log(8) + 1 / 8 - 1, 5);
  });

  it('sums units, and leaves those below the target alone', () => {
    tf.tidy(() => {
      const features = tf.tensor3d([0.05, 0.2, 0.3, 0.05, 0.4, 0.5], [1, 2, 3]);
      const slope = tf
        .grad((at: tf.Tensor) => sparsityPenalty(at, 0.1))(features)
        .dataSync();
      expect([slope[0], slope[3]]).toEqual([0, 0]);
      // s′(β_j) / n = (1/β_j − β/β_j²) / 2 of β_j = 0.3.
      expect(slope[1]).toBeCloseTo((1 / 0.3 - 0.1 / 0.09) / 2, 4);
      const check = checkGradients(
        ({ x }: { x: tf.Tensor }) => sparsityPenalty(x, 0.1),
        { x: features },
        { order: 1 },
      );
      expect(check.passed).toBe(true);
    });
  });
});

describe('activityOf', () => {
  it('counts what is active, what is dead, and what classes share', () => {
    const features = Float32Array.of(3, 0, 0, 4, /**/ 3, 0, 0, 4, /**/ 0, 0, 0, 2);
    const activity = activityOf(features, 4, { labels: [7, 7, 1] });
    expect(activity.activeShare).toBeCloseTo(5 / 12, 6);
    expect(activity.deadShare).toBe(0.5);
    expect([...activity.means].map((value) => Math.round(100 * value))).toEqual([200, 0, 0, 333]);
    // Mean maps (6, 0, 0, 8) and (0, 0, 0, 2): 16 / (10 · 2).
    expect(activity.overlap).toBeCloseTo(0.8, 6);
  });

  it('takes a threshold, such as one half for a gate', () => {
    const { activeShare, deadShare, overlap } = activityOf(Float32Array.of(0.4, 0.6, 0.1, 0.9), 2, {
      threshold: 0.5,
    });
    expect([activeShare, deadShare, overlap]).toEqual([0.5, 0.5, undefined]);
  });
});
