import {
  type Checkpoint,
  disposeTree,
  flattenTree,
  type GradientTransformation,
  type HostTensor,
  type Prepared,
  type StreamLearner,
  type StreamTraining,
  type StreamTrainingContext,
  type Tree,
  type TreeSpec,
  toHost,
  unflattenTree,
  unpackHostTree,
} from '@tasklearn/core';
import { accuracy, crossEntropy, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { openPlasticAgent, type PlasticState, requireClasses, structureOf } from './plastic-agent.js';
import {
  type PlasticNetwork,
  type PlasticSettings,
  type PlasticTheta,
  plasticNetwork,
} from './plastic-network.js';
import { type SequenceSettings, type Sequences, sampleSequences } from './sample-sequences.js';

/** What an online-aware meta-learner is made of. */
export interface OnlineAwareParts extends PlasticSettings, SequenceSettings {
  readonly name: string;
  readonly optimizer: GradientTransformation;
}

type OuterInput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: Tree<Leaf>;
  readonly step: Leaf;
  readonly sequences: Sequences<Leaf>;
};
type OuterOutput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: Tree<Leaf>;
  readonly report: Leaf;
};

/** Items [T, first .. first + count). */
function slice(tensor: Tensor, first: number, count: number): Tensor {
  const rest = tensor.shape.slice(2);
  return tf.slice(tensor, [0, first, ...rest.map(() => 0)], [tensor.shape[0] as number, count, ...rest]);
}

/**
 * The outer loss: T short lifetimes are lived, `batchSize` items at a time, and all their items and held-out ones are asked for at
 * the end. Differentiable through the whole of them.
 *
 * @returns mean −log p and accuracy, [].
 */
export function lifetimeLoss(
  network: PlasticNetwork,
  theta: PlasticTheta,
  { targets, queryInputs, queryTargets }: Sequences<Tensor>,
  batchSize: number,
): { readonly loss: Scalar; readonly accuracy: Scalar } {
  const [lifetimes, length] = targets.shape as [number, number];
  const embedded = network.embed(theta, queryInputs); // The items learnt come first.
  const learnt = slice(embedded, 0, length);
  let plastic = network.begin(theta, lifetimes);
  for (let first = 0; first < length; first += batchSize)
    plastic = network.learn(
      theta,
      plastic,
      slice(learnt, first, batchSize),
      slice(targets, first, batchSize),
    );
  const outputs = network.outputs(theta, plastic, embedded);
  return {
    loss: crossEntropy(outputs, queryTargets).mean() as Scalar,
    accuracy: accuracy(outputs, queryTargets).mean() as Scalar,
  };
}

function outerStep(
  network: PlasticNetwork,
  thetaSpec: TreeSpec,
  optimizer: GradientTransformation,
  batchSize: number,
) {
  return ({ theta, optimizer: state, step, sequences }: OuterInput): OuterOutput => {
    const tree = unflattenTree<PlasticTheta>(theta, thetaSpec);
    let share: Tensor | undefined;
    const { value, gradients } = valueAndGradients((at: PlasticTheta) => {
      const lived = lifetimeLoss(network, at, sequences, batchSize);
      share = tf.keep(lived.accuracy.clone()); // The gradient's own scope ends before it is read.
      return lived.loss;
    }, tree);
    const report = tf.stack([value, share as Tensor]);
    (share as Tensor).dispose();
    const next = optimizer.update(flattenTree(gradients).vector, state as never, theta, step);
    return { theta: theta.add(next.change), optimizer: next.state, report };
  };
}

const number = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

async function firstState(
  network: PlasticNetwork,
  { optimizer }: OnlineAwareParts,
  { rng }: StreamTrainingContext,
) {
  const theta = network.init(rng.split('init'));
  const { vector } = flattenTree(theta);
  const state = optimizer.init(vector.size);
  const hosted = { theta: await toHost(vector), optimizer: await toHost(state) };
  disposeTree([theta as Tree<Tensor>, vector, state]);
  return hosted as { theta: HostTensor; optimizer: Tree<HostTensor> };
}

async function openTraining(
  parts: OnlineAwareParts,
  context: StreamTrainingContext,
  saved?: Checkpoint,
): Promise<StreamTraining> {
  const { distribution, executor, rng } = context;
  const { spec } = distribution;
  const network = plasticNetwork(parts, spec);
  const thetaSpec = structureOf(network);
  const step: Prepared<OuterInput, OuterOutput> = executor.prepare(
    outerStep(network, thetaSpec, parts.optimizer, spec.batchSize),
    { name: `${parts.name}: meta-update` },
  );
  const restored = saved?.tensors as { theta: HostTensor; optimizer?: Tree<HostTensor> } | undefined;
  let state = restored
    ? { theta: restored.theta, optimizer: restored.optimizer ?? {} }
    : await firstState(network, parts, context);
  let updates = (saved?.metadata as { updates: number } | undefined)?.updates ?? 0;
  return {
    async update() {
      const own = rng.split('update').split(updates);
      const sequences = sampleSequences(distribution, parts, updates, rng.split('data'));
      const input = { ...state, step: number(updates), sequences };
      const { report, theta, optimizer } = (await step.run(input as never, own)) as OuterOutput<HostTensor>;
      state = { theta, optimizer };
      updates += 1;
      return { metrics: { loss: report.data[0] as number, accuracy: report.data[1] as number } };
    },
    parameters: () => unpackHostTree(state.theta, thetaSpec),
    save: () => ({ tensors: state as unknown as Tree<HostTensor>, metadata: { updates } }),
    dispose: () => step.dispose(),
  };
}

/**
 * A learner that keeps nothing: a representation is meta-learned so that plain gradient descent on whatever comes, one batch at a
 * time, does not interfere with what came before.
 */
export function onlineAwareLearner(parts: OnlineAwareParts): StreamLearner<PlasticState> {
  return {
    kind: 'stream',
    needs: () => ({ taskLabels: false, storage: 0, metaTraining: true }),
    openTraining: (context, saved) => {
      requireClasses(parts.name, context.distribution.spec);
      return openTraining(parts, context, saved);
    },
    async openAgent(parameters, { spec, executor }) {
      return openPlasticAgent(parts, parameters, spec, executor);
    },
  };
}
