import {
  type ControlSpec,
  createRng,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  type Tree,
  unflattenTree,
} from '@tasklearn/core';
import type { Parameters as NetworkParameters } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { everyTransition, smallModel, tabularSpec } from '../__fixtures__/tabular-batch.js';
import { gradientStepper, transitionBatch } from '../off-policy/gradient-stepper.js';
import type { OffPolicyAlgorithm } from '../off-policy/off-policy-algorithm.js';
import { parameterSpec } from '../off-policy/parameter-spec.js';
import { createReplay } from '../replay/create-replay.js';
import { fieldLayout } from '../replay/field-layout.js';
import { valueIteration } from '../tabular/value-iteration.js';
import { sac } from './discrete-sac.js';
import type { SacState } from './sac.js';
import { ddpg, smoothedAction, td3 } from './td3.js';
import { leastOf } from './twin-critic.js';

const executor = compiledExecutor({ threads: 1 });
const spec: ControlSpec = {
  observation: { shape: [2], dtype: 'float32' },
  action: { shape: [1], dtype: 'float32', minimum: -2, maximum: 2 },
  horizon: 10,
  hasSuccess: false,
};
const layout = fieldLayout({ observation: 2, action: 1, reward: 1, next: 2, discount: 1 });

function randomRows(count: number, tasks = 1, steps = 1): HostTensor {
  const rng = createRng(4);
  const data = Float32Array.from({ length: steps * tasks * count * layout.size }, () => rng.gaussian());
  for (let row = 0; row < data.length; row += layout.size) data[row + 6] = row % 3 === 0 ? 0 : 1;
  return { dtype: 'float32', shape: [steps, tasks, count, layout.size], data };
}
const ones = ({ shape }: HostTensor): HostTensor => {
  const lead = shape.slice(0, 3);
  const size = lead.reduce((product, length) => product * length, 1);
  return { dtype: 'float32', shape: lead, data: new Float32Array(size).fill(1) };
};

const algorithms = {
  td3: td3(spec, { hidden: [5] }),
  ddpg: ddpg(spec, { hidden: [5], actionPenalty: 1, clipTargets: true }),
  sac: sac(spec, { hidden: [5] }),
  'sac per task': sac(spec, { hidden: [5], temperatures: 2, combineGradients: (all) => tf.mean(all, 0) }),
} as unknown as Record<string, OffPolicyAlgorithm<Tree<tf.Tensor>>>;

describe.each(Object.entries(algorithms))('%s', (name, algorithm) => {
  it('makes the same steps eagerly and compiled, and leaves no tensor', async () => {
    const rows = randomRows(6, 2, 2);
    const steppers = [eagerExecutor(), executor].map((engine) =>
      gradientStepper({ algorithm, layout, executor: engine, rng: createRng(0) }),
    );
    const before = tf.memory().numTensors;
    for (const stepper of steppers) await stepper.run({ rows, weights: ones(rows) }, createRng(1));
    expect(tf.memory().numTensors).toBe(before);
    const [eager, compiled] = steppers.map((stepper) => leavesOf(stepper.save()));
    eager?.forEach((leaf, index) => {
      leaf.data.forEach((value, place) => {
        expect(Math.abs(value - (compiled?.[index]?.data[place] as number))).toBeLessThan(2e-4);
      });
    });
    for (const stepper of steppers) stepper.dispose();
    expect(name.length).toBeGreaterThan(0);
  });
});

describe('td3', () => {
  it('smooths the target within its bounds', () => {
    const limits = { centre: 0, reach: 2 };
    const action = tf.zeros([1, 4000, 1]);
    const moved = [...smoothedAction(action, limits, 0.4, 0.5, createRng(0)).dataSync()];
    expect(Math.max(...moved)).toBeCloseTo(1); // 0.5 of the reach.
    expect(Math.min(...moved)).toBeCloseTo(-1);
    const edge = [...smoothedAction(action.add(1.9), limits, 0.4, 0.5, createRng(0)).dataSync()];
    expect(Math.max(...edge)).toBe(2);
  });

  it('updates the actor and the targets at every second step', () => {
    const algorithm = td3(spec, { hidden: [5] });
    tf.tidy(() => {
      const state = algorithm.init(createRng(0));
      const rows = tf.tensor(randomRows(6).data, [1, 6, layout.size]);
      const batch = transitionBatch(rows, layout);
      const same = (a: tf.Tensor, b: tf.Tensor) => a.equal(b).all().dataSync()[0] === 1;
      const first = algorithm.update(state, batch, createRng(1), 0).state;
      expect([same(first.actor, state.actor), same(first.targetCritic, state.targetCritic)]).toEqual([
        true,
        true,
      ]);
      expect(same(first.critic, state.critic)).toBe(false);
      const second = algorithm.update(first, batch, createRng(2), 1).state;
      expect([same(second.actor, state.actor), same(second.targetCritic, state.targetCritic)]).toEqual([
        false,
        false,
      ]);
    });
  });

  it('takes the smaller of two values', () => {
    expect([...leastOf([tf.tensor([1, 5]), tf.tensor([3, 2])]).dataSync()]).toEqual([1, 2]);
  });

  it('refuses a delay that is no integer', () => {
    expect(codeOf(() => td3(spec, { delay: 0 }))).toBe('INVALID_OPTION');
  });

  // x′ = 0.9 x + 0.5 u, cost x² + 0.1 u², γ = 0.9: the discounted Riccati equation by iteration.
  const gain = (() => {
    const [a, b, q, r, gamma] = [0.9, 0.5, 1, 0.1, 0.9];
    let p = 1;
    for (let step = 0; step < 200; step += 1)
      p = q + gamma * a * a * p - (gamma * a * b * p) ** 2 / (r + gamma * b * b * p);
    return (gamma * a * b * p) / (r + gamma * b * b * p);
  })();

  it.each([
    ['td3', (...given: Parameters<typeof td3>) => td3(...given), 250],
    ['ddpg', (...given: Parameters<typeof td3>) => ddpg(...given), 200],
  ] as const)('%s finds the gain of the linear regulator within a tenth', async (_name, make, calls) => {
    const linear: ControlSpec = { ...spec, observation: { shape: [1], dtype: 'float32' } };
    const algorithm = make(linear, {
      hidden: [32],
      activation: 'tanh',
      discount: 0.9,
      learningRate: 3e-3,
      actorLearningRate: 1e-3,
      targetRate: 0.02,
    });
    const fields = fieldLayout({ observation: 1, action: 1, reward: 1, next: 1, discount: 1 });
    const replay = createReplay({
      capacity: 4000,
      fields: { observation: 1, action: 1, reward: 1, next: 1, discount: 1 },
    });
    const rng = createRng(2);
    for (let row = 0; row < 4000; row += 1) {
      const [x, u] = [2 * rng.next() - 1, 4 * rng.next() - 2];
      replay.addRows(Float32Array.of(x, u, -(x * x) - 0.1 * u * u, 0.9 * x + 0.5 * u, 1));
    }
    const stepper = gradientStepper({ algorithm, layout: fields, executor, rng: createRng(7) });
    for (let call = 0; call < calls; call += 1)
      await stepper.run(replay.sample(createRng(call), 64, { batches: 10 }), createRng(call));
    const slope = tf.tidy(() => {
      const vector = tf.tensor(stepper.acting().data, [stepper.acting().data.length]);
      const parameters = unflattenTree<NetworkParameters>(vector, parameterSpec(algorithm.policy.init));
      const [low, high] = algorithm.policy
        .apply(parameters, tf.tensor([[[-0.7], [0.7]]]))
        .mode()
        .dataSync();
      return ((high as number) - (low as number)) / 1.4;
    });
    stepper.dispose();
    expect(Math.abs(-slope / gain - 1)).toBeLessThan(0.1);
  });
});

describe('sac', () => {
  it('is soft policy iteration on a table', async () => {
    const temperature = 0.3;
    const algorithm = sac(tabularSpec(smallModel), {
      hidden: [],
      discount: 0.9,
      learningRate: 0.04,
      targetRate: 0.1,
      temperature,
      automaticTemperature: false,
    });
    const batch = everyTransition(smallModel, 10);
    const stepper = gradientStepper({
      algorithm,
      layout: batch.layout,
      executor,
      rng: createRng(0),
      prioritised: true,
    });
    for (let call = 0; call < 100; call += 1) await stepper.run(batch, createRng(call));
    const { policy } = valueIteration(smallModel, { gamma: 0.9, temperature });
    const found = tf.tidy(() => {
      const vector = tf.tensor(stepper.acting().data, [stepper.acting().data.length]);
      const parameters = unflattenTree<NetworkParameters>(vector, parameterSpec(algorithm.policy.init));
      const every = tf.eye(4).reshape([1, 4, 4]) as tf.Tensor;
      return [...tf.softmax(algorithm.policy.apply(parameters, every).numbers).dataSync()];
    });
    policy.slice(0, 6).forEach((value, pair) => {
      expect(Math.abs((found[pair] as number) - value)).toBeLessThan(0.02);
    });
    stepper.dispose();
  });

  it('raises the temperature where the policy has too little entropy, and lowers it where it has too much', () => {
    tf.tidy(() => {
      const rows = tf.tensor(randomRows(6).data, [1, 6, layout.size]);
      const batch = transitionBatch(rows, layout);
      const change = (targetEntropy: number) => {
        const algorithm = sac(spec, { hidden: [5], targetEntropy });
        const { state } = algorithm.update(algorithm.init(createRng(0)), batch, createRng(1), 0);
        return (state as SacState).logTemperature.dataSync()[0] as number;
      };
      expect(change(10)).toBeGreaterThan(0);
      expect(change(-10)).toBeLessThan(0);
    });
  });

  it('has one temperature per task where told to', () => {
    tf.tidy(() => {
      const algorithm = sac(spec, { hidden: [5], temperatures: 2 });
      const rows = tf.tensor(randomRows(6, 2).data, [2, 6, layout.size]);
      const { state } = algorithm.update(
        algorithm.init(createRng(0)),
        transitionBatch(rows, layout),
        createRng(1),
        0,
      );
      expect(state.logTemperature.shape).toEqual([2]);
    });
  });

  it('has targets of rewards alone where every step terminated', () => {
    tf.tidy(() => {
      const algorithm = sac(spec, { hidden: [5] });
      const data = randomRows(6).data.slice();
      for (let row = 0; row < data.length; row += layout.size) data[row + 6] = 0;
      const batch = transitionBatch(tf.tensor(data, [1, 6, layout.size]), layout);
      const state = algorithm.init(createRng(0));
      const { errors } = algorithm.update(state, batch, createRng(1), 0);
      const other = algorithm.update(
        { ...state, targetCritic: state.targetCritic.add(3) },
        batch,
        createRng(2),
        0,
      );
      expect([...(errors as tf.Tensor).dataSync()]).toEqual([...(other.errors as tf.Tensor).dataSync()]);
    });
  });
});
