import { createRng, TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { gaussianSegments } from './gaussian-segments.js';
import { type RunLengthState, runLengthFilter } from './run-length-filter.js';

const prior = { mean: 0.5, deviation: 2, noise: 0.7 };
const model = gaussianSegments(prior);

/** log N(x; m 1, noise² I + deviation² 1 1ᵀ) by Sherman and Morrison: nothing in common with the recursion. */
function logMarginal(segment: readonly number[]): number {
  const n = segment.length;
  const [noise, spread] = [prior.noise ** 2, prior.deviation ** 2];
  const errors = segment.map((x) => x - prior.mean);
  const sum = errors.reduce((total, error) => total + error, 0);
  const squares = errors.reduce((total, error) => total + error ** 2, 0);
  const quadratic = squares / noise - (spread * sum ** 2) / (noise * (noise + n * spread));
  const determinant = n * Math.log(noise) + Math.log(1 + (n * spread) / noise);
  return -0.5 * (quadratic + determinant + n * Math.log(2 * Math.PI));
}

/** p of all observations and of every length of the last segment, by all 2^(T − 1) segmentations. */
function enumerated(xs: readonly number[], hazard: number) {
  const lengths = new Float64Array(xs.length + 1);
  for (let mask = 0; mask < 2 ** (xs.length - 1); mask += 1) {
    let [log, first] = [0, 0];
    for (let t = 1; t <= xs.length; t += 1) {
      const changes = t < xs.length && (mask >> (t - 1)) % 2 === 1;
      if (t < xs.length) log += Math.log(changes ? hazard : 1 - hazard);
      if (!changes && t < xs.length) continue;
      log += logMarginal(xs.slice(first, t));
      if (t === xs.length) lengths[t - first]! += Math.exp(log);
      first = t;
    }
  }
  const evidence = lengths.reduce((sum, value) => sum + value, 0);
  return { logEvidence: Math.log(evidence), lengths: lengths.map((value) => value / evidence) };
}

function series(length: number, shift: (t: number) => number, key = 0): number[] {
  const rng = createRng(key);
  return Array.from({ length }, (_, t) => shift(t) + prior.noise * rng.gaussian());
}

const total = ({ logRuns }: RunLengthState<unknown>) => logRuns.reduce((sum, log) => sum + Math.exp(log), 0);

describe('runLengthFilter', () => {
  it.each([0.05, 0.3, 0.8])('is the sum over all segmentations, hazard %s', (hazard) => {
    const filter = runLengthFilter(model, { hazard });
    for (const length of [1, 2, 5, 10]) {
      const xs = series(length, (t) => (t < 4 ? 0 : 3), length);
      const state = xs.reduce(filter.observe, filter.begin());
      const exact = enumerated(xs, hazard);
      expect(state.logEvidence).toBeCloseTo(exact.logEvidence, 10);
      for (const [run, log] of state.logRuns.entries()) {
        const share = run === 0 ? hazard : (1 - hazard) * (exact.lengths[run] as number);
        expect(Math.exp(log)).toBeCloseTo(share, 10);
      }
    }
  });

  it('adds the log-probabilities of its predictions up to the evidence, and begins anew with exactly λ', () => {
    const filter = runLengthFilter(model, { hazard: 0.25 });
    let state = filter.begin();
    let sum = 0;
    for (const x of series(30, (t) => t % 7)) {
      sum += filter.logProbability(state, x);
      const copy = structuredClone(state);
      const next = filter.observe(state, x);
      expect(state).toEqual(copy);
      state = next;
      expect(state.logRuns[0]).toBe(Math.log(0.25));
      expect(total(state)).toBeCloseTo(1, 12);
    }
    expect(state.logEvidence).toBeCloseTo(sum, 10);
  });

  it('conditions on everything where nothing can change, and on nothing where everything does', () => {
    const xs = series(12, () => 1);
    const never = runLengthFilter(model, { hazard: 0 });
    const always = runLengthFilter(model, { hazard: 1 });
    expect(xs.reduce(never.observe, never.begin()).logEvidence).toBeCloseTo(logMarginal(xs), 10);
    const alone = xs.reduce((sum, x) => sum + logMarginal([x]), 0);
    expect(xs.reduce(always.observe, always.begin()).logEvidence).toBeCloseTo(alone, 10);
  });

  it('finds a shift of five standard deviations within three steps', () => {
    const filter = runLengthFilter(gaussianSegments({ mean: 0, deviation: 5, noise: 1 }), { hazard: 0.02 });
    const rng = createRng('shifts');
    let found = 0;
    for (let trial = 0; trial < 50; trial += 1) {
      let state = filter.begin();
      for (let t = 0; t < 23; t += 1) state = filter.observe(state, (t < 20 ? 0 : 5) + rng.gaussian());
      const likeliest = state.logRuns.indexOf(Math.max(...state.logRuns));
      if (likeliest <= 3) found += 1;
    }
    expect(found).toBeGreaterThanOrEqual(48);
  });

  it('keeps the mass of runs that are too long at the last, with the belief of the likelier', () => {
    const filter = runLengthFilter(model, { hazard: 0.1, longest: 4 });
    const exact = runLengthFilter(model, { hazard: 0.1 });
    const xs = series(40, () => 2);
    const [short, long] = [
      xs.reduce(filter.observe, filter.begin()),
      xs.reduce(exact.observe, exact.begin()),
    ];
    expect(short.logRuns).toHaveLength(4);
    expect(total(short)).toBeCloseTo(1, 12);
    // The last belief goes on gathering: it is nearly that of all forty.
    expect(short.beliefs[3]?.variance).toBeCloseTo(1 / (1 / 4 + 40 / 0.49), 6);
    expect(short.logEvidence).toBeCloseTo(long.logEvidence, 0);
  });

  it('refuses what is no probability', () => {
    expect(() => runLengthFilter(model, { hazard: 1.5 })).toThrow(TasklearnError);
    expect(() => runLengthFilter(model, { hazard: Number.NaN })).toThrow(TasklearnError);
    expect(() => runLengthFilter(model, { hazard: 0.5, longest: 0 })).toThrow(TasklearnError);
  });
});
