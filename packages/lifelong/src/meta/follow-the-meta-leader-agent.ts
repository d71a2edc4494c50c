import {
  createRng,
  disposeTree,
  type Executor,
  flattenTree,
  type GradientTransformation,
  type HostTensor,
  type Prepared,
  type Rng,
  type StreamAgent,
  type StreamInputs,
  type StreamSpec,
  treeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { NetworkOptions } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type NetworkParameters, streamNetwork } from '../engine/network.js';
import type { Component } from '../engine/online-state.js';
import { drawItems } from '../memory/draw-items.js';
import { type ItemBatch, itemBatch, itemsOf } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';
import {
  adaptStep,
  type InnerSettings,
  type MetaBatch,
  type OuterInput,
  outerStep,
} from './follow-the-meta-leader-step.js';

/** What the agent is made of. */
export interface MetaLeaderParts extends InnerSettings {
  readonly name: string;
  readonly network: NetworkOptions;
  readonly optimizer: GradientTransformation;
  /** Outer steps at every step of the stream. */
  readonly outerSteps: number;
  /** K, tasks of an outer step, drawn from those met. */
  readonly tasks: number;
  /** S, items that are adapted to. */
  readonly support: number;
  /** Q, items that are asked for afterwards. */
  readonly query: number;
  /** Gradient steps on a task's own items before anything of it is predicted. */
  readonly adaptSteps: number;
}

/** State of a lifetime. Immutable, plain data. */
export interface MetaLeaderState {
  readonly component: Component;
  /** Items of every task met, by its number. */
  readonly buffers: readonly (readonly StoredItem[])[];
  /** Gradients of the loss of an item evaluated so far, those of predicting not counted. */
  readonly gradients: number;
}

const number = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

function prepare(parts: MetaLeaderParts, spec: StreamSpec, executor: Executor) {
  const network = streamNetwork(parts.network, spec);
  const first = network.init(createRng(0));
  const thetaSpec = treeSpec(first as never);
  disposeTree(first as never);
  const predictor = { network, spec };
  const outer = executor.prepare(outerStep(predictor, thetaSpec, parts.optimizer, parts) as never, {
    name: `${parts.name}: outer update`,
  }) as unknown as Prepared<OuterInput, Pick<OuterInput, 'theta' | 'optimizer'>>;
  const adapt = executor.prepare(adaptStep(predictor, thetaSpec, parts.innerRate) as never, {
    name: `${parts.name}: adapt`,
  }) as unknown as Prepared<{ theta: Tensor; batch: ItemBatch }, { theta: Tensor }>;
  const means = executor.prepare(
    ({ theta, inputs }: { readonly theta: Tensor; readonly inputs: Tensor }) => {
      const { body, head } = unflattenTree<NetworkParameters>(theta, thetaSpec);
      const outputs = network.outputs(head, network.features(body, inputs));
      return { means: spec.target.kind === 'classification' ? tf.softmax(outputs) : outputs };
    },
    { name: `${parts.name}: predict` },
  );
  const dispose = () => {
    for (const held of [outer, adapt, means]) held.dispose();
  };
  return { parts, spec, network, outer, adapt, means, dispose };
}

type Workshop = ReturnType<typeof prepare>;

/** Tasks among those met, and items of each: half for each part where there are few. */
function drawBatch(
  { parts, spec }: Workshop,
  buffers: MetaLeaderState['buffers'],
  rng: Rng,
): MetaBatch<HostTensor> {
  const met = buffers.filter(({ length }) => length > 1);
  const [support, query]: StoredItem[][][] = [[], []];
  for (let place = 0; place < parts.tasks; place += 1) {
    const own = rng.split(place);
    const items = met[own.integer(met.length)] as readonly StoredItem[];
    const drawn = drawItems(items, parts.support + parts.query, 'items', own.split('items'));
    const shown = Math.min(parts.support, Math.floor(drawn.length / 2));
    support?.push(drawn.slice(0, shown));
    query?.push(drawn.slice(shown, shown + parts.query));
  }
  return {
    support: itemBatch(spec, support as StoredItem[][], parts.support),
    query: itemBatch(spec, query as StoredItem[][], parts.query),
  };
}

async function observe(
  workshop: Workshop,
  state: MetaLeaderState,
  step: StreamInputs,
  targets: HostTensor,
  rng: Rng,
) {
  const { parts, outer } = workshop;
  const task = step.taskLabel ?? 0;
  const buffers = [...state.buffers];
  while (buffers.length <= task) buffers.push([]);
  buffers[task] = [...(buffers[task] as readonly StoredItem[]), ...itemsOf(step, targets)];
  let { component } = state;
  const ready = buffers.some(({ length }) => length > 1);
  const steps = ready ? parts.outerSteps : 0;
  for (let update = 0; update < steps; update += 1) {
    const own = rng.split(update);
    const input = {
      theta: component.theta,
      optimizer: component.optimizer,
      step: number(component.step),
      batch: drawBatch(workshop, buffers, own.split('batch')),
    };
    const next = (await outer.run(input as never, own.split('step'))) as unknown as Omit<Component, 'step'>;
    component = { ...next, step: component.step + 1 };
  }
  const { tasks, support, query, innerSteps } = parts;
  const each = tasks * (support * Math.max(1, innerSteps) + query);
  return { component, buffers, gradients: state.gradients + steps * each };
}

/** θ adapted to what is kept of a task; θ itself where nothing is. */
async function adapted({ parts, spec, adapt }: Workshop, state: MetaLeaderState, task: number) {
  const items = state.buffers[task] ?? [];
  let { theta } = state.component;
  if (items.length === 0) return theta;
  // A function of the state alone, so that the same state always predicts the same.
  const rng = createRng('adapt').split(task).split(items.length);
  for (let step = 0; step < parts.adaptSteps; step += 1) {
    const drawn = drawItems(items, parts.support, 'items', rng.split(step));
    const batch = itemBatch(spec, [drawn], parts.support);
    theta = ((await adapt.run({ theta, batch } as never, rng)) as unknown as { theta: HostTensor }).theta;
  }
  return theta;
}

/** Opens an agent: keeps everything, follows the meta-leader, and adapts to a task before it predicts. */
export async function openMetaLeaderAgent(
  parts: MetaLeaderParts,
  spec: StreamSpec,
  executor: Executor,
): Promise<StreamAgent<MetaLeaderState>> {
  const workshop = prepare(parts, spec, executor);
  /** Adapting depends on the state and the task alone: it is kept for as long as the state lives. */
  const known = new WeakMap<MetaLeaderState, Map<number, Promise<HostTensor>>>();
  const adaptedOnce = (state: MetaLeaderState, task: number) => {
    const own = known.get(state) ?? new Map<number, Promise<HostTensor>>();
    known.set(state, own);
    const theta = own.get(task) ?? adapted(workshop, state, task);
    own.set(task, theta);
    return theta;
  };
  return {
    begin: (rng) => begin(workshop, rng),
    async predict(state, { inputs, taskLabel = 0 }, rng) {
      const theta = await adaptedOnce(state, taskLabel);
      const given = { theta, inputs: { ...inputs, shape: [1, ...inputs.shape] } };
      const { means } = (await workshop.means.run(given as never, rng)) as unknown as { means: HostTensor };
      return { ...means, shape: means.shape.slice(1) };
    },
    observe: (state, step, targets, rng) => observe(workshop, state, step, targets, rng),
    storedItems: ({ buffers }) => buffers.reduce((sum, { length }) => sum + length, 0),
    ledger: ({ component, gradients }) => ({ parameters: component.theta.data.length, gradients }),
    release: () => {},
    dispose: workshop.dispose,
  };
}

function begin({ network, parts }: Workshop, rng: Rng): MetaLeaderState {
  let component: Component | undefined;
  const host = (tensor: Tensor): HostTensor => ({
    dtype: 'float32',
    shape: tensor.shape,
    data: tensor.dataSync().slice() as Float32Array,
  });
  tf.tidy(() => {
    const { vector } = flattenTree(network.init(rng) as never);
    const slots = Object.entries(parts.optimizer.init(vector.size) as { [name: string]: Tensor });
    const optimizer = Object.fromEntries(slots.map(([name, leaf]) => [name, host(leaf)]));
    component = { theta: host(vector), optimizer, step: 0 };
  });
  return { component: component as Component, buffers: [], gradients: 0 };
}
