import { createRng, type HostTensor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { logJoint } from '../hierarchy/hierarchical-model.js';
import { linearGaussianHierarchy } from '../hierarchy/linear-gaussian.js';
import { twoModeModel } from '../hierarchy/two-mode-model.js';
import { drawChain } from './draw-chain.js';
import { hamiltonianStep, type LogDensity, leapfrog } from './hamiltonian.js';

const number = (x: tf.Tensor) => x.dataSync()[0] as number;
const host = (x: tf.Tensor): HostTensor => ({
  dtype: 'float32',
  shape: x.shape,
  data: x.dataSync().slice() as Float32Array,
});
/** A Gaussian with precisions 1 and 4. */
const gaussian: LogDensity = (phi) => tf.sum(tf.square(phi).mul(tf.tensor1d([1, 4])), -1).mul(-0.5);

describe('leapfrog', () => {
  const start = () => ({ phi: createRng('phi').normal([6, 2]), momentum: createRng('p').normal([6, 2]) });

  it('comes back when momentum is turned round', () => {
    const end = leapfrog(gaussian, start(), { stepSize: 0.1, steps: 12 });
    const back = leapfrog(
      gaussian,
      { phi: end.phi, momentum: tf.neg(end.momentum) },
      { stepSize: 0.1, steps: 12 },
    );
    expect(number(tf.max(tf.abs(back.phi.sub(start().phi))))).toBeLessThan(1e-5);
    expect(number(tf.max(tf.abs(back.momentum.add(start().momentum))))).toBeLessThan(1e-5);
  });

  it('keeps energy to the second order of the step', () => {
    const errorAt = (stepSize: number) => {
      const { energyError } = hamiltonianStep(gaussian, start().phi, createRng('h'), {
        stepSize,
        steps: Math.round(1.2 / stepSize),
        jitter: 0,
      });
      return number(tf.mean(tf.abs(energyError)));
    };
    const ratio = errorAt(0.2) / errorAt(0.1);
    expect(ratio).toBeGreaterThan(3);
    expect(ratio).toBeLessThan(5);
  });

  it('refuses what left the numbers', () => {
    const cliff: LogDensity = (phi) => tf.sum(tf.log(phi), -1); // NaN below 0.
    const { phi, accepted } = hamiltonianStep(cliff, tf.tensor2d([[0.01]]), createRng('cliff'), {
      stepSize: 4,
      steps: 3,
    });
    expect(Number.isFinite(number(phi))).toBe(true);
    expect([0, 1]).toContain(number(accepted));
  });
});

describe('drawChain', () => {
  const executor = compiledExecutor({ threads: 1 });
  const model = linearGaussianHierarchy({ dimension: 2, noise: 0.5 });
  const data = () => {
    const rng = createRng('data');
    return { inputs: rng.normal([1, 3, 2]), targets: rng.normal([1, 3]) };
  };
  const chains = 40;
  const moments = (draws: HostTensor, dimension: number) => {
    const values = tf.tensor(draws.data, [draws.data.length / dimension, dimension]);
    const { mean, variance } = tf.moments(values, 0);
    return { mean: mean.dataSync(), variance: variance.dataSync() };
  };
  const run = (kernel: Parameters<typeof drawChain>[0]['kernel'], burnIn: number, draws: number) =>
    drawChain({
      logDensity: (phi, own: { inputs: tf.Tensor; targets: tf.Tensor }) => logJoint(model, phi, own),
      data: { inputs: host(data().inputs), targets: host(data().targets) },
      start: host(tf.zeros([1, chains, 2])),
      burnIn,
      draws,
      kernel,
      executor,
      rng: createRng('chain'),
    });

  it('has the moments of the exact posterior by Hamiltonian dynamics', async () => {
    const { draws, acceptance } = await run({ kind: 'hamiltonian', stepSize: 0.2, steps: 6 }, 30, 150);
    const { mean, precision } = model.posterior(data());
    const found = moments(draws, 2);
    // (Λ⁻¹)_ii of a 2 x 2 matrix.
    const [a, b, , c] = [...precision.dataSync()] as [number, number, number, number];
    const determinant = a * c - b * b;
    for (const [axis, variance] of [c / determinant, a / determinant].entries()) {
      expect(Math.abs((found.mean[axis] as number) - (mean.dataSync()[axis] as number))).toBeLessThan(
        0.06 * Math.sqrt(variance) + 0.01,
      );
      expect(Math.abs((found.variance[axis] as number) / variance - 1)).toBeLessThan(0.12);
    }
    expect(acceptance).toBeGreaterThan(0.8);
    expect(draws.shape).toEqual([150, 1, chains, 2]);
  });

  it('has nearly the same by Langevin dynamics with small steps', async () => {
    const { draws, acceptance } = await run({ kind: 'langevin', stepSize: 0.02 }, 300, 400);
    const { mean } = model.posterior(data());
    const found = moments(draws, 2);
    for (const axis of [0, 1])
      expect(Math.abs((found.mean[axis] as number) - (mean.dataSync()[axis] as number))).toBeLessThan(0.08);
    expect(acceptance).toBe(1);
  });

  it('visits both modes', async () => {
    const two = twoModeModel();
    const { draws } = await drawChain({
      logDensity: (phi, own: { inputs: tf.Tensor; targets: tf.Tensor }) => logJoint(two, phi, own),
      data: { inputs: host(tf.zeros([1, 1, 1])), targets: host(tf.tensor2d([[0.8]])) },
      start: host(createRng('starts').normal([1, 60, 1])),
      burnIn: 60,
      draws: 10,
      thin: 2,
      kernel: { kind: 'hamiltonian', stepSize: 0.03, steps: 12 },
      executor,
      rng: createRng('modes'),
    });
    const values = Array.from(draws.data);
    const share = values.filter((value) => value > 0).length / values.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.75);
    const near = values.filter((value) => Math.abs(Math.abs(value) - Math.sqrt(0.8)) < 0.25).length;
    expect(near / values.length).toBeGreaterThan(0.95);
  });

  it('refuses counts out of range', async () => {
    await expect(run({ kind: 'langevin', stepSize: 0.02 }, -1, 3)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    await expect(run({ kind: 'langevin', stepSize: 0.02 }, 1, 0)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});
