import { createRng, fillNormal } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import type { Density } from './density.js';
import { gaussianMixtureDensity } from './gaussian-mixture-density.js';
import { histogramDensity } from './histogram-density.js';
import { nearestNeighbourDensity } from './nearest-neighbour-density.js';

const kinds: Readonly<Record<string, () => Density>> = {
  histogram: () => histogramDensity({ minimum: [-3, -3], maximum: [3, 3], bins: 12 }),
  'gaussian mixture': () => gaussianMixtureDensity({ size: 2, components: 4, rng: createRng(1) }),
  'nearest neighbour': () => nearestNeighbourDensity({ size: 2, neighbours: 6, capacity: 800 }),
};
const normal = fillNormal(createRng(2), new Float32Array(1600)); // 800 points of N(0, I) in the plane

describe.each(Object.entries(kinds))('%s density', (_, create) => {
  it('estimates a normal density', () => {
    const density = create().fit(normal);
    const centre = density.logDensity(Float32Array.of(0.25, 0.25))[0] as number;
    expect(Math.abs(centre - (-Math.log(2 * Math.PI) - 0.0625))).toBeLessThan(0.5);
    const out = density.logDensity(Float32Array.of(2.2, 2.2))[0] as number;
    expect(out).toBeLessThan(centre - 2);
  });

  it('counts weights as copies', () => {
    const points = normal.slice(0, 40);
    const weights = Float64Array.from({ length: 20 }, (_, index) => (index < 10 ? 1 : 0));
    const weighted = create().fit(points, weights);
    const half = create().fit(points.slice(0, 20));
    const [a, b] = [weighted, half].map((density) => density.logDensity(points.slice(0, 20)));
    const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean(a as Float64Array) - mean(b as Float64Array))).toBeLessThan(1.2);
    expect(mean(a as Float64Array)).toBeGreaterThan(mean(weighted.logDensity(points.slice(20, 40))) - 1e-9);
  });

  it('is the same after save and restore, and fits the same again', () => {
    const density = create().fit(normal);
    const again = create().restore(density.save());
    const queries = normal.slice(0, 60);
    const [a, b] = [density.logDensity(queries), again.logDensity(queries)];
    for (const [index, log] of a.entries()) expect(b[index]).toBeCloseTo(log, 5);
    expect(again.fit(queries).logDensity(queries)).toEqual(density.fit(queries).logDensity(queries));
  });

  it('is finite far away, and refuses points of another size', () => {
    expect(Number.isFinite(create().fit(normal).logDensity(Float32Array.of(100, -100))[0])).toBe(true);
    expect(() => create().fit(new Float32Array(3))).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
    expect(() => create().fit(normal, [1])).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('histogramDensity', () => {
  it('is share over volume, by hand, and has mass 1', () => {
    const density = histogramDensity({ minimum: [0], maximum: [4], bins: 4, smoothing: 1e-12 });
    const fitted = density.fit(Float32Array.of(0.5, 0.6, 0.7, 3.5, 9));
    expect(Math.exp(fitted.logDensity(Float32Array.of(0.1))[0] as number)).toBeCloseTo(0.6, 9);
    expect(Math.exp(fitted.logDensity(Float32Array.of(3.1))[0] as number)).toBeCloseTo(0.4, 9);
  });

  it('refuses limits the wrong way round', () => {
    expect(() => histogramDensity({ minimum: [1], maximum: [0], bins: 2 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('nearestNeighbourDensity', () => {
  it('is mass over the volume of a ball, by hand on a line', () => {
    const density = nearestNeighbourDensity({ size: 1, neighbours: 2, minimumDistance: 1e-9 });
    const fitted = density.fit(Float32Array.of(0, 1, 2, 10)); // Second nearest of 0.4 is 1, at 0.6.
    expect(Math.exp(fitted.logDensity(Float32Array.of(0.4))[0] as number)).toBeCloseTo(0.5 / (2 * 0.6), 5);
  });
});
