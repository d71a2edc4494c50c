import { createRng, eagerExecutor, type HostTensor, type TreeSpec, unflattenTree } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { everyTransition, smallModel, tabularSpec } from '../__fixtures__/tabular-batch.js';
import { gradientStepper } from '../off-policy/gradient-stepper.js';
import type { OffPolicyAlgorithm } from '../off-policy/off-policy-algorithm.js';
import { parameterSpec } from '../off-policy/parameter-spec.js';
import { bellmanTarget, copyEvery, errorLoss, polyak } from '../off-policy/target-network.js';
import { valueIteration } from '../tabular/value-iteration.js';
import { boltzmannGrid } from './boltzmann-density.js';
import { chosenValue, type DqnOptions, type DqnState, dqn, nextValue, stateValue } from './dqn.js';
import { evenPoints } from './even-points.js';
import { softQ } from './soft-q.js';
import { tabularFittedQ, tabularQLearning } from './tabular-q-learning.js';

const spec = tabularSpec(smallModel);
const executor = compiledExecutor({ threads: 1 });
const linear = { network: { hidden: [] }, loss: 'squared', discount: 0.9 } as const;
const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

/** Q of every pair, [S * A], after so many gradient steps on the exact expectation over all transitions. */
async function fitted(algorithm: OffPolicyAlgorithm<DqnState>, calls: number): Promise<number[]> {
  const batch = everyTransition(smallModel, 20);
  const stepper = gradientStepper({
    algorithm,
    layout: batch.layout,
    executor,
    rng: createRng(1),
    prioritised: true,
  });
  for (let call = 0; call < calls; call += 1) await stepper.run(batch, createRng(call));
  const numbers = pairValues(stepper.acting(), parameterSpec(algorithm.policy.init), algorithm);
  stepper.dispose();
  return numbers;
}

function pairValues(
  vector: HostTensor,
  structure: TreeSpec,
  algorithm: OffPolicyAlgorithm<DqnState>,
): number[] {
  return tf.tidy(() => {
    const parameters = unflattenTree<Parameters>(tf.tensor(vector.data, [vector.data.length]), structure);
    const every = tf.eye(smallModel.states).reshape([1, smallModel.states, smallModel.states]) as tf.Tensor;
    return values(algorithm.policy.apply(parameters, every).numbers);
  });
}

/** Solution of the model, without the pairs of the terminal state. */
const solved = (temperature = 0) => [
  ...valueIteration(smallModel, { gamma: 0.9, temperature }).actionValues.slice(0, 6),
];

describe('targets', () => {
  it('bootstraps after a truncation and not after a termination', () => {
    const target = bellmanTarget(tf.tensor([[1, 1]]), tf.tensor([[0, 1]]), tf.tensor([[10, 10]]), 0.9);
    expect(values(target)).toEqual([1, 10]);
  });

  it('clips to what rewards in [-1, 0] can add up to', () => {
    const reward = tf.tensor([[0, -1, -1]]);
    const target = bellmanTarget(reward, tf.ones([1, 3]), tf.tensor([[5, -3, -100]]), 0.9, true);
    values(target).forEach((value, index) => {
      expect(value).toBeCloseTo([0, -3.7, -10][index] as number, 4);
    });
  });

  it('takes the best value, the one that the network chose, or a soft maximum', () => {
    const target = tf.tensor([[[1, 3, 2]]]);
    const online = tf.tensor([[[9, 0, 1]]]);
    expect(values(nextValue(target, { kind: 'max' }))).toEqual([3]);
    expect(values(nextValue(target, { kind: 'max' }, online))).toEqual([1]);
    const equal = tf.fill([1, 1, 4], 2);
    expect(values(stateValue(equal, { kind: 'logMeanExp', temperature: 0.5 }))[0]).toBeCloseTo(2);
    expect(values(stateValue(equal, { kind: 'logSumExp', temperature: 0.5 }))[0]).toBeCloseTo(
      2 + 0.5 * Math.log(4),
    );
    expect(values(chosenValue(target, tf.tensor([[2]])))).toEqual([2]);
  });

  it('is soft no less than hard, and hard where the temperature goes to 0', () => {
    const all = tf.tensor([[[1, 3, 2]]]);
    const soft = (temperature: number) =>
      values(stateValue(all, { kind: 'logSumExp', temperature }))[0] as number;
    expect(soft(1)).toBeGreaterThan(3);
    expect(soft(0.01)).toBeCloseTo(3, 4);
  });

  it('moves target networks', () => {
    const [target, online] = [tf.tensor([0]), tf.tensor([1])];
    expect(values(polyak(target, online, 0.25))).toEqual([0.25]);
    expect([0, 1, 2, 3].map((step) => values(copyEvery(target, online, tf.scalar(step), 2))[0])).toEqual([
      0, 1, 0, 1,
    ]);
  });

  it("is Huber's loss", () => {
    expect(values(errorLoss(tf.tensor([0.5, -3]), 'huber'))).toEqual([0.125, 2.5]);
    expect(values(errorLoss(tf.tensor([0.5, -3]), 'squared'))).toEqual([0.125, 4.5]);
  });
});

describe('dqn', () => {
  const close = (found: readonly number[], wanted: readonly number[], tolerance: number) =>
    wanted.forEach((value, pair) => {
      expect(Math.abs((found[pair] as number) - value)).toBeLessThan(tolerance);
    });

  it.each([
    ['with a target network that follows', { targetRate: 0.1 }],
    ['with hard copies, as fitted Q-iteration', { targetPeriod: 20 }],
    ['without the double form', { targetRate: 0.1, double: false }],
  ] as const)('is value iteration on a table, %s', async (_name, given) => {
    const options: DqnOptions = { ...linear, learningRate: 0.04, ...given };
    close(await fitted(dqn(spec, options), 75), solved(), 0.02);
  });

  it('is soft value iteration with a soft backup', async () => {
    const options = {
      ...linear,
      ...linear.network,
      learningRate: 0.02,
      targetRate: 0.1,
      temperature: 0.3,
    } as const;
    const soft = softQ(spec, { ...options, backup: 'logSumExp' });
    const found = await fitted(soft, 75);
    close(
      found.map((value) => value * 0.3),
      solved(0.3),
      0.02,
    ); // The policy's numbers are Q / α.
  });

  it('acts in proportion to exp(Q / α): uniformly where all are equal, greedily where α is small', () => {
    const [even, greedy] = tf.tidy(() => {
      const numbers = (temperature: number, weight: number) => {
        const { policy } = softQ(spec, { hidden: [], temperature });
        const parameters = {
          head: { weight: tf.tensor([0, 0, 0, 0, 0, 0, 0, weight], [4, 2]), bias: tf.zeros([2]) },
        };
        const distribution = policy.apply(parameters, tf.tensor([[[0, 0, 0, 1]]]));
        return values(distribution.logProbability(tf.tensor([[1]])).exp())[0] as number;
      };
      return [numbers(0.3, 0), numbers(0.01, 0.1)];
    });
    expect(even).toBeCloseTo(0.5);
    expect(greedy).toBeGreaterThan(0.9999);
  });

  it('makes the same steps eagerly and compiled, and leaves no tensor', async () => {
    const algorithm = dqn(spec, { network: { hidden: [5], dueling: true } });
    const batch = everyTransition(smallModel, 3);
    const [eager, compiled] = [eagerExecutor(), executor].map((engine) =>
      gradientStepper({
        algorithm,
        layout: batch.layout,
        executor: engine,
        rng: createRng(0),
        prioritised: true,
      }),
    );
    const before = tf.memory().numTensors;
    const found = await Promise.all([eager?.run(batch, createRng(1)), compiled?.run(batch, createRng(1))]);
    expect(tf.memory().numTensors).toBe(before);
    expect(found[0]?.errors?.length).toBe((3 * batch.weights.data.length) / 3);
    expect(found[0]?.metrics.loss).toBeCloseTo(found[1]?.metrics.loss as number, 5);
    const [a, b] = [eager?.acting().data, compiled?.acting().data] as [Float32Array, Float32Array];
    a.forEach((value, index) => {
      expect(value).toBeCloseTo(b[index] as number, 4);
    });
  });

  it('merges the gradients of tasks as it is told', async () => {
    const batch = everyTransition(smallModel, 2);
    const rows = { ...batch.rows, shape: [1, 2, ...batch.rows.shape.slice(2)] };
    const step = async (options: DqnOptions) => {
      const algorithm = dqn(spec, { ...linear, ...options });
      const stepper = gradientStepper({ algorithm, layout: batch.layout, executor, rng: createRng(0) });
      await stepper.run({ rows, weights: batch.weights }, createRng(0));
      return stepper.acting().data as Float32Array;
    };
    const merged = await step({ combineGradients: (gradients) => tf.mean(gradients, 0) });
    const plain = await step({});
    merged.forEach((value, index) => {
      expect(value).toBeCloseTo(plain[index] as number, 5);
    });
  });

  it('refuses continuous actions', () => {
    const continuous = { ...spec, action: { shape: [1], dtype: 'float32' } } as const;
    expect(codeOf(() => dqn(continuous))).toBe('UNSUPPORTED_TASK');
    expect(codeOf(() => softQ(continuous, { temperature: 0 }))).toBe('INVALID_OPTION');
  });
});

describe('soft Q-learning over continuous actions', () => {
  const options = { size: 1, candidates: 64, temperature: 0.5, limits: { centre: 1, reach: 2 } };
  const points = [...evenPoints(64, 1)].map((point) => 4 * point - 1);

  it('spreads candidates evenly', () => {
    const sorted = [...evenPoints(100, 1)].sort((a, b) => a - b);
    const gaps = sorted.slice(1).map((point, index) => point - (sorted[index] as number));
    expect(Math.max(...gaps)).toBeLessThan(0.03);
    expect(new Set(evenPoints(9, 3)).size).toBe(27);
  });

  it('is uniform where all values are equal', () => {
    const density = boltzmannGrid(tf.zeros([1, 1, 64]), options);
    expect(values(density.entropy())[0]).toBeCloseTo(Math.log(4));
    expect(values(density.logProbability(tf.tensor([[[0.3]]])))[0]).toBeCloseTo(-Math.log(4));
    const drawn = values(boltzmannGrid(tf.zeros([1, 2000, 64]), options).sample(createRng(1)));
    expect(drawn.reduce((sum, value) => sum + value, 0) / 2000).toBeCloseTo(1, 0);
    expect([Math.min(...drawn) < -0.9, Math.max(...drawn) > 2.9]).toEqual([true, true]);
  });

  it('is the Gaussian of quadratic values', () => {
    // Q = −(a − 1)², α = 0.5: N(1, 0.25).
    const quadratic = tf.tensor(
      points.map((point) => -((point - 1) ** 2)),
      [1, 1, 64],
    );
    const density = boltzmannGrid(quadratic, options);
    expect(values(density.entropy())[0]).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E * 0.25), 1);
    expect(values(density.mode())[0]).toBeCloseTo(1, 1);
    expect(values(density.divergence(boltzmannGrid(tf.zeros([1, 1, 64]), options)))[0]).toBeCloseTo(
      Math.log(4) - 0.5 * Math.log(2 * Math.PI * Math.E * 0.25),
      1,
    );
  });
});

describe('Q-learning on a table', () => {
  it('finds the optimum from random steps', () => {
    const q = tabularQLearning({ states: 4, actions: 2, discount: 0.9 });
    const rng = createRng(3);
    let state = 0;
    for (let step = 0; step < 300_000; step += 1) {
      const action = rng.integer(2);
      let [next, mass] = [0, rng.next()];
      const row = (state * 2 + action) * 4;
      while (mass >= (smallModel.transition[row + next] as number)) {
        mass -= smallModel.transition[row + next] as number;
        next += 1;
      }
      const ended = smallModel.terminal[next] === 1;
      q.observe(state, action, smallModel.reward[row + next] as number, next, ended ? 0 : 1);
      state = ended ? 0 : next;
    }
    const wanted = solved();
    wanted.forEach((value, pair) => {
      expect(Math.abs((q.values[pair] as number) - value)).toBeLessThan(0.05);
    });
    expect([0, 1, 2].map((at) => q.greedy(at))).toEqual(
      [0, 1, 2].map((at) => Number((wanted[2 * at + 1] as number) > (wanted[2 * at] as number))),
    );
    expect(codeOf(() => tabularQLearning({ states: 0, actions: 2, discount: 0.9 }))).toBe('INVALID_OPTION');
  });

  it('is value iteration from all transitions of a deterministic world', () => {
    // 0 → 1 → end, reward 1 at the end; action 1 stays.
    const transitions = {
      state: [0, 0, 1, 1],
      action: [0, 1, 0, 1],
      reward: [0, 0, 1, 0],
      next: [1, 0, 1, 1],
      discount: [1, 1, 0, 1],
    };
    const after = (iterations: number) => [
      ...tabularFittedQ(transitions, { states: 2, actions: 2, discount: 0.5, iterations }),
    ];
    expect(after(1)).toEqual([0, 0, 1, 0]);
    expect(after(2)).toEqual([0.5, 0, 1, 0.5]);
    expect(after(9)).toEqual([0.5, 0.25, 1, 0.5]);
  });
});
