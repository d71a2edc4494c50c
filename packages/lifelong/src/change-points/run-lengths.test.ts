import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { runLengthFilter } from './run-length-filter.js';
import { advanceRuns, fixedHazard, learnedHazard, tellRuns } from './run-lengths.js';

describe('run lengths in tensors', () => {
  it('move as they do in double precision', () => {
    const logs = [-1.2, -0.3, -4, -0.7, -2.5];
    const filter = runLengthFilter<number, number>(
      { prior: 0, logProbability: (run, x) => x * (1 + 0.3 * run), update: (run) => run + 1 },
      { hazard: 0.15 },
    );
    let state = filter.begin();
    tf.tidy(() => {
      let logRuns: tf.Tensor = tf.zeros([2, 1]);
      let sum = 0;
      for (const log of logs) {
        const likelihoods = tf.tensor2d([0, 1].map(() => state.beliefs.map((run) => log * (1 + 0.3 * run))));
        const next = advanceRuns(logRuns, likelihoods, fixedHazard(0.15));
        state = filter.observe(state, log);
        sum += next.logEvidence.dataSync()[1] as number;
        expect(sum).toBeCloseTo(state.logEvidence, 4);
        logRuns = next.logRuns;
        expect(Math.exp(logRuns.dataSync()[0] as number)).toBeCloseTo(0.15, 6);
      }
      const found = Array.from(logRuns.dataSync()).slice(0, 6);
      for (const [run, log] of state.logRuns.entries()) expect(found[run]).toBeCloseTo(log, 4);
      const told = Array.from(tf.exp(tellRuns(logRuns, tf.tensor1d([1, 0]))).dataSync());
      expect(told.slice(0, 6)).toEqual([1, 0, 0, 0, 0, 0]);
      expect(told[6]).toBe(0);
      expect(told.slice(7).reduce((total, value) => total + value, 0)).toBeCloseTo(1, 5);
      const { change, stay } = learnedHazard(tf.scalar(-2));
      expect(Math.exp(change.dataSync()[0] as number)).toBeCloseTo(1 / (1 + Math.exp(2)), 6);
      expect(Math.exp(change.dataSync()[0] as number) + Math.exp(stay.dataSync()[0] as number)).toBeCloseTo(
        1,
        6,
      );
    });
  });
});
