import { createRng } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  difference,
  flat,
  regressionEpisodes,
  regressionSpec,
  smallParts,
} from '../__fixtures__/small-regression.js';
import {
  discriminativeRate,
  fixedRate,
  layersFromTop,
  learnedRate,
  slantedTriangular,
} from './inner-rate.js';
import { metaLearner } from './meta-learner.js';
import type { MetaLearnerParts } from './meta-learner-parts.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('engine');

function adapted(parts: Partial<MetaLearnerParts> = {}): Parameters {
  const learner = metaLearner(smallParts(parts));
  return learner.adapt(learner.init(regressionSpec, rng), regressionEpisodes(3).support, rng, regressionSpec);
}

describe('rates', () => {
  it('constant learned rates reproduce fixed ones', () => {
    const learners = [
      fixedRate(0.1),
      ...(['scalar', 'layer', 'parameter', 'layerStep'] as const).flatMap((granularity) => [
        learnedRate({ granularity, initial: 0.1, sign: 'signed' }),
        learnedRate({ granularity, initial: 0.1, sign: 'positive' }),
      ]),
    ].map((rate) => adapted({ rate }));
    for (const phi of learners)
      expect(difference(flat(phi), flat(learners[0] as Parameters))).toBeLessThan(1e-5);
  });

  it('per step go on with the last one after the steps of training', () => {
    const rate = learnedRate({ granularity: 'layerStep', initial: 0.1, sign: 'signed' });
    const leaf = { layer1: { weight: tf.tensor1d([0.1, 0.3]) } };
    const at = (step: number) => {
      const position = {
        spec: regressionSpec,
        step,
        steps: 9,
        path: 'layer1/weight',
        paths: ['layer1/weight'],
      };
      return (rate.at(leaf, position) as Tensor).dataSync()[0];
    };
    expect([at(0), at(1), at(7)].map((x) => x?.toFixed(1))).toEqual(['0.1', '0.3', '0.3']);
  });

  it('fall with depth, over the steps, and unfreeze from the top', () => {
    const paths = ['head/bias', 'layer1/bias', 'layer10/bias', 'layer2/bias'];
    expect(layersFromTop(paths)).toEqual(['head', 'layer10', 'layer2', 'layer1']);
    const base = { rate: 1, decay: 0.5, schedule: 'constant', gradualUnfreezing: false } as const;
    const position = { spec: regressionSpec, step: 0, steps: 4, paths };
    const at = (rate: ReturnType<typeof discriminativeRate>, step = 0) =>
      paths.map((path) => rate.at(undefined, { ...position, step, path }));
    expect(at(discriminativeRate(base))).toEqual([1, 0.125, 0.5, 0.25]);
    const gradual = discriminativeRate({ ...base, decay: 1, gradualUnfreezing: true });
    expect([0, 1, 2, 3].map((step) => at(gradual, step))).toEqual([
      [1, 0, 0, 0],
      [1, 0, 1, 0],
      [1, 0, 1, 1],
      [1, 1, 1, 1],
    ]);
  });

  it('slanted triangular: from 1/32 up to 1 at a tenth, then down', () => {
    const rates = Array.from({ length: 100 }, (_, step) => slantedTriangular(step, 100));
    expect(rates[0]).toBeCloseTo(1 / 32, 6);
    expect(rates[10]).toBeCloseTo(1, 6);
    expect(rates[55]).toBeCloseTo((1 + 31 / 2) / 32, 6);
    expect(rates.indexOf(Math.max(...rates))).toBe(10);
  });

  it('refuse what is no rate', () => {
    for (const make of [
      () => fixedRate(-1),
      () => fixedRate(Number.NaN),
      () => learnedRate({ granularity: 'layer', initial: 0, sign: 'signed' }),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
