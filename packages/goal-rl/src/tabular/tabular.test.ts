import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { gridModel, squareModel } from '../__fixtures__/grid-model.js';
import { entropy } from '../information/entropy.js';
import { bestResponse } from './best-response.js';
import { discoverSkills } from './discover-skills.js';
import { matchStateMarginal } from './match-state-marginal.js';
import { stateMarginal, uniformPolicy } from './state-marginal.js';

const corridor = gridModel(['S..']);
const star = gridModel(['####.####', '####.####', '####.####', '####.####', '....S....']);

describe('bestResponse', () => {
  it('plans by hand: two steps to the right end of a corridor', () => {
    const { policy, value } = bestResponse(corridor, { reward: Float64Array.of(0, 1, 5), horizon: 2 });
    expect(value).toBe(6);
    expect([...policy.subarray(0, 5)]).toEqual([0, 0, 0, 1, 0]); // Right in the first cell at the first step.
    expect([...stateMarginal(corridor, policy, 2)]).toEqual([0, 0.5, 0.5]);
  });

  it('takes the first action among equals', () => {
    const { policy } = bestResponse(corridor, { reward: new Float64Array(3), horizon: 1 });
    expect([...policy.subarray(0, 5)]).toEqual([1, 0, 0, 0, 0]);
  });

  it('softens by temperature: one step is a softmax of rewards, with value α log Σ exp(r/α)', () => {
    const reward = Float64Array.of(0, 1, 0);
    const { policy, value } = bestResponse(corridor, { reward, horizon: 1, temperature: 0.5 });
    const weight = Math.exp(2);
    expect(policy[3]).toBeCloseTo(weight / (weight + 4), 12); // Right; the other four stay.
    expect(value).toBeCloseTo(0.5 * Math.log(weight + 4), 12);
  });

  it('tends to the hard plan as the temperature falls', () => {
    const reward = Float64Array.from({ length: 13 }, (_, s) => Math.sin(3 * s));
    const hard = bestResponse(star, { reward, horizon: 6 }).value;
    const soft = bestResponse(star, { reward, horizon: 6, temperature: 1e-4 }).value;
    expect(soft).toBeGreaterThan(hard);
    expect(soft).toBeLessThan(hard + 6 * 1e-4 * Math.log(5) + 1e-9);
  });

  it('refuses a reward of another world', () => {
    expect(() => bestResponse(corridor, { reward: new Float64Array(2), horizon: 1 })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('stateMarginal', () => {
  it('is what two uniform steps come to, by hand', () => {
    // After one step: 4/5 first, 1/5 second. After two: first 4/5·4/5 + 1/5·1/5, third 1/5·1/5.
    const marginal = stateMarginal(corridor, uniformPolicy(corridor, 2), 2);
    expect(marginal[0]).toBeCloseTo((0.8 + 0.68) / 2, 12);
    expect(marginal[2]).toBeCloseTo(0.02, 12);
    expect(marginal.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 12);
  });
});

describe('matchStateMarginal', () => {
  it('reaches the uniform distribution of a square, which no single iterate comes near', () => {
    const { iterations, marginal } = matchStateMarginal(squareModel(7), { horizon: 20, iterations: 300 });
    const at = (k: number) => iterations[k - 1]?.mixtureDivergence as number;
    expect(at(100)).toBeLessThan(0.02);
    expect(at(300)).toBeLessThan(0.002);
    expect(entropy(marginal)).toBeCloseTo(Math.log(49), 2);
    expect(Math.min(...iterations.map(({ lastDivergence }) => lastDivergence))).toBeGreaterThan(2.5);
  });

  it('falls like log k / k on the star', () => {
    const { iterations } = matchStateMarginal(star, { horizon: 12, iterations: 300 });
    expect(iterations[29]?.mixtureDivergence).toBeLessThan(0.01);
    for (const [index, { mixtureDivergence }] of iterations.entries()) {
      const k = index + 1;
      if (k > 5) expect(mixtureDivergence).toBeLessThan((3 * Math.log(k)) / k);
    }
  });

  it('runs in circles when the density forgets', () => {
    const settings = { horizon: 20, iterations: 100, history: 'current' } as const;
    const { iterations, marginal } = matchStateMarginal(squareModel(7), settings);
    expect(iterations.at(-1)?.mixtureDivergence).toBeGreaterThan(2);
    expect([...marginal].filter((mass) => mass > 0.01).length).toBeLessThan(12);
  });

  it('meets the optimum where the target cannot be reached: KL log(4/3), certified by the gap', () => {
    const long = gridModel(['S...']); // Two steps do not reach the last of four cells.
    const match = matchStateMarginal(long, { horizon: 2, iterations: 3000, smoothing: 1e-7 });
    const last = match.iterations.at(-1);
    expect(last?.mixtureDivergence).toBeCloseTo(Math.log(4 / 3), 3);
    expect(last?.gap).toBeLessThan(0.01);
    expect(match.marginal[3]).toBe(0);
  });

  it('avoids what the target avoids', () => {
    const target = new Float64Array(13).fill((1 - 1e-3) / 12);
    target[0] = 1e-3; // The end of an arm.
    const { marginal } = matchStateMarginal(star, { horizon: 12, iterations: 1000, smoothing: 1e-5, target });
    expect(marginal[0]).toBeLessThan(3e-3);
    expect(marginal[1]).toBeGreaterThan(0.05);
  });

  it('mixes with the weights that it reports', () => {
    const { weights, policies, marginal } = matchStateMarginal(star, {
      horizon: 12,
      iterations: 20,
      stepSize: 0.3,
    });
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    const mixed = new Float64Array(13);
    for (const [index, policy] of policies.entries()) {
      const own = stateMarginal(star, policy, 12);
      for (const [s, mass] of own.entries()) {
        mixed[s] = (mixed[s] as number) + (weights[index] as number) * mass;
      }
    }
    for (const [s, mass] of mixed.entries()) expect(mass).toBeCloseTo(marginal[s] as number, 10);
  });

  it('refuses a target that is no distribution', () => {
    const settings = { horizon: 2, iterations: 1, target: Float64Array.of(0.5, 0.5, 0) };
    expect(() => matchStateMarginal(corridor, settings)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({ key: 'target' }),
      }),
    );
  });
});

describe('discoverSkills', () => {
  it.each([
    [2, 0.5, 0.99],
    [4, 0.25, 0.95],
    [8, 0.125, 0.88],
  ])('makes a partition by %i skills of a slight asymmetry, in two rounds', (skills, chance, reached) => {
    const options = { skills, horizon: 16, rounds: 2 };
    const { rounds } = discoverSkills(squareModel(9), options, createRng(0));
    expect(rounds[0]?.accuracy).toBeLessThan(chance * 1.05);
    expect(rounds[1]?.accuracy).toBeGreaterThan(rounds[0]?.accuracy as number);
    expect(rounds[2]?.accuracy).toBeGreaterThan(reached);
    for (const { bound, information } of rounds) {
      expect(bound).toBeLessThan(information + 1e-9);
      expect(information).toBeLessThan(Math.log(skills) + 1e-9);
    }
  });

  it('stays where all skills are the same: a fixed point', () => {
    const options = { skills: 3, horizon: 8, rounds: 3, noise: 0 };
    const { rounds } = discoverSkills(squareModel(5), options, createRng(0));
    for (const { information, confidence } of rounds) {
      expect(information).toBeCloseTo(0, 9);
      expect(confidence).toBeCloseTo(1 / 3, 9);
    }
  });
});
