import {
  type Checkpoint,
  disposeTree,
  flattenTree,
  type GradientTransformation,
  type HostTensor,
  type Prepared,
  type Rng,
  type StreamTraining,
  type StreamTrainingContext,
  type Tree,
  type TreeSpec,
  toHost,
  treeSpec,
  unflattenTree,
  unpackHostTree,
} from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A meta-loss, [], and what else is told of an update, each []. */
export interface OuterLoss {
  readonly loss: Scalar;
  readonly metrics?: { readonly [name: string]: Scalar };
}

/** What is meta-trained by gradient descent on a loss of lifetimes. */
export interface OuterTrainingParts<Theta, Batch> {
  /** For messages and names. */
  readonly name: string;
  readonly optimizer: GradientTransformation;
  /** First parameters. The caller disposes. */
  init(rng: Rng): Theta;
  /** The meta-loss; recordable. */
  loss(theta: Theta, batch: Batch, rng: Rng): OuterLoss;
  /** Data of update n, a function of n alone. */
  sample(update: number): Tree<HostTensor>;
}

type Input<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: Tree<Leaf>;
  readonly step: Leaf;
  readonly batch: Tree<Leaf>;
};
type Output<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: Tree<Leaf>;
  /** The loss and every metric. */
  readonly report: { readonly [name: string]: Leaf };
};

function outerStep<Theta, Batch>(parts: OuterTrainingParts<Theta, Batch>, spec: TreeSpec) {
  return ({ theta, optimizer: state, step, batch }: Input, rng: Rng): Output => {
    const kept: { [name: string]: Tensor } = {};
    const { value, gradients } = valueAndGradients(
      (at) => {
        const { loss, metrics = {} } = parts.loss(at as Theta, batch as Batch, rng);
        // The gradient's own scope ends before they are read.
        for (const [name, metric] of Object.entries(metrics)) kept[name] = tf.keep(metric.clone());
        return loss;
      },
      unflattenTree(theta, spec),
    );
    const report: { [name: string]: Tensor } = { loss: value };
    for (const [name, metric] of Object.entries(kept)) {
      report[name] = metric.clone();
      metric.dispose();
    }
    const next = parts.optimizer.update(flattenTree(gradients).vector, state as never, theta, step);
    return { theta: theta.add(next.change), optimizer: next.state, report };
  };
}

/** Opens a meta-training: one compiled function does forward pass, gradients through the whole of the loss, and optimiser. */
export async function openOuterTraining<Theta, Batch>(
  parts: OuterTrainingParts<Theta, Batch>,
  { executor, rng }: StreamTrainingContext,
  saved?: Checkpoint,
): Promise<StreamTraining> {
  const first = parts.init(rng.split('init')) as unknown as Tree<Tensor>;
  const spec = treeSpec(first);
  const { vector } = flattenTree(first);
  const slots = parts.optimizer.init(vector.size);
  const begun = { theta: await toHost(vector), optimizer: await toHost(slots as Tree<Tensor>) };
  disposeTree([first, vector, slots as Tree<Tensor>]);
  const step: Prepared<Input, Output> = executor.prepare(outerStep(parts, spec), {
    name: `${parts.name}: meta-update`,
  });
  type State = { readonly theta: HostTensor; readonly optimizer: Tree<HostTensor> };
  const restored = saved?.tensors as unknown as Partial<State> | undefined;
  let state = (restored === undefined ? begun : { optimizer: {}, ...restored }) as State;
  let updates = (saved?.metadata as { updates: number } | undefined)?.updates ?? 0;
  return {
    async update() {
      const count: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(updates) };
      const input = { ...state, step: count, batch: parts.sample(updates) };
      const made = await step.run(input as never, rng.split('update').split(updates));
      const { report, theta, optimizer } = made as unknown as Output<HostTensor>;
      state = { theta, optimizer };
      updates += 1;
      const metrics = Object.entries(report).map(([name, { data }]) => [name, data[0] as number] as const);
      return { metrics: Object.fromEntries(metrics) };
    },
    parameters: () => unpackHostTree(state.theta, spec),
    save: () => ({ tensors: state as unknown as Tree<HostTensor>, metadata: { updates } }),
    dispose: () => step.dispose(),
  };
}
