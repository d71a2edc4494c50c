import { createRng, type Rng, type Tree } from '@tasklearn/core';
import { checkGradients } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scanning } from '../engine/scan.js';
import type { Memory } from '../engine/sequence-core.js';
import { nextTrace, type PlasticOptions, plasticCore, type TraceRule } from './plastic.js';

beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const values = (tensor: unknown) => [...(tensor as Tensor).dataSync()];
const expectClose = (found: Tensor | undefined, expected: readonly number[], digits = 5) => {
  for (const [at, value] of values(found).entries())
    expect(value).toBeCloseTo(expected[at] as number, digits);
};

/** One connection matrix: T = R = 1. */
function traceStep(
  rule: TraceRule,
  trace: number[],
  eligibility: number[],
  signals: { before: number[]; after: number[]; rate?: number; modulation?: number[]; clip?: number },
) {
  const n = signals.before.length;
  const { rate = 0.5, modulation = [1], clip = 1 } = signals;
  return nextTrace(
    rule,
    { trace: tf.tensor(trace, [1, 1, n, n]), eligibility: tf.tensor(eligibility, [1, 1, n, n]) },
    {
      before: tf.tensor(signals.before, [1, 1, n]),
      after: tf.tensor(signals.after, [1, 1, n]),
      rate: tf.scalar(rate),
      modulation: tf.tensor(modulation, [1, 1, modulation.length]),
      clip,
    },
  );
}

describe('nextTrace', () => {
  const [trace, none] = [
    [0.2, 0.4, -0.6, 0.8],
    [0, 0, 0, 0],
  ];
  const signals = { before: [1, -0.5], after: [0.5, 0.2] };
  // x_i(t − 1) x_j(t): rows i, columns j.
  const outer = [0.5, 0.2, -0.25, -0.1];

  it('hebb: (1 − η) H + η x_i x_j', () => {
    const expected = trace.map((h, at) => 0.5 * h + 0.5 * (outer[at] as number));
    expectClose(traceStep('hebb', trace, none, signals).trace, expected);
  });

  it('oja: H + η x_j (x_i − x_j H)', () => {
    const [y, x] = [
      [0.5, 0.2, 0.5, 0.2],
      [1, 1, -0.5, -0.5],
    ];
    const expected = trace.map(
      (h, at) => h + 0.5 * (y[at] as number) * ((x[at] as number) - (y[at] as number) * h),
    );
    expectClose(traceStep('oja', trace, none, signals).trace, expected);
  });

  it('modulated: clip(H + M x_i x_j), without decay; nothing at M = 0', () => {
    const expected = trace.map((h, at) => Math.max(-0.7, Math.min(0.7, h + 0.3 * (outer[at] as number))));
    expectClose(
      traceStep('modulated', trace, none, { ...signals, modulation: [0.3], clip: 0.7 }).trace,
      expected,
    );
    expectClose(traceStep('modulated', trace, none, { ...signals, modulation: [0] }).trace, trace);
  });

  it('a modulator with a strength of its own for each neuron changes the columns apart', () => {
    const expected = [0.2 + 2 * 0.5, 0.4, -0.6 - 2 * 0.25, 0.8];
    expectClose(
      traceStep('modulated', trace, none, { ...signals, modulation: [2, 0], clip: 9 }).trace,
      expected,
    );
  });

  it('retroactive: applies M E first, then renews E', () => {
    const eligibility = [0.1, -0.2, 0.3, 0.4];
    const next = traceStep('retroactive', trace, eligibility, { ...signals, modulation: [-0.5], clip: 5 });
    expectClose(
      next.trace,
      trace.map((h, at) => h - 0.5 * (eligibility[at] as number)),
    );
    expectClose(
      next.eligibility,
      eligibility.map((e, at) => 0.5 * e + 0.5 * (outer[at] as number)),
    );
  });

  it('retroactive with η = 1 is modulated by the outer product of the step before', () => {
    const first = traceStep('retroactive', none, none, { ...signals, rate: 1 });
    const second = traceStep('retroactive', values(first.trace), values(first.eligibility), {
      before: [9, 9],
      after: [9, 9],
      rate: 1,
      modulation: [0.4],
    });
    expectClose(
      second.trace,
      values(traceStep('modulated', none, none, { ...signals, modulation: [0.4] }).trace),
    );
  });

  it('an eligibility fades as (1 − η)^n', () => {
    let eligibility = [1, 1, 1, 1];
    for (let step = 0; step < 7; step++)
      eligibility = values(
        traceStep('retroactive', none, eligibility, {
          before: [0, 0],
          after: [0, 0],
          rate: 0.2,
          modulation: [0],
        }).eligibility,
      );
    expectClose(tf.tensor(eligibility), new Array(4).fill(0.8 ** 7));
  });

  it('has no gradient where it is clipped', () => {
    const gradient = tf.grad((modulation) => {
      const signal = (x: number[]) => tf.tensor(x, [1, 1, 2]);
      const state = { trace: tf.tensor(trace, [1, 1, 2, 2]), eligibility: tf.zeros([1, 1, 2, 2]) };
      const given = { before: signal([1, 1]), after: signal([1, 0]), rate: tf.scalar(1), clip: 1 };
      return nextTrace('modulated', state, {
        ...given,
        modulation: modulation.reshape([1, 1, 1]),
      }).trace.sum();
    })(tf.scalar(1));
    // Column 0 becomes 1.2 and 0.4: only the second is inside. Column 1 has x_j = 0.
    expect(values(gradient)).toEqual([1]);
  });
});

describe('the classical rules that these are', () => {
  /** 300 points with deviation 1.5 along (0.8, 0.6) and 0.3 across. */
  const points = (rng: Rng) =>
    Array.from({ length: 300 }, () => {
      const [along, across] = [1.5 * rng.gaussian(), 0.3 * rng.gaussian()];
      return [0.8 * along - 0.6 * across, 0.6 * along + 0.8 * across] as const;
    });

  it('Oja: a linear unit finds the first principal component, at length 1', () => {
    let trace = [0.1, 0, 0.1, 0]; // From two inputs to unit 0; unit 1 stays silent.
    for (const [a, b] of points(createRng(3))) {
      const y = a * (trace[0] as number) + b * (trace[2] as number);
      trace = values(
        traceStep('oja', trace, [0, 0, 0, 0], { before: [a, b], after: [y, 0], rate: 0.02 }).trace,
      );
    }
    const [a, , b] = trace as [number, number, number];
    expect(Math.hypot(a, b)).toBeGreaterThan(0.93);
    expect(Math.hypot(a, b)).toBeLessThan(1.07);
    expect(Math.abs(0.8 * a + 0.6 * b) / Math.hypot(a, b)).toBeGreaterThan(0.99);
  });

  it('pure Hebb grows without bound on the same points, unless it is clipped', () => {
    let [free, clipped] = [
      [0.1, 0, 0.1, 0],
      [0.1, 0, 0.1, 0],
    ];
    for (const [a, b] of points(createRng(3))) {
      const next = (trace: number[], clip: number) => {
        const y = a * (trace[0] as number) + b * (trace[2] as number);
        const signals = { before: [a, b], after: [y, 0], modulation: [0.02], clip };
        return values(traceStep('modulated', trace, [0, 0, 0, 0], signals).trace);
      };
      free = next(free, 1e30);
      clipped = next(clipped, 1);
    }
    expect(Math.hypot(free[0] as number, free[2] as number)).toBeGreaterThan(100);
    expect(Math.max(...clipped.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it('Hopfield: Hebbian traces recall patterns from a fifth of wrong bits, few patterns well, many not', () => {
    const [n, rng] = [100, createRng(5)];
    const overlap = (patterns: number) => {
      const all = Array.from({ length: patterns }, () =>
        Float32Array.from({ length: n }, () => 2 * rng.integer(2) - 1),
      );
      let state = { trace: tf.zeros([1, 1, n, n]), eligibility: tf.zeros([1, 1, 1, 1]) };
      for (const pattern of all) {
        const x = tf.tensor(pattern, [1, 1, n]);
        const signals = {
          before: x,
          after: x,
          rate: tf.scalar(0),
          modulation: tf.fill([1, 1, 1], 1 / n),
          clip: 9,
        };
        state = { ...state, ...(nextTrace('modulated', state, signals) as typeof state) };
      }
      const weights = state.trace.reshape([n, n]).mul(tf.sub(1, tf.eye(n))); // No neuron drives itself.
      const overlaps = all.slice(0, 5).map((pattern) => {
        const noisy = pattern.slice();
        for (const bit of rng.permutation(n).subarray(0, n / 5)) noisy[bit]! *= -1;
        let s: Tensor = tf.tensor2d(noisy, [1, n]);
        for (let step = 0; step < 8; step++) s = tf.sign(tf.matMul(s as tf.Tensor2D, weights as tf.Tensor2D));
        return values(s).reduce((sum, value, bit) => sum + value * (pattern[bit] as number), 0) / n;
      });
      return overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
    };
    expect(overlap(5)).toBeGreaterThan(0.98);
    expect(overlap(30)).toBeLessThan(0.6);
  });
});

const options: PlasticOptions = {
  size: 4,
  inputs: 'weighted',
  rule: 'oja',
  plasticity: 'perWeight',
  clip: 1,
  fanOut: false,
};
const sizes = { itemSize: 3, supportSize: 10 };
const items = () => createRng(7).normal([2, 10, 3]);
type Own = { readonly [name: string]: Tree<Tensor> };

describe('plasticCore', () => {
  it('completes a half pattern by one outer product, within two steps', () => {
    const core = plasticCore('plastic', { ...options, size: 6, inputs: 'clamped', rule: 'hebb' });
    const initial = core.init({ itemSize: 6, supportSize: 3 }, createRng(0)) as Own;
    const own = {
      ...initial,
      weight: tf.zeros([6, 6]),
      plasticity: tf.ones([6, 6]),
      rate: tf.scalar(0.5),
    } as Tree<Tensor>;
    const pattern = [1, -1, 1, 1, -1, -1];
    const feed = (state: Memory, bits: number[]) => core.step(own, state, tf.tensor(bits, [1, 1, 6]));
    let state = core.start(own, 1);
    for (let step = 0; step < 3; step++) state = feed(state, pattern).state;
    state = { ...state, neurons: tf.zeros([1, 1, 6]) };
    const half = [1, -1, 1, 0, 0, 0];
    state = feed(state, half).state;
    expect(values(feed(state, half).output).map(Math.sign)).toEqual(pattern);
  });

  it('is a plain recurrent network with α = 0 or η = 0, and before anything is learnt', () => {
    const core = plasticCore('plastic', options);
    const plain = scanning(plasticCore('plain', { ...options, plasticity: 'zero' }));
    const own = core.init(sizes, createRng(2)) as Own;
    const big = { ...own, weight: createRng(4).normal([4, 4]).mul(0.5) } as Own;
    const last = (parameters: Own, of = scanning(core)) =>
      values(of.observe(parameters as Tree<Tensor>, items(), undefined).neurons);
    const expected = last({ ...big, plasticity: tf.scalar(0) }, plain);
    expect(last({ ...big, plasticity: tf.zeros([4, 4]) })).toEqual(expected);
    expect(last({ ...big, plasticity: tf.ones([4, 4]), rate: tf.scalar(0) })).toEqual(expected);
    expect(last({ ...big, plasticity: tf.ones([4, 4]) })).not.toEqual(expected);
    expect(values(core.start(own as Tree<Tensor>, 2).trace).every((value) => value === 0)).toBe(true);
  });

  it('keeps lifetimes apart', () => {
    const core = scanning(plasticCore('plastic', { ...options, rule: 'retroactive' }));
    const own = core.init(sizes, createRng(2));
    const both = items();
    const alone = tf.slice(both, [1, 0, 0], [1, 10, 3]);
    const trace = values(core.observe(own, both, undefined).trace).slice(16);
    expectClose(core.observe(own, alone, undefined).trace as Tensor, trace, 6);
  });

  for (const rule of ['hebb', 'oja', 'modulated', 'retroactive'] as const)
    it(`${rule}: gradients of w, α and η through ten steps agree with differences, second order too`, () => {
      const core = scanning(plasticCore('plastic', { ...options, rule, clip: 50, fanOut: true }));
      const initial = core.init(sizes, createRng(2)) as Own;
      const grown = { ...initial, plasticity: createRng(8).normal([4, 4]).mul(0.3), rate: tf.scalar(0.1) };
      const given = items();
      const query = createRng(9).normal([2, 1, 3]);
      const check = checkGradients(
        (own) => core.answer(own, core.observe(own, given, undefined), query),
        grown as unknown as { [name: string]: Tensor },
        { directions: 1 },
      );
      expect(check).toMatchObject({ passed: true });
      expect(check.secondOrder).toBeGreaterThan(0);
    });

  it('refuses clamped items with more numbers than neurons, and a clip of 0', () => {
    const core = plasticCore('plastic', { ...options, inputs: 'clamped' });
    const own = core.init({ itemSize: 5, supportSize: 1 }, createRng(0));
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(() => core.step(own, core.start(own, 1), tf.zeros([1, 1, 5]))).toThrow(invalid);
    expect(() => plasticCore('plastic', { ...options, clip: 0 })).toThrow(invalid);
  });
});
