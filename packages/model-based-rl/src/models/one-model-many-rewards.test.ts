import { createRng, type RecordableReward } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { actions, exactModel, sizes, unitNormalizer } from '../__fixtures__/linear-world.js';
import { runPlanner } from '../__fixtures__/run-planner.js';
import { crossEntropy } from '../planners/cross-entropy.js';
import { outcomeModel } from './outcome-model.js';
import { sharedPredictor } from './predictor.js';
import { scorePlans } from './score-plans.js';

const planner = crossEntropy({
  candidates: 64,
  elites: 8,
  iterations: 4,
  deviation: 0.5,
  minimumDeviation: 0.01,
  smoothing: 0,
  executes: 'mean',
});

/** The plan under the exact model, for a known reward or one that was learnt and is told z. */
function planFor(
  known: RecordableReward | undefined,
  outcomeParameters: Parameters,
  descriptor?: readonly number[],
) {
  const { model, parameters } = exactModel();
  const outcomes = outcomeModel(sizes, {
    reward: known === undefined,
    continuation: false,
    hidden: [],
    ...(descriptor === undefined ? {} : { descriptor: descriptor.length }),
  });
  const point = {
    predictor: sharedPredictor(model, parameters),
    normalizer: unitNormalizer(),
    outcomeParameters,
    observations: tf.zeros([1, 2]),
    ...(descriptor === undefined ? {} : { descriptor: tf.tensor1d([...descriptor]) }),
  };
  const scoring = {
    actions,
    outcomes,
    rollout: { sampling: 'mean', particles: 1 },
    discount: 1,
    ...(known === undefined ? {} : { reward: known }),
  } as const;
  const score = scorePlans(point, scoring, createRng(0));
  const state = runPlanner(planner, { trials: 1, horizon: 4, action: 1 }, score, createRng(1));
  return Array.from(state.plan.dataSync());
}

/** Weights over (x, v, a, x′, v′, z). */
const linear = (weights: readonly number[]): Parameters => ({
  head: { weight: tf.tensor2d([...weights], [weights.length, 1]), bias: tf.zeros([1]) },
});
const along =
  (sign: number): RecordableReward =>
  (_observation, _action, next: Tensor) =>
    tf.mul(tf.squeeze(tf.slice(next, [0, 0, 0, 0], [-1, -1, -1, 1]), [-1]), sign);

it('plans for every reward through one model', () => {
  const [forward, backward] = [planFor(along(1), {}), planFor(along(-1), {})];
  expect(forward.slice(0, 2).every((action) => action > 0.5)).toBe(true);
  expect(backward.slice(0, 2).every((action) => action < -0.5)).toBe(true);
});

it('makes the same plan with a learnt reward that equals the known one', () => {
  const [known, learnt] = [planFor(along(1), {}), planFor(undefined, linear([0, 0, 0, 1, 0]))];
  for (const [index, action] of known.entries()) expect(learnt[index]).toBeCloseTo(action, 4);
});

it('tells a learnt reward of the task by its description', () => {
  // r(s′, z) = x′ + 5 z: a description that adds the same to all plans changes none.
  const weights = [0, 0, 0, 1, 0, 5];
  const [zero, one] = [planFor(undefined, linear(weights), [0]), planFor(undefined, linear(weights), [1])];
  for (const [index, action] of zero.entries()) expect(one[index]).toBeCloseTo(action, 3);
});
