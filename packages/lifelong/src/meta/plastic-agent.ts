import {
  createRng,
  disposeTree,
  type Executor,
  flattenTree,
  type HostTensor,
  packHostTree,
  type StreamAgent,
  type StreamSpec,
  TasklearnError,
  type Tree,
  type TreeSpec,
  treeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import {
  type Plastic,
  type PlasticNetwork,
  type PlasticSettings,
  type PlasticTheta,
  plasticNetwork,
} from './plastic-network.js';

/** State of a lifetime: what is plastic, [P']. Immutable. */
export interface PlasticState {
  readonly plastic: HostTensor;
  /** Gradients of the loss of an item evaluated so far. */
  readonly gradients: number;
}

/** The structure of what is meta-learned. */
function structureOf(network: PlasticNetwork): TreeSpec {
  const theta = network.init(createRng(0));
  const spec = treeSpec(theta as Tree<Tensor>);
  disposeTree(theta as Tree<Tensor>);
  return spec;
}

/**
 * Opens an agent that keeps the representation fixed and learns what is plastic by gradient descent, batch by batch.
 *
 * @param parameters - of the meta-training.
 * @throws `INVALID_OPTION` without parameters; `UNSUPPORTED_TASK` for a regression.
 */
export function openPlasticAgent(
  parts: PlasticSettings & { readonly name: string },
  parameters: Tree<HostTensor> | undefined,
  spec: StreamSpec,
  executor: Executor,
): StreamAgent<PlasticState> {
  requireClasses(parts.name, spec);
  if (parameters === undefined) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${parts.name}: needs the parameters of a meta-training. Meta-train it first.`,
    );
  }
  const theta = packHostTree(parameters).vector;
  // Where the body is plastic, the one that lives is that of the state; the rate is no parameter of predictions.
  const meta = parameters as { readonly body: Tree<HostTensor>; readonly gate: Tree<HostTensor> };
  const counted = parts.plastic === 'head' ? [meta.body, meta.gate] : [meta.gate];
  const fixed = packHostTree(counted).vector.data.length;
  const network = plasticNetwork(parts, spec);
  const thetaSpec = structureOf(network);
  let plasticSpec: TreeSpec | undefined;
  const started = (vector: Tensor) =>
    flattenTree(network.begin(unflattenTree<PlasticTheta>(vector, thetaSpec), 1));
  let start: HostTensor | undefined;
  tf.tidy(() => {
    const { vector, spec: structure } = started(tf.tensor1d(theta.data as Float32Array));
    plasticSpec = structure;
    start = { dtype: 'float32', shape: vector.shape, data: vector.dataSync().slice() as Float32Array };
  });
  type Given = { theta: Tensor; plastic: Tensor; inputs: Tensor };
  const read = ({ theta: vector, plastic }: Given) =>
    [
      unflattenTree<PlasticTheta>(vector, thetaSpec),
      unflattenTree<Plastic>(plastic, plasticSpec as TreeSpec),
    ] as const;
  const learn = executor.prepare(
    (given: Given & { targets: Tensor }) => {
      const [meta, plastic] = read(given);
      return {
        plastic: flattenTree(network.learn(meta, plastic, network.embed(meta, given.inputs), given.targets))
          .vector,
      };
    },
    { name: `${parts.name}: learn` },
  );
  const classify = executor.prepare(
    (given: Given) => {
      const [meta, plastic] = read(given);
      return { means: tf.softmax(network.outputs(meta, plastic, network.embed(meta, given.inputs))) };
    },
    { name: `${parts.name}: predict` },
  );
  const lead = (tensor: HostTensor): HostTensor => ({ ...tensor, shape: [1, ...tensor.shape] });
  return {
    begin: () => ({ plastic: start as HostTensor, gradients: 0 }),
    async predict({ plastic }, { inputs }, rng) {
      const { means } = await classify.run({ theta, plastic, inputs: lead(inputs) } as never, rng);
      return { ...means, shape: means.shape.slice(1) };
    },
    async observe({ plastic, gradients }, { inputs }, targets, rng) {
      const given = { theta, plastic, inputs: lead(inputs), targets: lead(targets) };
      const count = inputs.shape[0] as number;
      return { plastic: (await learn.run(given as never, rng)).plastic, gradients: gradients + count };
    },
    storedItems: () => 0,
    ledger: ({ plastic, gradients }) => ({ parameters: fixed + plastic.data.length, gradients }),
    release: () => {},
    dispose() {
      learn.dispose();
      classify.dispose();
    },
  };
}

/** @throws `UNSUPPORTED_TASK` for a regression. */
export function requireClasses(name: string, { target }: StreamSpec): void {
  if (target.kind === 'classification') return;
  const message = `${name}: learns classes, and this stream is a regression. Choose another learner.`;
  throw new TasklearnError('UNSUPPORTED_TASK', message, { target: target.kind });
}
