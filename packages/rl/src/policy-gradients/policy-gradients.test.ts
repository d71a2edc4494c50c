import { createRng, eagerExecutor } from '@tasklearn/core';
import { gradients, hvp, oneHot } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { enumerateEpisodes, threeStates } from '../__fixtures__/enumerate-episodes.js';
import { categoricalActions } from '../policies/categorical-actions.js';
import { exactPolicyGradient, softmaxPolicy } from '../tabular/exact-policy-gradient.js';
import { diceLoss } from './dice-loss.js';
import { importanceWeightedLoss, lvcLoss, policyGradientLoss } from './policy-gradient-loss.js';
import { ppoLoss, valueLoss } from './ppo-loss.js';

beforeAll(() => tf.setBackend('cpu'));

const model = threeStates();
const H = 3;
const GAMMA = 0.9;
const theta = Float64Array.of(0.3, -0.2, 0.1, 0.5, -0.4, 0.2);
const exact = exactPolicyGradient(model, theta, { horizon: H, gamma: GAMMA });
const policy = softmaxPolicy(model, theta);
const episodes = enumerateEpisodes(model, H);
/** p(τ) under the policy. */
const weights = episodes.map((episode) =>
  episode.states.reduce(
    (product, state, t) => product * (policy[2 * state + (episode.actions[t] as number)] as number),
    episode.dynamics,
  ),
);
const flat = (of: (episode: (typeof episodes)[number], t: number) => number) =>
  episodes.flatMap((episode) => episode.states.map((_, t) => of(episode, t)));
/** [1, N · H]. */
const row = (values: number[]) => tf.tensor(values, [1, values.length]);
const perStepWeights = () => row(episodes.flatMap((_, n) => Array<number>(H).fill(weights[n] as number)));
/** log π_θ of every decision, [1, N · H]. */
function logProbability(parameters: Tensor): Tensor {
  const states = tf.tensor1d(
    flat((episode, t) => episode.states[t] as number),
    'int32',
  );
  const actions = row(flat((episode, t) => episode.actions[t] as number));
  const logits = tf.matMul(oneHot(states, 3), parameters.reshape([3, 2])); // [N · H, 2]
  return categoricalActions(logits.expandDims(0)).logProbability(actions);
}
/** γ^t times the exact advantage, or the return to go of the episode. */
const advantage = (episode: (typeof episodes)[number], t: number) => {
  const [state, action] = [episode.states[t] as number, episode.actions[t] as number];
  const gain =
    (exact.actionValues[t * 6 + 2 * state + action] as number) - (exact.values[t * 3 + state] as number);
  return GAMMA ** t * gain;
};
const toGo = (episode: (typeof episodes)[number], t: number) =>
  episode.rewards.slice(t).reduce((sum, r, i) => sum + GAMMA ** (t + i) * r, 0);

const point = () => ({ at: tf.tensor1d([...theta], 'float32') });
const gradientOf = (loss: (at: Tensor) => Tensor) =>
  tf.tidy(() => [...gradients(({ at }) => loss(at).asScalar(), point()).at.dataSync()]);
const hessianOf = (loss: (at: Tensor) => Tensor) =>
  Array.from({ length: 6 }, (_, i) =>
    tf.tidy(() => [
      ...hvp(({ at }) => loss(at).asScalar(), point(), {
        at: oneHot(tf.scalar(i, 'int32'), 6),
      }).at.dataSync(),
    ]),
  );
const close = (found: readonly number[], expected: readonly number[], digits = 4) => {
  for (const [index, x] of expected.entries()) expect(found[index]).toBeCloseTo(x, digits);
};
const negative = (values: Iterable<number>) => [...values].map((x) => -x);

it('the episodes are all there are', () => {
  expect(weights.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
});

describe('surrogates, weighted by the probability of every episode, have the exact gradient', () => {
  const batch = (at: Tensor, value: typeof advantage) => ({
    logProbability: logProbability(at),
    advantages: row(flat(value)),
    mask: perStepWeights(),
    divisor: 1,
  });
  it.each([
    ['advantages', advantage],
    ['returns to go', toGo],
  ] as const)('score function with %s', (_name, value) => {
    close(
      gradientOf((at) => policyGradientLoss(batch(at, value))),
      negative(exact.gradient),
    );
  });
  it('low-variance curvature and importance weights', () => {
    close(
      gradientOf((at) => lvcLoss(batch(at, advantage))),
      negative(exact.gradient),
    );
    const old = () => logProbability(point().at);
    close(
      gradientOf((at) => importanceWeightedLoss(batch(at, toGo), old())),
      negative(exact.gradient),
    );
  });
  it('zero rewards give exactly zero', () => {
    const none = () => 0;
    for (const loss of [policyGradientLoss, lvcLoss])
      expect(gradientOf((at) => loss(batch(at, none))).every((x) => x === 0)).toBe(true);
  });
  it('a weighted return elsewhere: importance weights evaluate another policy', () => {
    // One step: E_old[ρ r] is what the new policy earns.
    const other = Float64Array.of(1, -1, 0, 0.3, 0.5, -0.5);
    const single = enumerateEpisodes(model, 1);
    const found = tf.tidy(() => {
      const states = tf.tensor1d(
        single.map(({ states: s }) => s[0] as number),
        'int32',
      );
      const log = (values: Float64Array) =>
        categoricalActions(
          tf.matMul(oneHot(states, 3), tf.tensor2d([...values], [3, 2])).expandDims(0),
        ).logProbability(row(single.map(({ actions }) => actions[0] as number)));
      const mass = single.map(
        ({ states: s, actions, dynamics }) =>
          dynamics * (policy[2 * (s[0] as number) + (actions[0] as number)] as number),
      );
      const batched = {
        logProbability: log(other),
        advantages: row(single.map(({ rewards }) => rewards[0] as number)),
        mask: row(mass),
        divisor: 1,
      };
      return importanceWeightedLoss(batched, log(theta)).dataSync()[0] as number;
    });
    expect(-found).toBeCloseTo(exactPolicyGradient(model, other, { horizon: 1 }).expectedReturn, 5);
  });
});

describe('diceLoss', () => {
  const shaped = (x: Tensor) => x.reshape([1, episodes.length, H]);
  const rewards = () => shaped(row(flat((episode, t) => GAMMA ** t * (episode.rewards[t] as number))));
  const baseline = () =>
    shaped(
      row(flat((episode, t) => GAMMA ** t * (exact.values[t * 3 + (episode.states[t] as number)] as number))),
    );
  const loss = (at: Tensor, withBaseline = false) =>
    diceLoss({
      logProbability: shaped(logProbability(at)),
      rewards: rewards(),
      weights: row(weights),
      ...(withBaseline ? { baseline: baseline() } : {}),
    });
  /** Central differences of the exact gradient, in double precision. */
  const hessian = Array.from({ length: 6 }, (_, i) => {
    const at = (by: number) => {
      const moved = theta.slice();
      moved[i] = (moved[i] as number) + by;
      return exactPolicyGradient(model, moved, { horizon: H, gamma: GAMMA }).gradient;
    };
    const [up, down] = [at(1e-5), at(-1e-5)];
    return up.map((x, j) => -(x - (down[j] as number)) / 2e-5);
  });
  it('its value, gradient and Hessian are those of minus the expected return', () => {
    const value = tf.tidy(() => loss(point().at).dataSync()[0] as number);
    expect(value).toBeCloseTo(-exact.expectedReturn, 5);
    close(gradientOf(loss), negative(exact.gradient));
    hessianOf((at) => loss(at)).forEach((found, i) => {
      close(found, [...(hessian[i] as Float64Array)], 3);
    });
  });
  it('a baseline changes neither value nor gradient', () => {
    const value = tf.tidy(() => loss(point().at, true).dataSync()[0] as number);
    expect(value).toBeCloseTo(-exact.expectedReturn, 5);
    close(
      gradientOf((at) => loss(at, true)),
      negative(exact.gradient),
    );
  });
  it('the score function has another Hessian, and so has low-variance curvature: those of their formulas', () => {
    const marginal = (t: number, s: number) =>
      flat((episode) => (episode.states[t] === s ? 1 : 0))
        .filter((_x, i) => i % H === 0)
        .reduce((sum, one, n) => sum + one * (weights[n] as number), 0);
    const expected = (curvature: (p: number[], a: number) => number[][]) => {
      const all = Array.from({ length: 6 }, () => Array<number>(6).fill(0));
      for (let t = 0; t < H; t += 1)
        for (let s = 0; s < 3; s += 1)
          for (let a = 0; a < 2; a += 1) {
            const p = [policy[2 * s] as number, policy[2 * s + 1] as number];
            const gain =
              (exact.actionValues[t * 6 + 2 * s + a] as number) - (exact.values[t * 3 + s] as number);
            const factor = GAMMA ** t * marginal(t, s) * (p[a] as number) * gain;
            curvature(p, a).forEach((values, i) => {
              values.forEach((x, j) => {
                const line = all[2 * s + i] as number[];
                line[2 * s + j] = (line[2 * s + j] as number) - factor * x;
              });
            });
          }
      return all;
    };
    // ∇² log π = −(diag π − π πᵀ); ∇²π / π = ∇² log π + ∇ log π ∇ log πᵀ.
    const ofLog = (p: number[]) => p.map((x, i) => p.map((y, j) => x * y - (i === j ? x : 0)));
    const score = (p: number[], a: number) => p.map((x, i) => (i === a ? 1 : 0) - x);
    const ofRatio = (p: number[], a: number) => {
      const g = score(p, a);
      return ofLog(p).map((line, i) => line.map((x, j) => x + (g[i] as number) * (g[j] as number)));
    };
    const batch = (at: Tensor) => ({
      logProbability: logProbability(at),
      advantages: row(flat(advantage)),
      mask: perStepWeights(),
      divisor: 1,
    });
    hessianOf((at) => policyGradientLoss(batch(at))).forEach((found, i) => {
      close(found, expected((p) => ofLog(p))[i] as number[]);
    });
    hessianOf((at) => lvcLoss(batch(at))).forEach((found, i) => {
      close(found, expected(ofRatio)[i] as number[]);
    });
    const distance = (a: readonly (readonly number[])[]) =>
      Math.hypot(...a.flatMap((line, i) => line.map((x, j) => x - (hessian[i]?.[j] as number))));
    // Nearer to the truth than the plain score function.
    expect(distance(expected(ofRatio))).toBeLessThan(distance(expected((p) => ofLog(p))));
  });
});

it('the exact value as a baseline leaves the mean of single-episode gradients and lowers their variance', () => {
  const perEpisode = (value: typeof advantage) =>
    episodes.map((episode) => {
      const gradient = Array<number>(6).fill(0);
      episode.states.forEach((s, t) => {
        for (let a = 0; a < 2; a += 1) {
          const score = (episode.actions[t] === a ? 1 : 0) - (policy[2 * s + a] as number);
          gradient[2 * s + a] = (gradient[2 * s + a] as number) + score * value(episode, t);
        }
      });
      return gradient;
    });
  const moments = (samples: number[][]) => {
    const mean = samples.reduce(
      (sum, g, n) => sum.map((x, i) => x + (weights[n] as number) * (g[i] as number)),
      Array<number>(6).fill(0),
    );
    const variance = samples.reduce(
      (sum, g, n) =>
        sum + (weights[n] as number) * g.reduce((total, x, i) => total + (x - (mean[i] as number)) ** 2, 0),
      0,
    );
    return { mean, variance };
  };
  const plain = moments(perEpisode(toGo));
  const based = moments(
    perEpisode(
      (episode, t) =>
        toGo(episode, t) - GAMMA ** t * (exact.values[t * 3 + (episode.states[t] as number)] as number),
    ),
  );
  close(plain.mean, [...exact.gradient], 8);
  close(based.mean, [...exact.gradient], 8);
  expect(based.variance).toBeLessThan(plain.variance);
});

describe('ppoLoss', () => {
  it('by hand: the smaller of the two, and what was clipped', () => {
    const ratios = [1.5, 1.5, 0.5, 0.5, 1.1];
    const advantages = [1, -1, 1, -1, 2];
    const found = tf.tidy(() => {
      const log = row(ratios.map(Math.log));
      const { loss, clipped, divergence } = ppoLoss(
        { logProbability: log, oldLogProbability: tf.zeros([1, 5]), advantages: row(advantages) },
        0.2,
      );
      return [loss, clipped, divergence].map((x) => x.dataSync()[0] as number);
    });
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    close(found, [-mean([1.2, -1.5, 0.5, -0.8, 2.2]), 0.8, mean(ratios.map((r) => r - 1 - Math.log(r)))]);
  });
  it('at ρ = 1 its gradient is the policy gradient; clipped decisions have none', () => {
    const gradientAt = (log: number[], advantages: number[]) =>
      tf.tidy(() => [
        ...gradients(
          ({ at }) =>
            ppoLoss(
              {
                logProbability: at,
                oldLogProbability: tf.zeros([1, log.length]),
                advantages: row(advantages),
              },
              0.2,
            ).loss.asScalar(),
          { at: row(log) },
        ).at.dataSync(),
      ]);
    close(gradientAt([0, 0, 0], [1, -2, 3]), [-1 / 3, 2 / 3, -1]);
    const moved = [1.5, 0.5, 1.5, 0.5].map(Math.log);
    close(gradientAt(moved, [1, -1, -1, 1]), [0, 0, 1.5 / 4, -0.5 / 4]);
  });
});

it('valueLoss: half the mean square, and with clipping the larger of two errors', () => {
  const found = tf.tidy(() => {
    const batch = { values: row([1, 3]), returns: row([2, 2]), oldValues: row([1, 2.2]) };
    return [valueLoss(batch), valueLoss(batch, 0.1), valueLoss({ ...batch, mask: row([1, 0]) })].map(
      (x) => x.dataSync()[0] as number,
    );
  });
  // Clipped: 3 is 2.3, error .3 instead of 1, so the larger, 1, counts.
  close(found, [0.5, 0.5, 0.5]);
  const moved = tf.tidy(() =>
    valueLoss({ values: row([2]), returns: row([2]), oldValues: row([1]) }, 0.1).dataSync(),
  );
  expect(moved[0]).toBeCloseTo(0.5 * 0.81, 5);
});

it('eager = compiled, with second derivatives', async () => {
  const fn = ({ at }: { at: Tensor }) => {
    const shaped = (x: Tensor) => x.reshape([1, episodes.length, H]);
    const batch = (x: Tensor) => ({ logProbability: logProbability(x), advantages: row(flat(advantage)) });
    const total = (x: Tensor): Scalar =>
      diceLoss({ logProbability: shaped(logProbability(x)), rewards: shaped(row(flat(toGo))) })
        .add(lvcLoss(batch(x)))
        .add(ppoLoss({ ...batch(x), oldLogProbability: logProbability(x).mul(0.9) }, 0.2).loss)
        .asScalar();
    return {
      gradient: gradients(({ at: x }) => total(x), { at }).at,
      product: hvp(({ at: x }) => total(x), { at }, { at: tf.ones([6]) }).at,
    };
  };
  const input = { at: { dtype: 'float32' as const, shape: [6], data: Float32Array.from(theta) } };
  const before = tf.memory().numTensors;
  const [eager, compiled] = [
    eagerExecutor().prepare(fn),
    compiledExecutor({ fallback: 'error', threads: 1 }).prepare(fn),
  ];
  const [expected, found] = [await eager.run(input, createRng(0)), await compiled.run(input, createRng(0))];
  close([...found.gradient.data], [...expected.gradient.data]);
  close([...found.product.data], [...expected.product.data], 3);
  compiled.dispose();
  eager.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
