import { createRng, fillNormal, fillUniform, type HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { demandClose, demandFinite, demandIdentical, differs } from './compare.js';
import { quietRng } from './quiet-rng.js';

const float = (...data: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
});
const failed = expect.objectContaining({ code: '@tasklearn/conformance:FAILED' });

describe('comparisons', () => {
  it('tell bits apart', () => {
    demandIdentical('x', { a: float(1, Number.NaN) }, { a: float(1, Number.NaN) });
    expect(() => demandIdentical('x', { a: float(0) }, { a: float(-0) })).toThrow(failed);
    expect(() => demandIdentical('x', { a: float(1, 2) }, { a: float(1, 2.5) })).toThrow(
      /element 1: 2 and 2.5/,
    );
  });

  it('measure by the largest value, and by 1 at least', () => {
    demandClose('x', float(1000, 0), float(1000, 0.5), 1e-3);
    expect(() => demandClose('x', float(1, 0), float(1, 0.5), 1e-3)).toThrow(failed);
    expect(() => demandClose('x', float(0.001), float(0.003), 1e-3)).toThrow(failed);
    for (const pair of [
      [float(Number.NaN, 0), float(0, 0)],
      [float(0), float(Number.POSITIVE_INFINITY)],
    ] as const) {
      expect(() => demandClose('x', ...pair, 1e-3)).toThrow(failed);
    }
  });

  it('refuse trees of different form', () => {
    const others = [
      { b: float(1) },
      { a: float(1, 2) },
      { a: { ...float(1), dtype: 'int32' } as HostTensor },
      {},
    ];
    for (const other of others) {
      expect(() => demandIdentical('x', { a: float(1) }, other)).toThrow(failed);
      expect(() => demandClose('x', { a: float(1) }, other, 1)).toThrow(failed);
    }
  });

  it('see any difference, and any value that is not finite', () => {
    expect([
      differs(float(1), float(1)),
      differs({ a: float(1), b: float(1, 2) }, { a: float(1), b: float(1, 3) }),
    ]).toEqual([false, true]);
    demandFinite('x', float(1));
    expect(() => demandFinite('x', { a: float(1), b: float(Number.NaN) })).toThrow(/'b'/);
  });
});

describe('quietRng', () => {
  it('has no surprise, eagerly and where a host fills the inputs of a compiled function', () => {
    const rng = quietRng().split('a').split(1);
    expect([rng.next(), rng.integer(7), rng.gaussian(), [...rng.permutation(3)]]).toEqual([
      0.5,
      3,
      0,
      [0, 1, 2],
    ]);
    const [normal, uniform] = [rng.normal([2]), rng.uniform([2])];
    expect([...normal.dataSync(), ...uniform.dataSync()]).toEqual([0, 0, 0.5, 0.5]);
    expect([...fillNormal(rng, new Float32Array(2)), ...fillUniform(rng, new Float32Array(2))]).toEqual([
      0, 0, 0.5, 0.5,
    ]);
    tf.dispose([normal, uniform]);
    expect(createRng(0).next()).not.toBe(0.5);
  });
});
