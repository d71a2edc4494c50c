import {
  createRng,
  flattenTree,
  type HostTensor,
  type JointBatch,
  type JointDistribution,
  type JointLearner,
  type JointParameters,
  type JointStepInput,
  type JointStepOutput,
  jointStep,
  mapTree,
  type Tree,
  unpackHostTree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { linearOracle, linearSuite } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallTasks } from './__fixtures__/small-tasks.js';
import { createIndependent, createSoftSharing } from './create-learners.js';
import type { MultiTaskParameters } from './engine/architecture.js';
import { affinityPenalty, sharingPenalty } from './sharing-penalty.js';

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

describe('soft sharing', () => {
  /** Trains on all items of every task at once, so that nothing is random but the beginning. */
  async function trained(learner: JointLearner, of: JointDistribution, updates: number) {
    const all = of.sizes.train.map((size) => Int32Array.from({ length: size }, (_, item) => item));
    const rows = all.map((indices, task) => of.rows('train', task, indices));
    const stack = (parts: readonly HostTensor[]): HostTensor => ({
      dtype: 'float32',
      shape: [parts.length, ...(parts[0] as HostTensor).shape],
      data: Float32Array.from(parts.flatMap(({ data }) => [...data])),
    });
    const ones = (count: number): HostTensor => ({
      dtype: 'float32',
      shape: [count],
      data: new Float32Array(count).fill(1),
    });
    const batch = {
      inputs: stack(rows.map(({ inputs }) => inputs)),
      groups: {
        numbers: {
          targets: stack(rows.map(({ targets }) => targets)),
          mask: stack(rows.map(({ inputs }) => ones(inputs.shape[0] as number))),
        },
      },
      taskWeights: ones(rows.length),
    } as JointBatch<HostTensor>;
    const host = (x: tf.Tensor): HostTensor => ({
      dtype: 'float32',
      shape: x.shape,
      data: Float32Array.from(x.dataSync()),
    });
    const { vector, spec: thetaSpec } = flattenTree(learner.init(of.spec, createRng(0)) as JointParameters);
    let theta = host(vector);
    let optimizer = mapTree(learner.optimizer.init(vector.size) as Tree<tf.Tensor>, host as never) as never;
    const prepared = compiledExecutor().prepare(jointStep(learner, of.spec, thetaSpec));
    for (let update = 0; update < updates; update += 1) {
      const step: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(update) };
      const input = { theta, optimizer, combination: {}, step, batch } as JointStepInput<HostTensor>;
      const out = (await prepared.run(input as never, createRng(0))) as never as JointStepOutput<HostTensor>;
      theta = out.theta;
      optimizer = out.optimizer as never;
    }
    prepared.dispose();
    return unpackHostTree(theta, thetaSpec) as unknown as {
      perTask: Record<string, { weight: HostTensor; bias: HostTensor; dense: Record<string, HostTensor> }>;
    };
  }

  it('with its exact strengths is exact Bayes for linear tasks', async () => {
    const [tasks, dimensions, n, rho, noise] = [4, 3, 6, 0.7, 0.5];
    const suite = linearSuite({ tasks, dimensions, trainItems: n, relatedness: rho, noise });
    const d = dimensions + 1; // The bias is a weight as any other.
    const { joint } = linearOracle({
      ...suite.problem,
      dimensions: d,
      inputs: suite.problem.inputs.map((x) =>
        Float64Array.from({ length: n * d }, (_, at) =>
          at % d === dimensions ? 1 : (x[Math.floor(at / d) * dimensions + (at % d)] as number),
        ),
      ),
    });
    // R⁻¹ = a I − b 1 1ᵀ; the loss is 1 / (n T) of the sum of squares.
    const a = 1 / (1 - rho);
    const b = rho / ((1 - rho) * (1 - rho + tasks * rho));
    const learner = createSoftSharing({
      network: { hidden: [] },
      scaleLabels: false,
      pullHeads: true,
      strength: (noise ** 2 * d * b) / (n * tasks),
      ridge: (noise ** 2 * d * (a - b * tasks)) / (n * tasks),
      optimizer: { learningRate: 0.02 },
    });
    const { perTask } = await trained(learner, suite, 1500);
    const { weight, bias } = perTask['head numbers'] as { weight: HostTensor; bias: HostTensor };
    for (let task = 0; task < tasks; task += 1)
      for (let at = 0; at < d; at += 1) {
        const received = at < dimensions ? weight.data[task * dimensions + at] : bias.data[task];
        expect(received).toBeCloseTo(joint.weights[task * d + at] as number, 2);
      }
  });

  it('is learning alone at strength 0, and one network as the strength grows', async () => {
    const suite = linearSuite({ tasks: 3, dimensions: 4, trainItems: 12, relatedness: 0.5 });
    const options = { network: { hidden: [5] }, optimizer: { learningRate: 0.01 } } as const;
    const layer = async (learner: JointLearner, updates = 60) =>
      (await trained(learner, suite, updates)).perTask['layer 1']!.dense.weight as HostTensor;
    const alone = await layer(createIndependent(options));
    const free = await layer(createSoftSharing({ ...options, strength: 0, commonStart: false }));
    expect(free.data).toEqual(alone.data);
    const spreadOf = ({ data }: HostTensor) => {
      const size = data.length / 3;
      let sum = 0;
      for (let at = 0; at < size; at += 1) {
        const own = [0, 1, 2].map((task) => data[task * size + at] as number);
        const centre = own.reduce((total, value) => total + value, 0) / 3;
        sum += own.reduce((total, value) => total + (value - centre) ** 2, 0);
      }
      return sum;
    };
    const optimizer = { name: 'sgd', learningRate: 0.002 } as never;
    const bound = await layer(createSoftSharing({ ...options, optimizer, strength: 100 }), 400);
    expect(spreadOf(bound)).toBeLessThan(1e-3 * spreadOf(alone));
    const grouped = await layer(
      createSoftSharing({ ...options, optimizer, strength: 100, groups: [[0, 2], [1]] }),
      400,
    );
    const size = grouped.data.length / 3;
    const apart = (t: number, u: number) =>
      Math.max(
        ...Array.from({ length: size }, (_, at) =>
          Math.abs((grouped.data[t * size + at] as number) - (grouped.data[u * size + at] as number)),
        ),
      );
    expect(apart(0, 2)).toBeLessThan(0.01);
    expect(apart(0, 1)).toBeGreaterThan(0.1);
  });

  it('pairwise is T times the distances to the centroid, and a case of given affinities', () => {
    const theta = initial(createIndependent({ network })) as never as MultiTaskParameters;
    const of = (penalty: (theta: MultiTaskParameters) => tf.Tensor) => penalty(theta).dataSync()[0] as number;
    const pairwise = of(sharingPenalty('pairwise', 0.3));
    expect(of(sharingPenalty('centroid', 0.3)) * T).toBeCloseTo(pairwise, 3);
    const ones = Array.from({ length: T }, () => new Array<number>(T).fill(1));
    expect(of(affinityPenalty(ones, 0.3))).toBeCloseTo(pairwise, 3);
    // By hand: one pair only.
    const { weight, bias } = (theta.perTask['layer 1'] as never as { dense: Layer }).dense;
    const only = ones.map((row, t) => row.map((_, u) => (t + u === 1 ? 1 : 0)));
    const lone = { shared: {}, perTask: { 'layer 1': { dense: { weight, bias } } } } as never;
    const expected = tf.unstack(weight)[0]!.sub(tf.unstack(weight)[1]!).square().sum().dataSync()[0];
    expect(affinityPenalty(only, 1)(lone).dataSync()[0]).toBeCloseTo(expected as number, 4);
    expect(affinityPenalty(only, 0, { ridge: 2 })(lone).dataSync()[0]).toBeCloseTo(
      2 * (weight.square().sum().dataSync()[0] as number),
      3,
    );
  });

  it('refuses to pull heads of different kinds together', () => {
    expect(() => initial(createSoftSharing({ network, pullHeads: true }))).toThrow(/one kind/);
  });
});
