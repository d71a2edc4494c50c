import { createRng, toHost } from '@tasklearn/core';
import { compile } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../__fixtures__/use-backend.js';
import { gradients } from '../gradients/value-and-gradients.js';
import { batchNormalize } from './batch-normalize.js';
import { channelAffine } from './channels.js';

interface Input {
  readonly [name: string]: tf.Tensor;
}

/** Two layers that share γ and β, and an affine map with constants, so that the engine has buffers to confuse. */
function network({ x, gain, bias }: Input): tf.Tensor {
  const parameters = { gain: gain as tf.Tensor, bias: bias as tf.Tensor };
  const first = tf.tanh(batchNormalize(x as tf.Tensor, parameters, 0.01));
  const shifted = channelAffine(first, tf.ones([2]), tf.zeros([2]));
  return batchNormalize(tf.mul(shifted, first), parameters, 0.01);
}

function derivatives(input: Input): Input {
  const loss = (at: Input) => tf.sum(tf.mul(network(at), network(at).square())) as tf.Scalar;
  const slope = gradients(loss, input);
  return {
    value: network(input),
    dx: slope.x as tf.Tensor,
    dGain: slope.gain as tf.Tensor,
    dBias: slope.bias as tf.Tensor,
  };
}

describe('batch normalisation, recorded', () => {
  beforeAll(() => useBackend('cpu'));

  const input = (seed: number): Input => {
    const rng = createRng(seed);
    return { x: rng.normal([3, 2, 2, 3, 2]), gain: rng.normal([2]), bias: rng.normal([2]) };
  };

  it('is one node per layer, for the value and all derivatives', () => {
    const compiled = compile(derivatives);
    const operands = input(1);
    const { graph } = compiled.graph(operands);
    const training = graph.nodes.filter((node) => node.attributes.training_mode?.value === 1);
    expect(training.length).toBe(2);
    compiled.dispose();
    tf.dispose(Object.values(operands));
  });

  it.each([false, true])(
    'equals eager on every run, also after one that is not finite (simplified: %s)',
    async (simplify) => {
      const compiled = compile(derivatives, { simplify, fallback: 'error' });
      for (const seed of [1, 2, 3]) {
        const operands = input(seed);
        const expected = await toHost(tf.tidy(() => derivatives(operands) as { [name: string]: tf.Tensor }));
        const actual = await compiled.run(operands);
        for (const [name, { data }] of Object.entries(actual)) {
          const reference = expected[name]?.data as Float32Array;
          const size = Math.max(...reference.map(Math.abs));
          const apart = Math.max(
            ...(data as Float32Array).map((value, at) => Math.abs(value - (reference[at] as number))),
          );
          expect(apart / size, `${name} of run ${seed}`).toBeLessThan(1e-4);
        }
        const broken = tf.fill((operands.x as tf.Tensor).shape, Number.NaN);
        const nothing = await compiled.run({ ...operands, x: broken });
        expect((nothing.value as { data: Float32Array }).data.every(Number.isNaN)).toBe(true);
        tf.dispose([broken, ...Object.values(operands)]);
      }
      compiled.dispose();
    },
  );
});
