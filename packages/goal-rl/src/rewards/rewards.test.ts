import { trivialControlDistribution } from '@tasklearn/conformance';
import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { slotContext, walk } from '../__fixtures__/slot-context.js';
import { histogramDensity } from '../densities/histogram-density.js';
import { euclideanMetric } from '../metrics/metric.js';
import { categoricalProposer } from '../proposers/proposers.js';
import { densityReward } from './density-reward.js';
import { goalDistanceReward } from './goal-distance-reward.js';
import { skillReward } from './skill-reward.js';

const rewards = (rows: Float32Array, size = 7) => [...rows].filter((_, index) => index % size === 3);
const bins = { minimum: [-1], maximum: [1], bins: 2, smoothing: 1e-9 };
const options = {
  name: 'coverage',
  density: () => histogramDensity(bins),
  history: 'all',
  capacity: 100,
  features: [0],
  scale: 1,
  environment: 0,
} as const;

describe('densityReward', () => {
  it('pays log p* − log ρ of where a step leads, by hand', async () => {
    const model = await densityReward(options)(slotContext());
    await model.observe([walk([0, 0.5, 0.6, 0.7, -0.5], 1)], createRng(0)); // Three of four in the right half.
    const rows = walk([0, 0.2, -0.2], 1);
    await model.write(rows, createRng(0));
    expect(rewards(rows)[0]).toBeCloseTo(-Math.log(0.75), 5);
    expect(rewards(rows)[1]).toBeCloseTo(-Math.log(0.25), 5);
  });

  it('remembers all states or only the newest', async () => {
    for (const [history, expected] of [
      ['all', 0.5],
      ['current', 1],
    ] as const) {
      const model = await densityReward({ ...options, history })(slotContext());
      await model.observe([walk([0, -0.5, -0.5], 1)], createRng(0));
      await model.observe([walk([0, 0.5, 0.5], 1)], createRng(1));
      const rows = walk([0, 0.2], 1);
      await model.write(rows, createRng(0));
      expect(rewards(rows)[0]).toBeCloseTo(-Math.log(expected), 5);
    }
  });

  it('keeps a uniform sample of more states than it has room for', async () => {
    const model = await densityReward({ ...options, capacity: 50 })(slotContext());
    const left = Array.from({ length: 301 }, () => -0.5);
    const right = Array.from({ length: 101 }, () => 0.5);
    for (const part of [left, right]) await model.observe([walk(part, 1)], createRng(2));
    const rows = walk([0, 0.2], 1);
    await model.write(rows, createRng(0));
    expect(Math.exp(-(rewards(rows)[0] as number))).toBeGreaterThan(0.1); // A quarter, from 50 samples.
    expect(Math.exp(-(rewards(rows)[0] as number))).toBeLessThan(0.45);
  });

  it('aims at a target, adds to the reward of the environment, and survives saving', async () => {
    const target = (points: Float32Array) => points.map((x) => (x > 0 ? Math.log(0.9) : Math.log(0.1)));
    const settings = { ...options, target, environment: 2, scale: 3 };
    const model = await densityReward(settings)(slotContext());
    await model.observe([walk([0, 0.5, -0.5], 1)], createRng(0));
    const again = await densityReward(settings)(slotContext());
    again.restore(model.save());
    for (const each of [model, again]) {
      const rows = walk([0, 0.2], 1); // The environment pays −1.
      await each.write(rows, createRng(0));
      expect(rewards(rows)[0]).toBeCloseTo(-2 + 3 * (Math.log(0.9) - Math.log(0.5)), 4);
    }
  });

  it('refuses features that observations do not have', async () => {
    await expect(densityReward({ ...options, features: [2] })(slotContext())).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});

describe('skillReward', () => {
  it('pays log q − log p, which tells skills apart after some steps', async () => {
    const before = tf.memory().numTensors;
    const settings = { hidden: [8], learningRate: 0.05, features: [0], scale: 1, environment: 0 };
    const context = slotContext(undefined, { proposer: categoricalProposer(2) });
    const model = await skillReward('diayn', settings)(context);
    /** Skill 0 goes left, skill 1 right. */
    const rows = () => Float32Array.of(0, 1, 0, -1, -0.8, 1, 1, 1, 0, 0, 1, 1, -1, 0.8, 1, 1, 0, 1);
    let [first, last] = [0, 0];
    for (let step = 0; step < 80; step += 1) {
      const batch = rows();
      await model.write(batch, createRng(step));
      last = ((batch[3] as number) + (batch[12] as number)) / 2;
      if (step === 0) first = last;
    }
    expect(first).toBeLessThan(0.4);
    expect(last).toBeGreaterThan(0.6);
    expect(last).toBeLessThan(Math.log(2) + 1e-6); // log q ≤ 0
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('goalDistanceReward', () => {
  it('pays minus the distance between what is achieved and what is desired', async () => {
    const model = await goalDistanceReward('goals', euclideanMetric)(slotContext());
    const rows = walk([0, 0.25, 0.5], 1);
    await model.write(rows, createRng(0));
    expect(rewards(rows)).toEqual([-0.75, -0.5]);
  });

  it('refuses tasks without goals', async () => {
    const hidden = slotContext(trivialControlDistribution({ goal: 'hidden' }));
    await expect(goalDistanceReward('goals', euclideanMetric)(hidden)).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
  });
});
