import {
  createRng,
  type Executor,
  eagerExecutor,
  packState,
  requireStream,
  runStream,
  type Stream,
  type StreamSpec,
  unpackState,
} from '@tasklearn/core';
import { checkGradients, enableHigherOrderGradients, gradients, networkDefaults } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallClasses } from '../__fixtures__/small-streams.js';
import { type NetworkParameters, streamNetwork } from '../engine/network.js';
import type { ItemBatch } from '../memory/item-batch.js';
import { createFollowTheMetaLeader } from './follow-the-meta-leader.js';
import type { MetaLeaderState } from './follow-the-meta-leader-agent.js';
import { type MetaBatch, metaLeaderLoss } from './follow-the-meta-leader-step.js';

beforeAll(() => enableHigherOrderGradients());

const regression: StreamSpec = {
  ...smallClasses('task').spec,
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
};

/**
 * Two linear regressions whose loss is (θ − c)ᵀ H (θ − c) with H = XᵀX / n, X = [x, 1]: three parameters, so A = 2H in ½ form.
 * Designs differ in scale, so that the meta-leader weighs tasks in another way than the leader does.
 */
function quadratics() {
  const designs = [
    [
      [1.5, 0],
      [-1.5, 0],
      [0, 0.8],
      [0, -0.8],
    ],
    [
      [0.5, 0],
      [-0.5, 0],
      [0, 1.6],
      [0, -1.6],
    ],
  ];
  const centres = [
    [1, -2, 0.5],
    [-1, 1, 2],
  ];
  const inputs = tf.tensor3d(designs);
  const targets = tf.tensor3d(
    designs.map((rows, task) =>
      rows.map(([x = 0, y = 0]) => {
        const [a = 0, b = 0, bias = 0] = centres[task] as number[];
        return [a * x + b * y + bias];
      }),
    ),
  );
  const batch: ItemBatch = { inputs, targets, mask: tf.ones([2, 4]) };
  // XᵀX / n is diagonal: second moments of x and y, and 1 of the bias.
  const diagonals = designs.map((rows) => [
    rows.reduce((sum, [x = 0]) => sum + x * x, 0) / 4,
    rows.reduce((sum, [, y = 0]) => sum + y * y, 0) / 4,
    1,
  ]);
  return { batch, centres, diagonals };
}

const linear = { ...networkDefaults, hidden: [] };
const predictor = { network: streamNetwork(linear, regression), spec: regression };

/** θ = [w₁, w₂, b] where the loss is smallest, by gradient descent. */
function minimised(batch: MetaBatch, innerSteps: number, innerRate: number): number[] {
  let theta: NetworkParameters = { body: {}, head: { weight: tf.zeros([2, 1]), bias: tf.zeros([1]) } };
  for (let step = 0; step < 70; step += 1) {
    theta = tf.tidy(() => {
      const slopes = gradients(
        (at: NetworkParameters) => metaLeaderLoss(predictor, at, batch, { innerSteps, innerRate, order: 2 }),
        theta as never,
      ) as NetworkParameters;
      const head = {
        weight: theta.head.weight.sub(slopes.head.weight.mul(0.5)),
        bias: theta.head.bias.sub(slopes.head.bias.mul(0.5)),
      };
      return { body: {}, head };
    });
  }
  return [...theta.head.weight.dataSync(), ...theta.head.bias.dataSync()];
}

describe('metaLeaderLoss', () => {
  it.each([
    [1, 0.2],
    [2, 0.1],
    [1, 1e-9],
  ])('is least where Σ M_k (w − c_k) = 0, M = (I − αA)ᵏ A (I − αA)ᵏ: %s steps at %s', (steps, rate) => {
    const { batch, centres, diagonals } = quadratics();
    const found = minimised({ support: batch, query: batch }, steps, rate);
    for (const axis of [0, 1, 2]) {
      const weight = diagonals.map((own) => {
        const curvature = 2 * (own[axis] as number);
        return curvature * (1 - rate * curvature) ** (2 * steps);
      });
      const [a = 0, b = 0] = weight;
      const exact = (a * (centres[0]?.[axis] as number) + b * (centres[1]?.[axis] as number)) / (a + b);
      expect(found[axis]).toBeCloseTo(exact, 3);
    }
  });

  it('is what the leader minimises without inner steps, or without a rate', () => {
    const { batch } = quadratics();
    const still = minimised({ support: batch, query: batch }, 0, 0.2);
    const none = minimised({ support: batch, query: batch }, 3, 0);
    for (const [axis, value] of still.entries()) expect(none[axis]).toBeCloseTo(value, 4);
  });

  it.each([1, 2] as const)('has the right gradient, order %s', (order) => {
    const { spec } = smallClasses('task');
    const network = streamNetwork({ ...networkDefaults, hidden: [5], activation: 'tanh' }, spec);
    tf.tidy(() => {
      const rng = createRng('gradient');
      const part = (): ItemBatch => ({
        inputs: rng.normal([2, 3, 4]),
        targets: tf.tensor2d(
          [
            [0, 1, 4],
            [2, 3, 5],
          ],
          [2, 3],
          'int32',
        ),
        mask: tf.tensor2d([
          [1, 1, 1],
          [1, 1, 0],
        ]),
      });
      const batch = { support: part(), query: part() };
      const settings = { innerSteps: 3, innerRate: 0.4, order };
      const theta = network.init(createRng(1));
      const check = checkGradients(
        (at: NetworkParameters) => metaLeaderLoss({ network, spec }, at, batch, settings),
        theta as never,
        { order: 1, epsilon: 1e-3 },
      );
      // To first order the curvature is missing: differences must show it.
      expect(check.firstOrder < 0.03).toBe(order === 2);
    });
  });
});

const small = {
  network: { hidden: [8] },
  outerSteps: 2,
  tasks: 2,
  support: 4,
  query: 4,
  innerSteps: 2,
  adaptSteps: 2,
};

async function live(options: object, executor: Executor, batches = 4) {
  const { spec, stream } = smallClasses('task', batches);
  const learner = createFollowTheMetaLeader({ ...small, ...options } as never);
  requireStream(learner.needs(spec), spec);
  const agent = await learner.openAgent(undefined, { spec, executor, rng: createRng(0) });
  try {
    return await runStream({ agent, spec, stream, rng: createRng(1) });
  } finally {
    agent.dispose();
  }
}

describe('follow-the-meta-leader', () => {
  it.each([{}, { innerSteps: 0, adaptSteps: 0 }, { order: 1 }])(
    'lives alike eager and compiled, %j',
    async (options) => {
      const before = tf.memory().numTensors;
      const eager = await live(options, eagerExecutor());
      const compiled = await live(options, compiledExecutor({ threads: 1 }));
      expect(tf.memory().numTensors).toBe(before);
      for (const [index, { loss }] of eager.steps.entries())
        expect(compiled.steps[index]?.loss).toBeCloseTo(loss, 2);
      expect(eager.peakStoredItems).toBe(72);
    },
  );

  it('leaves states as they were, does the same again, and goes on from plain data', async () => {
    const { spec, stream } = smallClasses('task');
    const agent = await createFollowTheMetaLeader(small as never).openAgent(undefined, {
      spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    });
    const { inputs, targets } = stream.step(0);
    const step = { inputs, taskLabel: 0 };
    const start = agent.begin(createRng(2));
    const copy = structuredClone(start);
    const first = (await agent.observe(start, step, targets, createRng(3))) as MetaLeaderState;
    expect(start).toEqual(copy);
    expect(await agent.observe(start, step, targets, createRng(3))).toEqual(first);
    const again = unpackState(packState(first) as never) as MetaLeaderState;
    expect(await agent.predict(again, step, createRng(9))).toEqual(
      await agent.predict(first, step, createRng(4)),
    );
    // 2 tasks of 4 items, 2 inner steps, and 4 items asked, twice.
    expect(agent.ledger?.(first)).toEqual({
      parameters: 4 * 8 + 8 + 8 * 6 + 6,
      gradients: 2 * 2 * (4 * 2 + 4),
    });
    agent.dispose();
  });

  it('learns from scratch by adapting alone where it takes no outer step', async () => {
    const { steps, scores } = await live(
      { outerSteps: 0, adaptSteps: 20, support: 12 },
      compiledExecutor({ threads: 1 }),
      6,
    );
    expect(scores.at(-1)?.[2]?.accuracy).toBeGreaterThan(0.85);
    expect(steps[0]?.accuracy).toBeLessThan(0.85);
  });

  it('gets faster at learning tasks the more it has met', async () => {
    const { spec, stream } = switchedSigns(14);
    const agent = await createFollowTheMetaLeader({
      network: { hidden: [16], activation: 'tanh' },
      optimizer: { learningRate: 0.02 },
      outerSteps: 15,
      tasks: 4,
      support: 4,
      query: 8,
      innerSteps: 2,
      innerRate: 0.5,
      adaptSteps: 2,
    }).openAgent(undefined, { spec, executor: compiledExecutor({ threads: 1 }), rng: createRng(0) });
    const { steps } = await runStream({ agent, spec, stream, rng: createRng(0), matrix: false });
    agent.dispose();
    /** Accuracy on the second batch of a task, after four items of it. */
    const second = steps.filter((_step, t) => t % 3 === 1).map(({ accuracy = 0 }) => accuracy);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(second.slice(8))).toBeGreaterThan(mean(second.slice(0, 3)) + 0.15);
  });

  it('refuses what does not fit', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    for (const bad of [{ tasks: 0 }, { innerRate: 0 }, { order: 3 }, { adaptSteps: -1 }, { nothing: 1 }])
      expect(() => createFollowTheMetaLeader(bad as never)).toThrow(invalid);
    const { spec } = smallClasses('class');
    expect(() => requireStream(createFollowTheMetaLeader().needs(spec), spec)).toThrow(
      /only while it learns/,
    );
  });
});

/** Tasks that agree on which of two features matters and differ in its sign. */
function switchedSigns(tasks: number): { spec: StreamSpec; stream: Stream } {
  const spec: StreamSpec = {
    ...smallClasses('task').spec,
    input: { shape: [4], dtype: 'float32' },
    target: { kind: 'classification', classes: 2 },
    batchSize: 4,
    tasks,
  };
  const { taskClasses: _, ...open } = spec;
  const step: Stream['step'] = (t) => {
    const task = Math.floor(t / 3);
    const rng = createRng('signs').split(t);
    const turned = createRng('task').split(task).integer(2);
    const targets = Int32Array.from({ length: 4 }, (_place, place) => place % 2);
    const inputs = new Float32Array(16).map(() => 0.7 * rng.gaussian());
    for (const [place, label] of targets.entries()) inputs[4 * place] = label === turned ? 1 : -1;
    return {
      inputs: { dtype: 'float32', shape: [4, 4], data: inputs },
      targets: { dtype: 'int32', shape: [4], data: targets },
      task,
    };
  };
  return { spec: open, stream: { length: 3 * tasks, step } };
}
