import { createRng } from '@tasklearn/core';
import { gradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { medianDistance, radialKernel, squaredDistances, steinDirection } from './kernel.js';

const expectClose = (a: tf.Tensor, b: tf.Tensor, tolerance = 1e-4) =>
  expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(tolerance);

describe('the kernel of particles', () => {
  it('has distances and a median that fit on paper', () => {
    // Particles 0, 1, 3, 7: squared distances 1, 9, 49, 4, 36, 16; lower median 9.
    const particles = tf.tensor3d([[[0], [1], [3], [7]]]);
    const distances = squaredDistances(particles);
    expectClose(tf.slice(distances, [0, 0, 0], [1, 1, 4]), tf.tensor3d([[[0, 1, 9, 49]]]));
    expect(medianDistance(distances).dataSync()[0]).toBeCloseTo(9, 4);
    const { bandwidth } = radialKernel(particles);
    expect(bandwidth.dataSync()[0]).toBeCloseTo(9 / Math.log(5), 4);
  });

  it('survives equal particles', () => {
    const direction = steinDirection(tf.ones([2, 3, 2]), tf.ones([2, 3, 2]));
    expectClose(direction, tf.ones([2, 3, 2]));
  });
});

describe('the Stein direction', () => {
  it('is the sum of its definition, with the derivative of the kernel taken automatically', () =>
    tf.tidy(() => {
      const rng = createRng('stein');
      const particles = rng.normal([1, 4, 3]);
      const scores = rng.normal([1, 4, 3]);
      const width = radialKernel(particles).bandwidth.dataSync()[0] as number;
      const at = (x: tf.Tensor, index: number) => tf.slice(x, [0, index, 0], [1, 1, 3]).reshape([3]);
      const kernel = (a: tf.Tensor, b: tf.Tensor) =>
        tf.exp(tf.sum(tf.square(a.sub(b))).div(-width)).asScalar();
      const expected = [0, 1, 2, 3].map((m) => {
        const parts = [0, 1, 2, 3].map((j) => {
          const slope = gradients((a: tf.Tensor) => kernel(a, at(particles, m)), at(particles, j));
          return kernel(at(particles, j), at(particles, m)).mul(at(scores, j)).add(slope);
        });
        return tf.addN(parts).div(4);
      });
      expectClose(steinDirection(particles, scores), tf.stack(expected).expandDims(0), 1e-5);
    }));

  it('is plain ascent with one particle', () => {
    const scores = createRng('one').normal([3, 1, 5]);
    expectClose(steinDirection(createRng('x').normal([3, 1, 5]), scores), scores, 1e-6);
  });

  it('does not depend on the order of the particles', () => {
    const [particles, scores] = [createRng('p').normal([2, 5, 3]), createRng('s').normal([2, 5, 3])];
    const turned = steinDirection(tf.reverse(particles, 1), tf.reverse(scores, 1));
    expectClose(tf.reverse(turned, 1), steinDirection(particles, scores), 1e-5);
  });

  it('finds mean and spread of a Gaussian, from one side', () => {
    let particles: tf.Tensor = createRng('start').normal([1, 10, 1]).mul(0.1);
    for (let step = 0; step < 150; step += 1) {
      const next = tf.tidy(() =>
        particles.add(steinDirection(particles, tf.sub(2, particles).mul(4)).mul(0.05)),
      );
      particles.dispose();
      particles = next;
    }
    // N(2, 1/4): SVGD with ten particles has the mean, and most of the spread.
    const { mean, variance } = tf.moments(particles);
    expect(mean.dataSync()[0]).toBeCloseTo(2, 1);
    expect(Math.sqrt(variance.dataSync()[0] as number)).toBeGreaterThan(0.3);
    expect(Math.sqrt(variance.dataSync()[0] as number)).toBeLessThan(0.6);
  });

  it('covers both modes of y = φ² + noise from ten particles near 0', () => {
    const rng = createRng('two modes');
    const size = [0.6, 1.2];
    const y = tf.tensor3d(size.map((phi) => [[phi ** 2]]));
    let particles: tf.Tensor = rng.normal([2, 10, 1]).mul(0.1);
    for (let step = 0; step < 150; step += 1) {
      const next = tf.tidy(() => {
        // ∇ log p = −φ + 2φ (y − φ²) / 0.01.
        const scores = y.sub(tf.square(particles)).mul(particles).mul(200).sub(particles);
        return particles.add(steinDirection(particles, scores).mul(0.004));
      });
      particles.dispose();
      particles = next;
    }
    const found = particles.arraySync() as number[][][];
    for (const [task, phi] of size.entries()) {
      const values = (found[task] as number[][]).map(([value]) => value as number);
      expect(values.some((value) => Math.abs(value - phi) < 0.3)).toBe(true);
      expect(values.some((value) => Math.abs(value + phi) < 0.3)).toBe(true);
    }
  });
});
