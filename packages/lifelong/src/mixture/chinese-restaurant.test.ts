import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { chineseRestaurant } from './chinese-restaurant.js';

const options = { concentration: 1, most: 40, least: 1e-3, patience: Number.POSITIVE_INFINITY };
const none = (count: number) => Array<number>(count).fill(Number.NEGATIVE_INFINITY);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('chineseRestaurant', () => {
  it('is the process: n / (t − 1 + α) and α / (t − 1 + α), and so many components with no data', () => {
    const restaurant = chineseRestaurant({ ...options, concentration: 2 });
    const [customers, trials] = [30, 400];
    const rng = createRng('restaurant');
    let tables = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      let state = restaurant.seat(restaurant.begin(), none(40).fill(0), 0).state;
      for (let t = 2; t <= customers; t += 1) {
        const { known, fresh } = restaurant.prior(state);
        expect(sum(known) + fresh).toBeCloseTo(1, 12);
        expect(fresh).toBeCloseTo(2 / (t - 1 + 2), 12);
        let left = rng.next();
        const slot = known.findIndex((share) => {
          left -= share;
          return left < 0;
        });
        const logs = none(40);
        if (slot >= 0) logs[slot] = 0;
        state = restaurant.seat(state, logs, slot < 0 ? 0 : Number.NEGATIVE_INFINITY).state;
      }
      tables += state.filter((table) => table !== undefined).length / trials;
    }
    // Σ_t α / (t − 1 + α) = 5.99; the deviation of a trial is about 2, of their mean 0.1.
    const expected = sum(Array.from({ length: customers }, (_, t) => 2 / (t + 2)));
    expect(Math.abs(tables - expected)).toBeLessThan(0.35);
  });

  it('weighs likelihoods by the prior, and opens a component only where it is the likeliest', () => {
    const restaurant = chineseRestaurant({ ...options, most: 3 });
    let { state } = restaurant.seat(restaurant.begin(), [-7, 0, 0], 0);
    expect(state).toEqual([{ count: 1, idle: 0 }, undefined, undefined]);
    // Prior: 1/2 and 1/2; likelihoods e⁻¹ and e⁻²: the old one wins, and takes all of what is not the new one's.
    const stays = restaurant.seat(state, [-1, 9, 9], -2);
    expect(stays.opened).toBeUndefined();
    expect(stays.responsibilities).toEqual([1, 0, 0]);
    const opens = restaurant.seat(state, [-2, 9, 9], -1);
    expect(opens.opened).toBe(1);
    const share = Math.exp(-2) / (Math.exp(-2) + Math.exp(-1));
    expect(opens.responsibilities[0]).toBeCloseTo(share, 12);
    expect(opens.responsibilities[1]).toBeCloseTo(1 - share, 12);
    state = opens.state;
    expect(state[0]?.count).toBeCloseTo(1 + share, 12);
    expect(sum(restaurant.prior(state).known)).toBeCloseTo(2 / 3, 12);
  });

  it('never grows without concentration, nor beyond its size', () => {
    const never = chineseRestaurant({ ...options, concentration: 0 });
    let state = never.begin();
    for (let t = 0; t < 5; t += 1) {
      const seated = never.seat(state, none(40).fill(-50), 0);
      expect(seated.responsibilities[0]).toBe(1);
      state = seated.state;
    }
    const full = chineseRestaurant({ ...options, most: 1 });
    const { opened, responsibilities } = full.seat(full.seat(full.begin(), [0], 0).state, [-99], 0);
    expect(opened).toBeUndefined();
    expect(responsibilities).toEqual([1]);
  });

  it('drops a component that was idle for too long, and its slot is taken again', () => {
    const restaurant = chineseRestaurant({ ...options, most: 3, patience: 4 });
    let { state } = restaurant.seat(restaurant.begin(), [0, 0, 0], 0);
    state = restaurant.seat(state, [-60, 0, 0], 0).state;
    expect(state[1]).toBeDefined();
    for (let t = 0; t < 3; t += 1) state = restaurant.seat(state, [-60, 0, 0], -60).state;
    expect(state[0]).toBeUndefined();
    expect(restaurant.seat(state, [0, -60, 0], 0).opened).toBe(0);
  });

  it('refuses what is out of range', () => {
    for (const bad of [{ concentration: -1 }, { most: 0 }, { most: 1.5 }, { patience: 0 }, { least: -1 }])
      expect(() => chineseRestaurant({ ...options, ...bad })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});
