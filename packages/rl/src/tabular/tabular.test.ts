import { createRng, type TabularModel } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { enumerateEpisodes, threeStates } from '../__fixtures__/enumerate-episodes.js';
import { actionValues, policyOfActionValues } from './action-values.js';
import { backwardInduction } from './backward-induction.js';
import { backwardMessages } from './backward-messages.js';
import { exactPolicyGradient, softmaxPolicy } from './exact-policy-gradient.js';
import { entropyObjective, frankWolfe, matchingObjective } from './frank-wolfe.js';
import { policyIteration, policyValues } from './policy-iteration.js';
import { averageStateMarginal, discountedStateMarginal, stateMarginals } from './state-marginals.js';
import { valueIteration } from './value-iteration.js';

const model = threeStates();

/** A corridor of 4 cells; left and right; the last cell is terminal; every step costs 1. */
const corridor: TabularModel = (() => {
  const transition = new Float64Array(4 * 2 * 4);
  const reward = new Float64Array(4 * 2 * 4);
  for (let s = 0; s < 4; s += 1)
    for (let a = 0; a < 2; a += 1) {
      const next = s === 3 ? 3 : Math.max(0, s + (a === 0 ? -1 : 1));
      transition[(s * 2 + a) * 4 + next] = 1;
      reward[(s * 2 + a) * 4 + next] = s === 3 ? 0 : -1;
    }
  return {
    states: 4,
    actions: 2,
    initial: Float64Array.of(1, 0, 0, 0),
    transition,
    reward,
    terminal: Uint8Array.of(0, 0, 0, 1),
  };
})();

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 8) => {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i += 1) expect(found[i]).toBeCloseTo(expected[i] as number, digits);
};

describe('valueIteration', () => {
  it('the corridor by hand: −3, −2, −1, 0, always right', () => {
    const { values, policy } = valueIteration(corridor, { gamma: 1 });
    close(values, [-3, -2, -1, 0]);
    expect([...policy].slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1]);
  });
  it('contracts at rate γ', () => {
    const { residuals } = valueIteration(model, { gamma: 0.8, tolerance: 1e-9 });
    for (let i = 1; i < residuals.length; i += 1)
      expect(residuals[i] as number).toBeLessThanOrEqual(0.8 * (residuals[i - 1] as number) + 1e-12);
  });
  it('solves its own equation, soft and hard; soft becomes hard as α goes to 0', () => {
    const hard = valueIteration(model, { gamma: 0.9 });
    const gap = (temperature: number) => {
      const soft = valueIteration(model, { gamma: 0.9, temperature });
      const q = actionValues(model, soft.values, 0.9);
      for (let s = 0; s < 3; s += 1) {
        const sum =
          Math.exp((q[2 * s] as number) / temperature) + Math.exp((q[2 * s + 1] as number) / temperature);
        if (temperature > 0.1) expect(soft.values[s]).toBeCloseTo(temperature * Math.log(sum), 8);
      }
      return Math.max(...soft.values.map((v, s) => Math.abs(v - (hard.values[s] as number))));
    };
    expect(gap(1)).toBeGreaterThan(gap(0.1));
    expect(gap(0.1)).toBeGreaterThan(gap(0.001));
    expect(gap(0.001)).toBeLessThan(0.01); // At most α log 2 / (1 − γ).
  });
  it('equals policy iteration, whose policy it evaluates to', () => {
    const [a, b] = [
      valueIteration(model, { gamma: 0.9, tolerance: 1e-12 }),
      policyIteration(model, { gamma: 0.9 }),
    ];
    close(a.values, b.values);
    expect(a.policy).toEqual(b.policy);
    close(policyValues(model, a.policy, 0.9), a.values);
  });
  it('refuses bad numbers by code', () => {
    expect(codeOf(() => valueIteration(model, { gamma: 1.1 }))).toBe('INVALID_OPTION');
    const left = policyOfActionValues(corridor, Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0));
    expect(codeOf(() => policyValues(corridor, left, 1))).toBe('NOT_FINITE');
  });
});

describe('finite horizons', () => {
  it('backward induction is the best of all episodes', () => {
    const { values } = backwardInduction(model, { horizon: 2, gamma: 0.9 });
    // All deterministic policies of two steps from state 0, by force.
    const r = (s: number, a: number, next: number) => model.reward[(s * 2 + a) * 3 + next] as number;
    const p = (s: number, a: number, next: number) => model.transition[(s * 2 + a) * 3 + next] as number;
    const one = (s: number) =>
      Math.max(...[0, 1].map((a) => [0, 1, 2].reduce((sum, next) => sum + p(s, a, next) * r(s, a, next), 0)));
    const two = Math.max(
      ...[0, 1].map((a) =>
        [0, 1, 2].reduce((sum, next) => sum + p(0, a, next) * (r(0, a, next) + 0.9 * one(next)), 0),
      ),
    );
    expect(values[0]).toBeCloseTo(two, 10);
  });
  it('state marginals are frequencies of all episodes; the discounted one is their limit', () => {
    const policy = softmaxPolicy(model, Float64Array.of(0.3, -0.2, 0.1, 0.5, -0.4, 0.2));
    const episodes = enumerateEpisodes(model, 4);
    const marginals = stateMarginals(model, policy, 3);
    for (let t = 0; t <= 3; t += 1)
      for (let s = 0; s < 3; s += 1) {
        const mass = episodes
          .filter(({ states }) => states[t] === s)
          .reduce((sum, { states, actions, dynamics }) => {
            const chosen = states.reduce(
              (product, state, i) => product * (policy[2 * state + (actions[i] as number)] as number),
              1,
            );
            return sum + dynamics * chosen;
          }, 0);
        expect(marginals[t * 3 + s]).toBeCloseTo(mass, 10);
      }
    const long = stateMarginals(model, policy, 400);
    const discounted = [0, 1, 2].map((s) =>
      Array.from({ length: 401 }, (_, t) => 0.1 * 0.9 ** t * (long[t * 3 + s] as number)).reduce(
        (a, b) => a + b,
        0,
      ),
    );
    close(discountedStateMarginal(model, policy, 0.9), discounted, 8);
    const mean = averageStateMarginal(model, policy, 3);
    expect(mean[1]).toBeCloseTo(
      ((marginals[1] as number) +
        (marginals[4] as number) +
        (marginals[7] as number) +
        (marginals[10] as number)) /
        4,
      10,
    );
  });
  it('the exact policy gradient is the central difference of the expected return', () => {
    const theta = Float64Array.of(0.3, -0.2, 0.1, 0.5, -0.4, 0.2);
    const { gradient } = exactPolicyGradient(model, theta, { horizon: 5, gamma: 0.9 });
    theta.forEach((_, i) => {
      const at = (by: number) => {
        const moved = theta.slice();
        moved[i] = (moved[i] as number) + by;
        return exactPolicyGradient(model, moved, { horizon: 5, gamma: 0.9 }).expectedReturn;
      };
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
    });
  });
});

describe('backwardMessages', () => {
  /** Rewards ≤ 0 and deterministic moves. */
  const deterministic: TabularModel = {
    ...corridor,
    reward: corridor.reward.map((r, i) => (r === 0 ? 0 : r * (0.5 + (i % 5) / 5))),
  };
  it('are soft values where moves are certain, less log A a step', () => {
    const H = 4;
    const { stateMessages, policy } = backwardMessages(deterministic, { horizon: H });
    const soft = backwardInduction(
      {
        ...deterministic,
        reward: deterministic.reward.map((r, i) =>
          deterministic.transition[i] === 1 && i < 24 ? r - Math.log(2) : r,
        ),
      },
      { horizon: H, temperature: 1 },
    );
    for (let t = 0; t < H; t += 1)
      for (let s = 0; s < 3; s += 1) {
        expect(stateMessages[t * 4 + s]).toBeCloseTo(soft.values[t * 4 + s] as number, 8);
        expect(policy[(t * 4 + s) * 2]).toBeCloseTo(soft.policy[(t * 4 + s) * 2] as number, 8);
      }
  });
  it('the bound of any policy is the evidence less its divergence from the posterior over episodes', () => {
    const shifted = { ...model, reward: model.reward.map((r) => r - 2) };
    const H = 3;
    const { logEvidence } = backwardMessages(shifted, { horizon: H });
    const episodes = enumerateEpisodes(shifted, H);
    const prior = (1 / 2) ** H;
    const total = (rewards: readonly number[]) => rewards.reduce((a, b) => a + b, 0);
    const evidence = episodes.reduce(
      (sum, { rewards, dynamics }) => sum + dynamics * prior * Math.exp(total(rewards)),
      0,
    );
    expect(logEvidence).toBeCloseTo(Math.log(evidence), 9);
    const q = softmaxPolicy(model, Float64Array.of(1, 0, -0.5, 0.2, 0, 0.7));
    let [bound, divergence] = [0, 0];
    for (const { states, actions, rewards, dynamics } of episodes) {
      const chosen = states.reduce(
        (product, s, t) => product * (q[2 * s + (actions[t] as number)] as number),
        1,
      );
      const own = dynamics * chosen;
      const posterior = (dynamics * prior * Math.exp(total(rewards))) / evidence;
      bound += own * (total(rewards) + Math.log(prior) - Math.log(chosen));
      divergence += own * Math.log(own / posterior);
    }
    expect(bound).toBeCloseTo(logEvidence - divergence, 9);
  });
  it('refuses a positive reward by code', () => {
    expect(codeOf(() => backwardMessages(model, { horizon: 2 }))).toBe('INVALID_OPTION');
  });
});

describe('frankWolfe', () => {
  it('its gap bounds what is left to gain and closes; its mixture has the marginal it says', () => {
    const horizon = 6;
    const { objective, gaps, policies, weights, marginal } = frankWolfe(model, entropyObjective, {
      horizon,
      iterations: 300,
    });
    const best = objective[objective.length - 1] as number;
    for (let k = 1; k < gaps.length; k += 1)
      expect((objective[k - 1] as number) + (gaps[k] as number)).toBeGreaterThanOrEqual(best - 1e-9);
    expect(Math.min(...gaps.slice(1))).toBeLessThan(0.01);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    const mixed = new Float64Array(3);
    policies.forEach((policy, k) => {
      averageStateMarginal(model, policy, horizon).forEach((mass, s) => {
        mixed[s] = (mixed[s] as number) + (weights[k] as number) * mass;
      });
    });
    close(mixed, marginal, 10);
    // No single deterministic policy of the mixture spreads as well.
    for (const policy of policies.slice(0, 20))
      expect(entropyObjective.value(averageStateMarginal(model, policy, horizon))).toBeLessThan(best + 1e-9);
  });
  it('matches a marginal that some policy has', () => {
    const policy = softmaxPolicy(model, createPoint());
    const target = averageStateMarginal(model, policy, 5);
    const { marginal } = frankWolfe(model, matchingObjective(target), { horizon: 5, iterations: 400 });
    close(marginal, target, 2);
  });
});

function createPoint(): Float64Array {
  const rng = createRng(4);
  return Float64Array.from({ length: 6 }, () => rng.gaussian());
}
