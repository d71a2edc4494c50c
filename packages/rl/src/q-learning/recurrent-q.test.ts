import { createRng, flattenTree, leavesOf, type Tree, unflattenTree } from '@tasklearn/core';
import { adam, type Parameters, valueAndGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { gradientOfTasks } from '../off-policy/gradient-of-tasks.js';
import { hostedTree } from '../off-policy/gradient-stepper.js';
import { parameterSpec } from '../off-policy/parameter-spec.js';
import { nextValue } from './dqn.js';
import { recurrentDqnLoss, recurrentQFunction, type SequenceBatch } from './recurrent-q.js';

const network = recurrentQFunction({ inputSize: 3, actions: 2, size: 4, encoder: 5 });

function batchOf(mask: number[], discounts: number[], rewards = [1, 2, 3]): SequenceBatch {
  return {
    inputs: createRng(2).normal([1, 1, 4, 3]),
    actions: tf.tensor([0, 1, 1], [1, 1, 3]),
    rewards: tf.tensor(rewards, [1, 1, 3]),
    discounts: tf.tensor(discounts, [1, 1, 3]),
    mask: tf.tensor(mask, [1, 1, 3]),
  };
}
const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];

describe('recurrentQFunction', () => {
  it.each(['gru', 'lstm'] as const)('unrolls to what it says step by step: %s', (cell) => {
    tf.tidy(() => {
      const own = recurrentQFunction({ inputSize: 3, actions: 2, size: 4, cell });
      const parameters = own.init(createRng(0));
      const inputs = createRng(1).normal([2, 3, 5, 3]);
      const whole = own.unroll(parameters, inputs);
      expect(whole.shape).toEqual([2, 3, 5, 2]);
      let state = own.begin(2, 3);
      for (let time = 0; time < 5; time += 1) {
        const decided = own.step(
          parameters,
          tf.slice(inputs, [0, 0, time, 0], [2, 3, 1, 3]).squeeze([2]),
          state,
        );
        state = decided.state;
        const there = numbers(tf.slice(whole, [0, 0, time, 0], [2, 3, 1, 2]));
        numbers(decided.values).forEach((value, index) => {
          expect(value).toBeCloseTo(there[index] as number, 5);
        });
      }
    });
  });

  it('refuses sizes that are none', () => {
    expect(codeOf(() => recurrentQFunction({ inputSize: 0, actions: 2 }))).toBe('INVALID_OPTION');
  });
});

describe('recurrentDqnLoss', () => {
  const parameters = tf.tidy(() => network.init(createRng(3)));
  const other = tf.tidy(() => network.init(createRng(4)));

  it('is the double target of the values after each step', () => {
    tf.tidy(() => {
      const batch = batchOf([1, 1, 1], [1, 1, 0]);
      const online = numbers(network.unroll(parameters, batch.inputs));
      const target = numbers(network.unroll(other, batch.inputs));
      const actions = [0, 1, 1];
      const wanted = actions.map((action, time) => {
        const next = 2 * (time + 1);
        const best = (online[next + 1] as number) > (online[next] as number) ? 1 : 0;
        const value = time === 2 ? 0 : 0.9 * (target[next + best] as number);
        return Math.abs((online[2 * time + action] as number) - [1, 2, 3][time]! - value);
      });
      const { losses, errors } = recurrentDqnLoss(network, parameters, other, batch, {
        discount: 0.9,
        loss: 'squared',
      });
      numbers(errors).forEach((error, time) => {
        expect(error).toBeCloseTo(wanted[time] as number, 4);
      });
      const mean = wanted.reduce((sum, error) => sum + (error * error) / 2, 0) / 3;
      expect(numbers(losses)[0]).toBeCloseTo(mean, 4);
    });
  });

  it('does not see what the mask hides, nor what fills the memory', () => {
    tf.tidy(() => {
      const options = { discount: 0.9 };
      const seen = recurrentDqnLoss(network, parameters, other, batchOf([1, 1, 0], [1, 1, 1]), options);
      const same = recurrentDqnLoss(
        network,
        parameters,
        other,
        batchOf([1, 1, 0], [1, 1, 1], [1, 2, 99]),
        options,
      );
      expect(numbers(seen.losses)).toEqual(numbers(same.losses));
      expect(numbers(seen.errors)[2]).toBe(0);
      const burnt = recurrentDqnLoss(network, parameters, other, batchOf([1, 1, 0], [1, 1, 1]), {
        ...options,
        burnIn: 1,
      });
      expect(numbers(burnt.errors)[0]).toBe(0);
    });
  });

  it('sends no gradient through its targets', () => {
    tf.tidy(() => {
      const batch = batchOf([1, 1, 1], [1, 1, 0]);
      const gradientsOf = (given: SequenceBatch) => {
        const { gradients } = valueAndGradients(
          (online: Parameters) =>
            recurrentDqnLoss(network, online, other, given, { discount: 0.9 }).losses.sum().asScalar(),
          parameters,
        );
        return leavesOf(gradients).flatMap((leaf: tf.Tensor) => numbers(leaf));
      };
      // The same targets as plain rewards.
      const after = (from: Parameters) =>
        tf.slice(network.unroll(from, batch.inputs), [0, 0, 1, 0], [1, 1, 3, 2]);
      const next = nextValue(after(other), { kind: 'max' }, after(parameters));
      const rewards = batch.rewards.add(batch.discounts.mul(next).mul(0.9));
      const plain = gradientsOf({ ...batch, rewards, discounts: tf.zerosLike(rewards) });
      gradientsOf(batch).forEach((value, index) => {
        expect(value).toBeCloseTo(plain[index] as number, 5);
      });
      expect(plain.some((value) => value !== 0)).toBe(true);
    });
  });

  it('learns to remember: the first input says which action pays at the end', async () => {
    const memory = recurrentQFunction({ inputSize: 2, actions: 2, size: 8 });
    const spec = parameterSpec(memory.init);
    const optimizer = adam({ learningRate: 0.02 });
    type State = { theta: tf.Tensor; sum: tf.Tensor; sumOfSquares: tf.Tensor; step: tf.Tensor };
    const rng = createRng(0);
    const step = ({ state, signs, taken }: { state: State; signs: tf.Tensor; taken: tf.Tensor }) => {
      const zeros = tf.zeros([1, 16, 3, 1]);
      const first = tf.concat([signs.reshape([1, 16, 1, 1]), zeros], 2); // [1, 16, 4, 1]
      const last = tf.tensor([0, 0, 1, 0], [1, 1, 4, 1]).add(tf.zeros([1, 16, 4, 1]));
      const right = tf.cast(tf.equal(taken.mul(2).sub(1), signs), 'float32').reshape([1, 16, 1]);
      const batch: SequenceBatch = {
        inputs: tf.concat([first, last], 3),
        actions: tf.tile(taken.reshape([1, 16, 1]), [1, 1, 3]),
        rewards: tf.concat([tf.zeros([1, 16, 2]), right], 2),
        discounts: tf.tensor([1, 1, 0], [1, 1, 3]).add(tf.zeros([1, 16, 3])),
        mask: tf.ones([1, 16, 3]),
      };
      const target = unflattenTree<Parameters>(state.theta, spec);
      const { gradient } = gradientOfTasks(
        (online) => recurrentDqnLoss(memory, online, target, batch, { discount: 0.9, loss: 'squared' }),
        state.theta,
        spec,
      );
      const { sum, sumOfSquares } = state;
      const next = optimizer.update(gradient, { sum, sumOfSquares }, state.theta, state.step);
      return { state: { theta: state.theta.add(next.change), ...next.state, step: state.step.add(1) } };
    };
    const prepared = compiledExecutor({ threads: 1 }).prepare(step as never, { name: 'recurrent q' });
    const theta = tf.tidy(() => flattenTree(memory.init(createRng(1))).vector);
    let state = hostedTree({ theta, ...optimizer.init(theta.size), step: tf.scalar(0) } as Tree<tf.Tensor>);
    const draw = (values: readonly number[]) => ({
      dtype: 'float32' as const,
      shape: [16],
      data: Float32Array.from({ length: 16 }, () => values[rng.integer(2)] as number),
    });
    for (let call = 0; call < 250; call += 1) {
      const output = (await prepared.run(
        { state, signs: draw([-1, 1]), taken: draw([0, 1]) } as never,
        rng,
      )) as {
        state: typeof state;
      };
      state = output.state;
    }
    prepared.dispose();
    const found = tf.tidy(() => {
      const vector = tf.tensor((state as unknown as { theta: { data: Float32Array } }).theta.data);
      const inputs = tf.tensor([-1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1], [1, 2, 3, 2]);
      const values = memory.unroll(unflattenTree<Parameters>(vector, spec), inputs);
      return numbers(tf.slice(values, [0, 0, 2, 0], [1, 2, 1, 2]));
    });
    [1, 0, 0, 1].forEach((value, index) => {
      expect(Math.abs((found[index] as number) - value)).toBeLessThan(0.2);
    });
  });
});
