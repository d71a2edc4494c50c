import { createRng, TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, exactScore } from '../__fixtures__/linear-world.js';
import { runPlanner } from '../__fixtures__/run-planner.js';
import { crossEntropy } from './cross-entropy.js';
import { gradientAscent } from './gradient-ascent.js';
import { linearQuadraticRegulator } from './linear-quadratic.js';
import { pathIntegral } from './path-integral.js';
import type { ScorePlans } from './planner.js';
import { randomShooting } from './random-shooting.js';

const cem = {
  candidates: 200,
  elites: 20,
  iterations: 8,
  deviation: 0.5,
  minimumDeviation: 0,
  smoothing: 0,
  executes: 'mean',
} as const;
const mppi = { candidates: 50, iterations: 1, deviation: 0.5, filter: 1, sharpness: 1 };

/** −Σ (u − target)², every step and action alike. */
const quadratic =
  (target: number): ScorePlans =>
  (plans) =>
    tf.neg(tf.sum(tf.square(tf.sub(plans, target)), [2, 3]));

/** The regulator's actions from a state of the double integrator. */
function regulated(state: readonly [number, number], horizon: number): number[] {
  const gains = linearQuadraticRegulator(doubleIntegrator, horizon);
  let [x, v] = state;
  return gains.map((gain) => {
    const a = -((gain[0] as number) * x + (gain[1] as number) * v);
    [x, v] = [x + v, v + 0.5 * a];
    return a;
  });
}

const values = (x: tf.Tensor) => Array.from(x.dataSync());

describe('linearQuadraticRegulator', () => {
  it('is the scalar Riccati recursion', () => {
    // s′ = s + a, Q = R = 1: P_2 = 1, K_1 = 1/2, P_1 = 3/2, K_0 = 3/5.
    const scalar = { states: 1, actions: 1, transition: [1], control: [1], stateCost: [1], actionCost: [1] };
    const [first, second] = linearQuadraticRegulator(scalar, 2) as [Float64Array, Float64Array];
    expect(first[0]).toBeCloseTo(0.6, 12);
    expect(second[0]).toBeCloseTo(0.5, 12);
  });
});

describe('gradientAscent', () => {
  const planner = gradientAscent({ restarts: 4, iterations: 150, learningRate: 0.1, deviation: 0.3 });

  it('finds the regulator plan through the exact model, for each trial its own', () => {
    const starts: [number, number][] = [
      [0.4, 0.1],
      [-0.3, 0.2],
    ];
    const state = runPlanner(
      planner,
      { trials: 2, horizon: 5, action: 1 },
      exactScore(tf.tensor(starts)),
      createRng(0),
    );
    const plans = values(state.plan);
    const expected = starts.flatMap((start) => regulated(start, 5));
    for (const [index, action] of expected.entries()) expect(plans[index]).toBeCloseTo(action, 2);
  });

  it('stays where the derivative is zero, where sampling planners do not', () => {
    // Reward 1 only where the rounded action is 1: flat almost everywhere.
    const steps: ScorePlans = (plans) => tf.sum(tf.step(tf.sub(plans, 0.7)), [2, 3]);
    const shape = { trials: 1, horizon: 3, action: 1 };
    const climb = gradientAscent({ restarts: 1, iterations: 30, learningRate: 0.1, deviation: 0.3 });
    expect(values(runPlanner(climb, shape, steps, createRng(0)).value)).toEqual([0]);
    const found = runPlanner(crossEntropy({ ...cem, executes: 'best' }), shape, steps, createRng(0));
    expect(values(found.value)).toEqual([3]);
  });
});

describe('randomShooting', () => {
  const shape = { trials: 1, horizon: 2, action: 1 };
  const best = (candidates: number) =>
    values(
      runPlanner(randomShooting({ candidates }), shape, quadratic(0.3), createRng(1)).value,
    )[0] as number;

  it('is monotone in nested samples and reaches the optimum', () => {
    const found = [10, 100, 1000, 10000].map(best);
    for (const [index, value] of found.slice(1).entries())
      expect(value).toBeGreaterThanOrEqual(found[index] as number);
    expect(found[3]).toBeGreaterThan(-0.001);
  });

  it('reports where there is no signal, and puts predictions that are not finite last', () => {
    const silent = runPlanner(
      randomShooting({ candidates: 10 }),
      shape,
      () => tf.zeros([1, 10]),
      createRng(0),
    );
    expect(values(silent.signal)).toEqual([0]);
    const broken: ScorePlans = (plans) =>
      tf.concat([tf.fill([1, 9], Number.NaN), tf.zeros([1, 1])], 1).mul(plans.size / plans.size);
    expect(values(runPlanner(randomShooting({ candidates: 10 }), shape, broken, createRng(0)).value)).toEqual(
      [0],
    );
  });
});

describe('crossEntropy', () => {
  const shape = { trials: 2, horizon: 3, action: 2 };

  it('converges on a quadratic and narrows', () => {
    const state = runPlanner(crossEntropy(cem), shape, quadratic(0.3), createRng(0));
    for (const value of values(state.plan)) expect(value).toBeCloseTo(0.3, 2);
    const { deviation } = state.search as { readonly deviation: tf.Tensor };
    expect(Math.max(...values(deviation))).toBeLessThan(0.05);
  });

  it('with all candidates elite is plain averaging', () => {
    const one = crossEntropy({ ...cem, candidates: 40, elites: 40, iterations: 1 });
    const seen: tf.Tensor[] = [];
    const score: ScorePlans = (plans) => {
      if (plans.shape[1] === 40) seen.push(tf.keep(plans.clone()));
      return quadratic(0.9)(plans);
    };
    const state = runPlanner(one, shape, score, createRng(0));
    const mean = values(tf.mean(seen[0] as tf.Tensor, 1));
    for (const [index, value] of values(state.plan).entries())
      expect(value).toBeCloseTo(mean[index] as number, 5);
  });

  it('starts at the last plan', () => {
    const still = crossEntropy({ ...cem, deviation: 1e-6, iterations: 1 });
    const warm = Float32Array.from({ length: 12 }, (_, index) => index / 20);
    const state = runPlanner(still, shape, quadratic(0), createRng(0), warm);
    for (const [index, value] of values(state.plan).entries())
      expect(value).toBeCloseTo(warm[index] as number, 4);
  });

  it('refuses more elites than candidates', () => {
    expect(() => crossEntropy({ ...cem, elites: 201 })).toThrow(TasklearnError);
  });
});

describe('pathIntegral', () => {
  const shape = { trials: 1, horizon: 3, action: 1 };
  const plans = (options: Partial<typeof mppi>, score: ScorePlans) => {
    const seen: tf.Tensor[] = [];
    const state = runPlanner(
      pathIntegral({ ...mppi, ...options }),
      shape,
      (candidates) => {
        seen.push(tf.keep(candidates.clone()));
        return score(candidates);
      },
      createRng(3),
    );
    return { plan: values(state.plan), candidates: seen[0] as tf.Tensor };
  };

  it('is the best candidate for large κ and their mean for κ = 0', () => {
    const sharp = plans({ sharpness: 1e4 }, quadratic(0.2));
    const returns = quadratic(0.2)(sharp.candidates);
    const best = values(returns.argMax(1))[0] as number;
    const winner = values(sharp.candidates.slice([0, best, 0, 0], [1, 1, 3, 1]));
    for (const [index, value] of sharp.plan.entries()) expect(value).toBeCloseTo(winner[index] as number, 4);
    const flat = plans({ sharpness: 0 }, quadratic(0.2));
    const mean = values(flat.candidates.mean(1));
    for (const [index, value] of flat.plan.entries()) expect(value).toBeCloseTo(mean[index] as number, 5);
  });

  it('does not depend on where returns begin nor on their scale', () => {
    const once = plans({}, quadratic(0.2)).plan;
    const moved = plans({}, (x) => quadratic(0.2)(x).mul(7).add(100)).plan;
    for (const [index, value] of once.entries()) expect(moved[index]).toBeCloseTo(value, 3);
  });

  it('filters its noise: β = 1 is white, a small β correlates neighbours', () => {
    const correlation = (filter: number) => {
      const { candidates } = plans({ filter, candidates: 4000, deviation: 0.1 }, quadratic(0));
      const [first, second] = tf.unstack(candidates.reshape([4000, 3]), 1) as [tf.Tensor, tf.Tensor];
      const cross = values(first.mul(second).mean())[0] as number;
      return (
        cross /
        Math.sqrt(
          (values(first.square().mean())[0] as number) * (values(second.square().mean())[0] as number),
        )
      );
    };
    expect(Math.abs(correlation(1))).toBeLessThan(0.05);
    // n_1 = βu_1 + (1 − β)n_0, n_0 = βu_0: correlation (1 − β) / √(1 + (1 − β)²).
    expect(correlation(0.3)).toBeCloseTo(0.7 / Math.sqrt(1 + 0.49), 1);
  });
});
