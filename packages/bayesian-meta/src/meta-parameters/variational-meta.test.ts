import {
  createRng,
  type EpisodeSpec,
  type EpisodicLearner,
  pathsOf,
  type Rng,
  type Tree,
} from '@tasklearn/core';
import { gradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createMamlEnsemble, createMetaRegularisedMaml } from '../create-gradient-learners.js';
import { metaDivergence, type VariationalTheta, variationalMeta } from './variational-meta.js';

const spec: EpisodeSpec = {
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 4,
  querySize: 3,
};
const base = () => createMamlEnsemble({ network: { hidden: [3] }, innerLearningRate: 0.1, particles: 1 });
const wrap = (options: Partial<Parameters<typeof variationalMeta>[1]> = {}) =>
  variationalMeta(base(), {
    select: () => true,
    divergenceWeight: 0,
    logDeviation: -3,
    testSamples: 0,
    ...options,
  });
const silent = (): Rng => {
  const rng: Rng = { ...createRng(0), split: () => rng, normal: (shape) => tf.zeros([...shape]) };
  return rng;
};
const episodes = () => {
  const rng = createRng('episodes');
  const set = (items: number) => ({ inputs: rng.normal([2, items, 2]), targets: rng.normal([2, items, 1]) });
  return { support: { labelled: set(4) }, query: set(3) };
};
const number = (x: tf.Tensor) => x.dataSync()[0] as number;

describe('variationalMeta', () => {
  it('without noise and divergence is the learner itself', () => {
    const learner = wrap();
    const theta = learner.init(spec, createRng(1));
    const own = base().init(spec, createRng(1));
    const [a, b] = [
      learner.metaLoss?.(theta, episodes(), silent(), spec).loss,
      base().metaLoss?.(own, episodes(), silent(), spec).loss,
    ] as [tf.Scalar, tf.Scalar];
    expect(number(a)).toBeCloseTo(number(b), 5);
    const [p, q] = [
      [learner, theta],
      [base(), own],
    ].map(([which, at]) => {
      const l = which as EpisodicLearner;
      const phi = l.adapt(at as Tree<tf.Tensor>, episodes().support, createRng(2), spec);
      return l.predict(at as Tree<tf.Tensor>, phi, episodes().query.inputs, createRng(3), spec).mean();
    }) as [tf.Tensor, tf.Tensor];
    expect(number(tf.max(tf.abs(p.sub(q))))).toBeLessThan(1e-6);
  });

  it('adds β KL(q ‖ N(0, I)), whose derivative is μ for means and σ² − 1 for log σ', () => {
    const theta = wrap({ logDeviation: -1 }).init(spec, createRng(4)) as unknown as VariationalTheta &
      Tree<tf.Tensor>;
    const loss = (weight: number) =>
      number(
        wrap({ divergenceWeight: weight }).metaLoss?.(theta, episodes(), silent(), spec).loss as tf.Scalar,
      );
    const divergence = number(metaDivergence(theta, () => true));
    expect(loss(0.5) - loss(0)).toBeCloseTo(0.5 * divergence, 2);
    const slope = gradients(
      ((at: VariationalTheta) => metaDivergence(at, () => true)) as never,
      theta as never,
    ) as unknown as VariationalTheta;
    const weight = (tree: VariationalTheta) =>
      (tree.mean as never as Record<string, Record<string, Record<string, tf.Tensor>>>).members?.layer1
        ?.weight as tf.Tensor;
    expect(number(tf.max(tf.abs(weight(slope).sub(weight(theta)))))).toBeLessThan(1e-5);
    for (const leaf of slope.logDeviation)
      expect(number(tf.max(tf.abs(leaf.sub(Math.exp(-2) - 1))))).toBeLessThan(1e-5);
  });

  it('lets the divergence alone lead to N(0, I)', () => {
    let theta = { mean: { a: tf.tensor1d([2, -1]) }, logDeviation: [tf.fill([2], -2)] } as VariationalTheta;
    for (let step = 0; step < 80; step++) {
      const slope = gradients(
        ((at: VariationalTheta) => metaDivergence(at, () => true)) as never,
        theta as never,
      ) as unknown as VariationalTheta;
      const mean = (tree: VariationalTheta) => (tree.mean as { a: tf.Tensor }).a;
      theta = {
        mean: { a: mean(theta).sub(mean(slope).mul(0.2)) },
        logDeviation: [
          (theta.logDeviation[0] as tf.Tensor).sub((slope.logDeviation[0] as tf.Tensor).mul(0.2)),
        ],
      };
    }
    expect(number(metaDivergence(theta, () => true))).toBeLessThan(1e-4);
  });

  it('gives a distribution to the selected leaves alone', () => {
    const select = (path: string) => path.endsWith('layer1/weight');
    const theta = wrap({ select }).init(spec, createRng(5)) as unknown as VariationalTheta;
    expect(theta.logDeviation.map(({ shape }) => shape)).toEqual([[1, 2, 3]]);
    expect(pathsOf(theta.mean as Tree<unknown>).filter(select).length).toBe(1);
    expect(() => wrap({ select: () => false }).init(spec, createRng(6))).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('predicts with the weights that it adapted, a mixture over samples', () => {
    const learner = createMetaRegularisedMaml({ network: { hidden: [3] }, testSamples: 4, logDeviation: -1 });
    const theta = learner.init(spec, createRng(7));
    const phi = learner.adapt(theta, episodes().support, createRng(8), spec);
    const prediction = learner.predict(theta, phi, episodes().query.inputs, createRng(9), spec);
    expect(prediction.family).toBe('mixture');
    const again = learner.predict(theta, phi, episodes().query.inputs, createRng(10), spec);
    expect(number(tf.max(tf.abs(prediction.mean().sub(again.mean()))))).toBe(0); // Nothing is drawn when predicting.
  });

  it('refuses a learner that has no meta-loss', () => {
    const { metaLoss: _, ...without } = base();
    expect(() =>
      variationalMeta(without, { select: () => true, divergenceWeight: 0, logDeviation: 0, testSamples: 0 }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_PLUGIN' }));
  });
});
