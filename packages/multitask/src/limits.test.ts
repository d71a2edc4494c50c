import {
  createRng,
  flattenTree,
  type HostTensor,
  type JointLearner,
  leavesOf,
  mapTree,
  type Tree,
  taskGradients,
} from '@tasklearn/core';
import { linearSuite } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstBatch, smallTasks } from './__fixtures__/small-tasks.js';
import { dropExperts } from './architectures/mixture-of-experts.js';
import { createGrouped } from './create-grouped.js';
import {
  createAttention,
  createConditioned,
  createCrossStitch,
  createIndependent,
  createMixtureOfExperts,
  createPooled,
  createSharedBottom,
} from './create-learners.js';
import { parameterCounts } from './diagnostics/parameter-counts.js';

const network = { hidden: [6, 5] };
const distribution = smallTasks();
const { spec } = distribution;
const T = spec.tasks.length;

type Layer = { readonly weight: tf.Tensor; readonly bias: tf.Tensor };
type Theta = { readonly shared: Record<string, never>; readonly perTask: Record<string, never> };

// Whatever a test makes is freed after it.
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const initial = (learner: JointLearner, seed = 0) => learner.init(spec, createRng(seed)) as never as Theta;

const lossesOf = (learner: JointLearner, theta: unknown, batch = firstBatch(distribution)) =>
  learner.taskLosses(theta as never, batch, createRng(0), spec).arraySync() as number[];

/** ∇ of the loss of one task, or of their sum, in the parameters' own structure. */
function gradientOf(learner: JointLearner, theta: unknown, task?: number): Theta {
  const leaves = leavesOf<tf.Tensor>(theta as Tree<tf.Tensor>);
  const batch = firstBatch(distribution);
  const { grads } = tf.engine().gradients(
    () => {
      const losses = learner.taskLosses(theta as never, batch, createRng(0), spec);
      return (task === undefined ? losses : losses.slice([task], [1])).sum() as tf.Scalar;
    },
    leaves,
    undefined,
    true,
  );
  let at = -1;
  const copy = (tree: Tree<tf.Tensor>): Tree<tf.Tensor> => {
    if (tree instanceof tf.Tensor) {
      at += 1;
      return grads[at] ?? tf.zerosLike(tree);
    }
    const entries = Object.keys(tree).sort();
    const read = (key: string) => (tree as Record<string, Tree<tf.Tensor>>)[key] as Tree<tf.Tensor>;
    return Object.fromEntries(entries.map((key) => [key, copy(read(key))] as const));
  };
  return copy(theta as never) as never;
}

const close = (received: tf.Tensor, expected: tf.Tensor, digits = 5) => {
  expect(received.shape).toEqual(expected.shape);
  const [a, b] = [received.dataSync(), expected.dataSync()];
  for (const [at, value] of a.entries()) expect(value).toBeCloseTo(b[at] as number, digits);
};

const closeAll = (received: readonly number[], expected: readonly number[], digits = 5) => {
  expect(received).toHaveLength(expected.length);
  for (const [at, value] of received.entries()) expect(value).toBeCloseTo(expected[at] as number, digits);
};

const largest = (x: tf.Tensor) => x.abs().max().dataSync()[0] as number;

describe('telling a network the task', () => {
  const concat = createConditioned({ network, conditioning: 'concat' });
  const add = createConditioned({ network, conditioning: 'add' });

  /** W = [W_x W_z]: the same layers in the form of `add`. */
  function asAddition(theta: Theta): Theta {
    const split = (name: string, inputs: number) => {
      const { dense } = theta.shared[name] as { readonly dense: Layer };
      const [rows, units] = dense.weight.shape as [number, number];
      return {
        dense: { weight: dense.weight.slice([0, 0], [inputs, units]), bias: dense.bias },
        condition: { weight: dense.weight.slice([inputs, 0], [rows - inputs, units]) },
      };
    };
    const shared = { ...theta.shared, 'layer 1': split('layer 1', 4), 'layer 2': split('layer 2', 6) };
    return { shared: shared as never, perTask: theta.perTask };
  }

  it('by concatenation is telling it by addition: the same outputs and gradients', () => {
    const theta = initial(concat);
    const added = asAddition(theta);
    closeAll(lossesOf(concat, theta), lossesOf(add, added), 6);
    const received = asAddition(gradientOf(concat, theta));
    const expected = gradientOf(add, added);
    for (const name of ['layer 1', 'layer 2']) {
      type Told = { readonly dense: Layer; readonly condition: { readonly weight: tf.Tensor } };
      const [a, b] = [received.shared[name] as Told, expected.shared[name] as Told];
      close(a.dense.weight, b.dense.weight);
      close(a.dense.bias, b.dense.bias);
      close(a.condition.weight, b.condition.weight);
      expect(largest(a.condition.weight)).toBeGreaterThan(1e-4);
    }
  });

  it('by its number gives the columns of absent tasks a gradient of exactly zero', () => {
    const gradient = gradientOf(add, initial(add), 1);
    const { condition } = gradient.shared['layer 1'] as { condition: { weight: tf.Tensor } };
    const byTask = condition.weight.abs().sum(1).arraySync() as number[];
    expect(byTask.map((sum) => sum > 0)).toEqual([false, true, false, false]);
    expect(byTask.filter((sum) => sum === 0)).toHaveLength(3);
  });

  it('by affine maps with gates of 1 is telling it by addition', () => {
    const film = createConditioned({ network, conditioning: 'film' });
    const theta = initial(film);
    const withGates = (name: string) => {
      const layer = theta.shared[name] as { dense: Layer; condition: { weight: tf.Tensor }; shift: never };
      return { ...(layer as object), condition: { weight: tf.zerosLike(layer.condition.weight) } };
    };
    const asAdd = (name: string) => {
      const { dense, shift } = theta.shared[name] as { dense: Layer; shift: never };
      return { dense, condition: shift };
    };
    const names = ['layer 1', 'layer 2'];
    const of = (layer: (name: string) => object) => ({
      shared: { ...theta.shared, ...Object.fromEntries(names.map((name) => [name, layer(name)])) },
      perTask: theta.perTask,
    });
    closeAll(lossesOf(film, of(withGates)), lossesOf(add, of(asAdd)), 6);
  });

  it('by masks of blocks can hold T independent networks, which then do not touch each other', () => {
    const alone = createIndependent({ network });
    const own = initial(alone);
    const wide = createConditioned({
      network: { hidden: [6 * T, 5 * T] },
      conditioning: 'multiply',
      heads: 'perTask',
    });
    const theta = initial(wide);
    const layer = (name: string) => own.perTask[name] as never as { readonly dense: Layer };
    /** Gates 1 + V z: 1 on the task's own block, 0 on the others. */
    const masks = (units: number) => ({
      weight: tf
        .eye(T)
        .reshape([T, T, 1])
        .tile([1, 1, units])
        .reshape([T, T * units])
        .sub(1),
    });
    const beside = (x: tf.Tensor) => tf.concat(tf.unstack(x), -1); // [T, ..., H] → [..., T H]
    const shared = {
      'layer 1': {
        dense: { weight: beside(layer('layer 1').dense.weight), bias: beside(layer('layer 1').dense.bias) },
        condition: masks(6),
      },
      'layer 2': {
        dense: {
          // Rows of another block do not matter: their inputs are masked.
          weight: tf.unstack(layer('layer 2').dense.weight).reduce(
            (rows, block, task) => {
              const zeros = (units: number) => tf.zeros([6, units]);
              const line = tf.concat([zeros(5 * task), block, zeros(5 * (T - 1 - task))], 1);
              return task === 0 ? line : tf.concat([rows, line], 0);
            },
            tf.zeros([0, 0]),
          ),
          bias: beside(layer('layer 2').dense.bias),
        },
        condition: masks(5),
      },
    };
    const heads = Object.fromEntries(
      Object.entries(own.perTask)
        .filter(([name]) => name.startsWith('head'))
        .map(([name, head]) => {
          const { weight, bias } = head as Layer;
          const group = name.slice('head '.length);
          const rows = tf.unstack(weight).map((block, place) => {
            const task = spec.tasks
              .map((each, index) => [each.group, index] as const)
              .filter(([each]) => each === group)[place]![1];
            const out = block.shape[1] as number;
            return tf.concat([tf.zeros([5 * task, out]), block, tf.zeros([5 * (T - 1 - task), out])], 0);
          });
          return [name, { weight: tf.stack(rows), bias }];
        }),
    );
    const built = { shared: { ...theta.shared, ...shared } as never, perTask: heads as never };
    closeAll(lossesOf(wide, built), lossesOf(alone, own), 6);
    const gradient = gradientOf(wide, built, 1);
    const { dense } = gradient.shared['layer 1'] as { dense: Layer };
    const byTask = dense.weight.abs().sum(0).reshape([T, 6]).sum(1).arraySync() as number[];
    expect(byTask.map((sum) => sum > 0)).toEqual([false, true, false, false]);
  });
});

describe('heads', () => {
  it('of tasks are one wide output layer that is gated by the one-hot descriptor', () => {
    const { spec: own, rows } = linearSuite({ tasks: 4, dimensions: 4 });
    const learner = createSharedBottom({ network, scaleLabels: false });
    const theta = learner.init(own, createRng(0)) as never as Theta;
    const x = tf.tensor2d(rows('test', 0, Int32Array.of(0, 1, 2)).inputs.data as Float32Array, [3, 4]);
    const inputs = x.expandDims(0).tile([4, 1, 1]);
    const received = learner.predict(theta as never, inputs, own).numbers!.mean(); // [T, B, 1]
    const layer = (h: tf.Tensor, name: string) => {
      const { dense } = theta.shared[name] as { readonly dense: Layer };
      return h.matMul(dense.weight).add(dense.bias).relu();
    };
    const { weight, bias } = theta.perTask['head numbers'] as Layer;
    const wide = tf.concat(tf.unstack(weight), 1); // [H, T]
    const all = layer(layer(x, 'layer 1'), 'layer 2')
      .matMul(wide)
      .add(bias.reshape([4])); // [B, T]
    const gated = tf.stack(
      [0, 1, 2, 3].map((task) => all.mul(tf.eye(4).slice([task, 0], [1, 4])).sum(1, true)),
    );
    close(received, gated, 5);
  });

  it('and layers of independent networks are those of T separate ones', () => {
    const suite = linearSuite({ tasks: 3, dimensions: 4, trainItems: 6 });
    const learner = createIndependent({ network });
    const theta = learner.init(suite.spec, createRng(0)) as never as Tree<tf.Tensor>;
    const batch = firstBatch(suite);
    const together = learner
      .taskLosses(theta as never, batch, createRng(0), suite.spec)
      .arraySync() as number[];
    const { numbers } = batch.groups as { readonly numbers: { targets: tf.Tensor; mask: tf.Tensor } };
    for (const task of [0, 1, 2]) {
      const own = (x: tf.Tensor) => x.slice(task, 1);
      const { statistics } = suite.spec.groups.numbers!;
      const row = ({ data }: HostTensor): HostTensor => ({
        dtype: 'float32',
        shape: [1, 1],
        data: Float32Array.of(data[task] as number),
      });
      const { mean, deviation } = statistics!;
      const alone = {
        ...suite.spec,
        tasks: [suite.spec.tasks[task]!],
        groups: {
          numbers: {
            ...suite.spec.groups.numbers!,
            statistics: { mean: row(mean), deviation: row(deviation) },
          },
        },
        descriptors: { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1) } as const,
      };
      const [loss] = learner
        .taskLosses(
          mapTree(theta, own as never) as never,
          {
            inputs: own(batch.inputs),
            groups: { numbers: { targets: own(numbers.targets), mask: own(numbers.mask) } },
            taskWeights: tf.ones([1]),
          },
          createRng(0),
          alone,
        )
        .arraySync() as number[];
      expect(loss).toBeCloseTo(together[task] as number, 5);
    }
  });

  it('count among the tasks` own parameters', () => {
    // 4·6 + 6 + 6·5 + 5 shared; heads of 5 + 1 numbers for three regressions, of 2·(5 + 1) for the classification.
    expect(parameterCounts(initial(createSharedBottom({ network })) as never)).toEqual({
      shared: 65,
      perTask: 30,
      total: 95,
    });
  });
});

describe('sharing in the limit', () => {
  /** The layers of one network for each task. */
  const repeated = (layers: Readonly<Record<string, unknown>>, count: number) =>
    Object.fromEntries(
      Object.entries(layers).map(([name, layer]) => {
        const { dense } = layer as { readonly dense: Layer };
        const tile = (x: tf.Tensor) => tf.stack(Array<tf.Tensor>(count).fill(x));
        return [name, { dense: { weight: tile(dense.weight), bias: tile(dense.bias) } }];
      }),
    );
  const bodyOf = (perTask: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(perTask).filter(([name]) => !name.startsWith('head')));
  const headsOf = (perTask: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(perTask).filter(([name]) => name.startsWith('head')));

  it('a group per task is independent networks, one group the shared bottom', () => {
    const alone = createIndependent({ network });
    const theta = initial(alone);
    const apart = createGrouped({ network, groups: [[0], [1], [2], [3]] });
    const stored = { shared: bodyOf(theta.perTask), perTask: headsOf(theta.perTask) };
    closeAll(lossesOf(apart, stored), lossesOf(alone, theta), 6);

    const bottom = createSharedBottom({ network });
    const shared = initial(bottom);
    const together = createGrouped({ network, groups: [[2, 0, 1, 3]] });
    const one = { shared: repeated(shared.shared, 1), perTask: shared.perTask };
    closeAll(lossesOf(together, one), lossesOf(bottom, shared), 6);
    expect(() =>
      initial(
        createGrouped({
          network,
          groups: [
            [0, 1],
            [1, 2, 3],
          ],
        }),
      ),
    ).toThrow(/task 1 2 times/);
    expect(() => initial(createGrouped({ network, groups: [[0, 1, 2]] }))).toThrow(/task 3 0 times/);
  });

  it('a head per group pools the tasks of a group', () => {
    const numbers = linearSuite({ tasks: 4, dimensions: 4, trainItems: 6 });
    const batch = firstBatch(numbers);
    const losses = (learner: JointLearner, theta: unknown) =>
      learner.taskLosses(theta as never, batch, createRng(0), numbers.spec).arraySync() as number[];
    const learner = createGrouped({
      network,
      groups: [
        [0, 2],
        [1, 3],
      ],
      heads: 'perGroup',
    });
    const before = tf.memory().numTensors;
    const theta = learner.init(numbers.spec, createRng(0)) as never as Theta;
    expect(tf.memory().numTensors - before).toBe(leavesOf(theta as never).length);
    expect(Object.keys(theta.perTask)).toEqual([]);
    // What one group has is a pooled network.
    const pooled = createPooled({ network });
    for (const group of [0, 1]) {
      const own = (x: tf.Tensor) => x.slice(group, 1).squeeze([0]);
      const layer = (name: string) => {
        const { dense } = theta.shared[name] as { readonly dense: Layer };
        return { dense: { weight: own(dense.weight), bias: own(dense.bias) } };
      };
      const head = theta.shared['head numbers'] as Layer;
      const one = {
        shared: {
          'layer 1': layer('layer 1'),
          'layer 2': layer('layer 2'),
          'head numbers': { weight: own(head.weight), bias: own(head.bias) },
        },
        perTask: {},
      };
      const [together, alone] = [losses(learner, theta), losses(pooled, one)];
      for (const task of [group, group + 2]) expect(together[task]).toBeCloseTo(alone[task] as number, 5);
    }
    const { gradients } = taskGradients(learner, theta as never, {
      batch,
      rng: createRng(0),
      spec: numbers.spec,
    });
    expect(gradients.shape[0]).toBe(4);
    expect(() => initial(learner)).toThrow(/one kind/); // Numbers and classes.
  });

  it('tasks of one group do not touch the network of another', () => {
    const learner = createGrouped({
      network,
      groups: [
        [0, 2],
        [1, 3],
      ],
    });
    const { dense } = gradientOf(learner, initial(learner), 3).shared['layer 1'] as { dense: Layer };
    const byGroup = dense.weight.abs().sum([1, 2]).arraySync() as number[];
    expect(byGroup[0]).toBe(0);
    expect(byGroup[1]).toBeGreaterThan(0);
  });

  it('the gradients of tasks in grouped layers are their own', () => {
    const learner = createGrouped({
      network,
      groups: [
        [0, 2],
        [1, 3],
      ],
    });
    const theta = initial(learner);
    const batch = firstBatch(distribution);
    const { gradients } = taskGradients(learner, theta as never, { batch, rng: createRng(0), spec });
    for (const task of [0, 1, 2, 3]) {
      const { vector } = flattenTree(gradientOf(learner, theta, task).shared as Tree<tf.Tensor>);
      close(gradients.slice([task, 0], [1, vector.size]).reshape([-1]), vector.div(T));
    }
  });

  it('cross-stitches that mix nothing are independent networks, and those that mix all, of equal columns, one trunk', () => {
    const alone = createIndependent({ network });
    const theta = initial(alone);
    const stitchedBy = (body: Record<string, unknown>, stitch: tf.Tensor) =>
      Object.fromEntries(
        Object.entries(body).map(([name, layer]) => [name, { ...(layer as object), stitch }]),
      );
    const stitched = createCrossStitch({ network });
    const apart = { ...stitchedBy(bodyOf(theta.perTask), tf.eye(T)), ...headsOf(theta.perTask) };
    closeAll(lossesOf(stitched, { shared: {}, perTask: apart }), lossesOf(alone, theta), 5);
    const bottom = createSharedBottom({ network });
    const shared = initial(bottom);
    const equal = stitchedBy(repeated(shared.shared, T), tf.fill([T, T], 1 / T));
    const perTask = { ...equal, ...shared.perTask };
    closeAll(lossesOf(stitched, { shared: {}, perTask }), lossesOf(bottom, shared), 5);
  });

  it('masks of 1 in the attention network are the shared bottom', () => {
    const attention = createAttention({ network });
    const theta = initial(attention);
    const open = Object.fromEntries(
      Object.entries(theta.perTask).map(([name, layer]) => {
        if (!name.startsWith('mask')) return [name, layer];
        const { inner, outer } = layer as { readonly inner: Layer; readonly outer: Layer };
        const bias = tf.fill(outer.bias.shape, 50); // σ(50) = 1 in float32.
        return [name, { inner, outer: { weight: tf.zerosLike(outer.weight), bias } }];
      }),
    );
    const bottom = createSharedBottom({ network });
    const layers = Object.fromEntries(
      Object.entries(theta.shared).map(([name, dense]) => [name, { dense }] as const),
    );
    const plain = { shared: layers, perTask: headsOf(theta.perTask) };
    closeAll(lossesOf(attention, { shared: theta.shared, perTask: open }), lossesOf(bottom, plain), 5);
  });

  it('one expert is the shared bottom, and a chosen expert per task independent networks', () => {
    const bottom = createSharedBottom({ network: { hidden: [5] } });
    const one = createMixtureOfExperts({ experts: 1, expertSize: 5 });
    const theta = initial(one);
    const plain = { shared: { 'layer 1': { dense: theta.shared.experts } }, perTask: headsOf(theta.perTask) };
    closeAll(lossesOf(one, theta), lossesOf(bottom, plain), 6);

    const alone = createIndependent({ network: { hidden: [5] } });
    const own = initial(alone);
    const { dense } = own.perTask['layer 1'] as { readonly dense: Layer };
    const beside = (x: tf.Tensor) => tf.concat(tf.unstack(x), -1);
    const chosen = tf.eye(T).mul(200).sub(100); // softmax: exactly 1 on the task's own.
    const gates = { weight: tf.zeros([T, 4, T]), bias: chosen };
    const many = createMixtureOfExperts({ experts: T, expertSize: 5 });
    const built = {
      shared: { experts: { weight: beside(dense.weight), bias: beside(dense.bias) } },
      perTask: { gates, ...headsOf(own.perTask) },
    };
    closeAll(lossesOf(many, built), lossesOf(alone, own), 6);
  });

  it('gates without an expert are shared out among the others, or left alone where all are dropped', () => {
    const gates = tf.tensor2d([
      [0.2, 0.3, 0.5],
      [0.2, 0.3, 0.5],
      [0.2, 0.3, 0.5],
    ]);
    const mask = tf.tensor2d([
      [1, 1, 1],
      [1, 0, 1],
      [0, 0, 0],
    ]);
    const [whole, one, none] = dropExperts(gates, mask).arraySync() as number[][];
    closeAll(whole as number[], [0.2, 0.3, 0.5], 6);
    closeAll(one as number[], [0.2 / 0.7, 0, 0.5 / 0.7], 6);
    closeAll(none as number[], [0.2, 0.3, 0.5], 6);
    // Its derivative needs nothing but the usual operations: ∂ (g_0 / (g_0 + g_2)) / ∂ g_0 = 0.5 / 0.49.
    const slope = tf.grad((g: tf.Tensor) => dropExperts(g, mask).slice([1, 0], [1, 1]).sum())(gates);
    expect((slope.arraySync() as number[][])[1]![0]).toBeCloseTo(0.5 / 0.49, 4);
  });

  it('the order of experts means nothing', () => {
    const learner = createMixtureOfExperts({ experts: 3, expertSize: 4 });
    const theta = initial(learner);
    const experts = theta.shared.experts as Layer;
    const gates = theta.perTask.gates as Layer;
    const order = tf.tensor1d([2, 0, 1], 'int32');
    const columns = tf.tensor1d([8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6, 7], 'int32');
    const moved = {
      shared: { experts: { weight: experts.weight.gather(columns, 1), bias: experts.bias.gather(columns) } },
      perTask: {
        ...theta.perTask,
        gates: { weight: gates.weight.gather(order, 2), bias: gates.bias.gather(order, 1) },
      },
    };
    closeAll(lossesOf(learner, moved), lossesOf(learner, theta), 6);
  });
});

describe('labels', () => {
  it('that are missing mean nothing', () => {
    const learner = createPooled({ network });
    const theta = initial(learner);
    const batch = firstBatch(distribution);
    const { numbers, classes } = batch.groups as { numbers: never; classes: never };
    const { targets, mask } = numbers as { targets: tf.Tensor; mask: tf.Tensor };
    const hidden = tf.tensor2d([[0], [1], [1]]).mul(tf.ones(mask.shape)); // Task a has no label at all.
    const of = (first: tf.Tensor) =>
      lossesOf(learner, theta, {
        ...batch,
        groups: { numbers: { targets: first, mask: hidden }, classes },
      } as never);
    const changed = targets.add(tf.tensor3d([[[9]], [[0]], [[0]]]));
    expect(of(changed)).toEqual(of(targets));
    expect(of(targets)[0]).toBe(0);
  });
});
