import { createRng, eagerExecutor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { bitsProposer, categoricalProposer } from '../proposers/proposers.js';
import { skillDiscriminator } from './skill-discriminator.js';

const shared = { inputSize: 2, hidden: [16], learningRate: 0.01 };
const kinds = [
  ['categorical', categoricalProposer(4)],
  ['bits', bitsProposer(2)],
] as const;

describe.each(kinds)('skillDiscriminator of %s codes', (code, proposer) => {
  const rng = createRng(code);
  const open = (executor = eagerExecutor()) =>
    skillDiscriminator({ ...shared, codeSize: proposer.size, code, executor, rng: createRng(0) });
  /** Four corners, one for each skill. */
  const rows = Array.from({ length: 64 }, (_, row) => row % 4);
  const states = Float32Array.from(
    rows.flatMap((z) => [
      (z % 2 === 0 ? -1 : 1) + 0.2 * rng.gaussian(),
      (z < 2 ? -1 : 1) + 0.2 * rng.gaussian(),
    ]),
  );
  const codes = Float32Array.from(rows.flatMap((z) => [...proposer.at(z)]));

  it('learns to tell skills apart, and gives log q from before each step', async () => {
    const discriminator = await open();
    const first = await discriminator.measure(states, codes);
    const learnt = await discriminator.learn(states, codes);
    expect(learnt.logProbability).toEqual(first.logProbability);
    for (let step = 0; step < 60; step += 1) await discriminator.learn(states, codes);
    const last = await discriminator.measure(states, codes);
    expect(first.accuracy).toBeLessThan(0.8);
    expect(last.accuracy).toBe(1);
    expect(last.loss).toBeLessThan(0.5);
    expect(last.loss).toBeCloseTo(-last.logProbability.reduce((sum, x) => sum + x, 0) / 64, 5);
    discriminator.dispose();
    discriminator.dispose();
  });

  it('is a distribution over codes', async () => {
    const discriminator = await open();
    const where = Float32Array.of(0.3, -0.7);
    let total = 0;
    for (let z = 0; z < proposer.count; z += 1)
      total += Math.exp((await discriminator.measure(where, proposer.at(z))).logProbability[0] as number);
    expect(total).toBeCloseTo(1, 5);
    discriminator.dispose();
  });

  it('learns the same eagerly and compiled, from a saved state, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const [eager, compiled] = [await open(), await open(compiledExecutor({ threads: 1 }))];
    for (let step = 0; step < 3; step += 1) {
      const a = await eager.learn(states, codes);
      const b = await compiled.learn(states, codes);
      expect(b.loss).toBeCloseTo(a.loss, 4);
    }
    const again = await open();
    again.restore(eager.save());
    expect(await again.learn(states, codes)).toEqual(await eager.learn(states, codes));
    for (const discriminator of [eager, compiled, again]) discriminator.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
