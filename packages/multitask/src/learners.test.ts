import {
  createJointEvaluator,
  createRng,
  type Executor,
  eagerExecutor,
  type FinishedEvent,
  type HostTensor,
  type JointDistribution,
  type JointLearner,
  leavesOf,
  TasklearnError,
  trainJoint,
} from '@tasklearn/core';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { firstBatch, type SmallOptions, smallTasks } from './__fixtures__/small-tasks.js';
import type { CombinationOptions } from './combinations/create-combination.js';
import { multitaskPlugin } from './plugin.js';

beforeAll(() => enableHigherOrderGradients());

const network = { hidden: [6, 5] };
const learners = {
  independent: { network },
  'shared-bottom': { network },
  grouped: {
    network,
    groups: [
      [0, 2],
      [1, 3],
    ],
  },
  conditioned: { network },
  'soft-sharing': { network },
  'cross-stitch': { network },
  'mixture-of-experts': { experts: 3, expertSize: 4, gateDropout: 0.2 },
  attention: { network },
} as const;
type Key = keyof typeof learners;

/** A learner of the plugin, options over its defaults two levels deep. */
function make(key: Key, options: Readonly<Record<string, unknown>> = {}): JointLearner {
  const descriptor = multitaskPlugin.learners[key];
  return descriptor.create({ ...learners[key], ...options } as never);
}

async function train(
  learner: JointLearner,
  distribution: JointDistribution,
  executor: Executor,
  updates: number,
) {
  let finished: FinishedEvent | undefined;
  const options = { learner, distribution, executor, seed: 1, updates, batchSize: 8 };
  for await (const event of trainJoint(options)) if (event.kind === 'finished') finished = event;
  return (finished as FinishedEvent).theta;
}

async function test(
  learner: JointLearner,
  distribution: JointDistribution,
  theta: unknown,
  executor: Executor,
) {
  const evaluator = createJointEvaluator({ learner, distribution, executor });
  const results = await evaluator.evaluate({ theta: theta as never, split: 'test' });
  evaluator.dispose();
  return results;
}

const numbers = (tree: unknown) =>
  leavesOf(tree as never).flatMap((leaf) => [...(leaf as unknown as HostTensor).data]);

describe.each(Object.keys(learners) as Key[])('%s', (key) => {
  const inputs: readonly (readonly [string, SmallOptions])[] = [
    ['inputs of their own', {}],
    ['shared inputs', { sharedInputs: true }],
    ['images', { image: true }],
  ];

  it.each(inputs)('trains and predicts alike eager and compiled, with %s', async (_, given) => {
    const distribution = smallTasks(given);
    const small = given.image
      ? { network: { hidden: [4], filters: 2, blocks: 2, normalization: 'layer' } }
      : {};
    const options =
      key === 'mixture-of-experts' && given.image ? { network: { ...small.network, hidden: [] } } : small;
    const run = async (executor: Executor) => {
      const learner = make(key, options);
      const theta = await train(learner, distribution, executor, 2);
      const results = await test(learner, distribution, theta, executor);
      return [...numbers(theta), ...results.flatMap(({ means, losses }) => [...means.data, ...losses])];
    };
    const before = tf.memory().numTensors;
    const eager = await run(eagerExecutor());
    expect(tf.memory().numTensors).toBe(before);
    const compiled = await run(compiledExecutor({ fallback: 'error' }));
    expect(compiled).toHaveLength(eager.length);
    for (const [index, value] of compiled.entries()) expect(value).toBeCloseTo(eager[index] as number, 3);
  });

  it('learns all tasks', async () => {
    const distribution = smallTasks();
    const options = { optimizer: { learningRate: 0.02 }, gateDropout: 0 };
    const learner = make(key, key === 'mixture-of-experts' ? options : { optimizer: options.optimizer });
    const theta = await train(learner, distribution, compiledExecutor(), 300);
    const results = await test(learner, distribution, theta, eagerExecutor());
    for (const { task, means, targets } of results) {
      if (task.id === 'c') continue;
      const error = targets.data.reduce((sum, y, i) => sum + (y - (means.data[i] as number)) ** 2, 0) / 16;
      expect(error).toBeLessThan(0.15); // Targets have variance 0.5.
    }
  });
});

describe('parameters', () => {
  it('of a task follow that task`s loss only, and shared ones all', () => {
    const distribution = smallTasks();
    const { spec } = distribution;
    tf.tidy(() => {
      const learner = make('shared-bottom');
      const theta = learner.init(spec, createRng(0)) as never as Record<'shared' | 'perTask', never>;
      const batch = firstBatch(distribution);
      const leaves = leavesOf<tf.Tensor>(theta.perTask);
      const { grads } = tf.engine().gradients(
        () =>
          learner
            .taskLosses(theta as never, batch, createRng(0), spec)
            .slice([1], [1])
            .sum() as tf.Scalar,
        [...leaves, ...leavesOf<tf.Tensor>(theta.shared)],
        undefined,
        true,
      );
      for (const [index, leaf] of leaves.entries()) {
        const rows = leaf.shape[0] as number;
        const byTask = grads[index]?.abs().reshape([rows, -1]).sum(1).arraySync() as number[] | undefined;
        if (rows === 1)
          expect(byTask?.[0] ?? 0).toBe(0); // The other group.
        else expect(byTask?.map((value) => value > 0)).toEqual([false, true, false]);
      }
      for (const grad of grads.slice(leaves.length)) expect(grad?.abs().sum().arraySync()).toBeGreaterThan(0);
    });
  });

  it('scaled labels make training blind to units', async () => {
    const run = async (scale: number) =>
      numbers(await train(make('shared-bottom'), smallTasks({ scale }), eagerExecutor(), 3));
    const small = await run(1);
    for (const [index, value] of (await run(1000)).entries())
      expect(value).toBeCloseTo(small[index] as number, 4);
  });

  it('predictions are in raw units all the same', async () => {
    const distribution = smallTasks({ scale: 100 });
    const learner = make('shared-bottom', { optimizer: { learningRate: 0.02 } });
    const theta = await train(learner, distribution, compiledExecutor(), 200);
    const [first] = await test(learner, distribution, theta, eagerExecutor());
    const { means, targets, losses } = first as NonNullable<typeof first>;
    const error = (i: number) => (targets.data[i] as number) - (means.data[i] as number);
    expect(Math.abs(error(0))).toBeLessThan(60);
    // −log N(y; m, 100²) of one number.
    const expected = 0.5 * Math.log(2 * Math.PI) + Math.log(100) + 0.5 * (error(0) / 100) ** 2;
    expect(losses[0]).toBeCloseTo(expected, 3);
  });
});

describe('the tasks` own gradients', () => {
  const names: readonly CombinationOptions['name'][] = ['pcgrad', 'mgda', 'cagrad', 'gradNorm'];
  const separable = (Object.keys(learners) as Key[]).filter((key) => key !== 'cross-stitch');

  it.each(separable)('add up to that of the summed loss in %s', async (key) => {
    // Without conflict-handling, a combination of gradients with radius 0 is their sum.
    const options = key === 'mixture-of-experts' ? { gateDropout: 0 } : {};
    const by = async (combination: object) =>
      numbers(await train(make(key, { ...options, combination }), smallTasks(), eagerExecutor(), 2));
    const gradients = await by({ name: 'cagrad', radius: 0 });
    for (const [index, value] of (await by({ name: 'sum' })).entries())
      expect(gradients[index]).toBeCloseTo(value, 3);
  });

  it.each(names)('train a shared bottom by %s, compiled', async (name) => {
    const learner = make('shared-bottom', { combination: { name }, optimizer: { learningRate: 0.02 } });
    const distribution = smallTasks();
    const theta = await train(learner, distribution, compiledExecutor({ fallback: 'error' }), 150);
    const [first] = await test(learner, distribution, theta, eagerExecutor());
    const { means, targets } = first as NonNullable<typeof first>;
    const error = targets.data.reduce((sum, y, i) => sum + (y - (means.data[i] as number)) ** 2, 0) / 16;
    expect(error).toBeLessThan(0.25);
  });

  it('cannot be told apart in cross-stitch networks, which say so', () => {
    expect(() => make('cross-stitch', { combination: { name: 'pcgrad' } })).toThrow(/stitches/);
  });
});

describe('options', () => {
  it('are refused out of range', () => {
    const bad: readonly (readonly [Key, object])[] = [
      ['shared-bottom', { sharedLayers: -1 }],
      ['conditioned', { conditioning: 'guess' }],
      ['conditioned', { conditionedLayers: [3] }],
      ['cross-stitch', { own: 2 }],
      ['mixture-of-experts', { experts: 0 }],
      ['mixture-of-experts', { gateDropout: 1 }],
      ['soft-sharing', { strength: -1 }],
      ['soft-sharing', { ridge: -1 }],
      ['mixture-of-experts', { gateScale: 0 }],
      ['attention', { network: { hidden: [0] } }],
      ['independent', { combination: { name: 'best' } }],
    ];
    for (const [key, options] of bad) expect(() => make(key, options as never), key).toThrow(TasklearnError);
  });
});
