import type { GradientTransformation } from '@tasklearn/core';
import {
  createRng,
  disposeTree,
  type Executor,
  flattenTree,
  type HostTensor,
  mapTree,
  type Rng,
  type StreamAgent,
  type StreamInputs,
  type StreamSpec,
  type Tree,
  treeSpec,
} from '@tasklearn/core';
import type { NetworkOptions } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { streamNetwork } from '../engine/network.js';
import type { Component } from '../engine/online-state.js';
import { drawItems } from '../memory/draw-items.js';
import { itemBatch, itemsOf } from '../memory/item-batch.js';
import { createMemory, emptyMemory, type MemoryState, type StoredItem } from '../memory/memory.js';
import { herd } from './herd.js';
import { type IcarlInput, type IcarlOutput, icarlStep, nearestMean, unitFeatures } from './icarl-steps.js';

/** What the agent is made of. */
export interface IcarlParts {
  readonly network: NetworkOptions;
  readonly optimizer: GradientTransformation;
  readonly iterations: number;
  /** M, exemplars of all classes together. */
  readonly size: number;
  /** Items of the task at hand from which exemplars are chosen. */
  readonly candidates: number;
  /** Exemplars in every batch. */
  readonly replay: number;
}

/** State of a lifetime. Immutable. */
export interface IcarlState {
  readonly component: Component;
  /** Exemplars of each class, the most important first, [N][...]. */
  readonly exemplars: readonly (readonly StoredItem[])[];
  readonly recent: MemoryState;
  /** The network before the task at hand, [P]. */
  readonly old: HostTensor;
  readonly oldClasses: Float32Array;
  readonly metClasses: Float32Array;
  /** Gradients of the loss of an item evaluated so far. */
  readonly gradients: number;
}

const ROWS = 100;

const vector = (data: Float32Array, shape: readonly number[] = [data.length]): HostTensor => ({
  dtype: 'float32',
  shape,
  data,
});

function prepare(parts: IcarlParts, spec: StreamSpec, executor: Executor) {
  const network = streamNetwork(parts.network, spec);
  const first = network.init(createRng(0));
  const thetaSpec = treeSpec(first);
  disposeTree(first);
  const train = executor.prepare<IcarlInput, IcarlOutput>(icarlStep(network, thetaSpec, parts.optimizer), {
    name: 'icarl: update',
  });
  const features = executor.prepare(
    ({ theta, inputs }: { theta: tf.Tensor; inputs: tf.Tensor }) => ({
      features: unitFeatures(network, thetaSpec, theta, inputs),
    }),
    { name: 'icarl: features' },
  );
  const classify = executor.prepare(
    (given: { theta: tf.Tensor; inputs: tf.Tensor; means: tf.Tensor; known: tf.Tensor }) => ({
      means: nearestMean(
        unitFeatures(network, thetaSpec, given.theta, given.inputs),
        given.means,
        given.known,
      ),
    }),
    { name: 'icarl: predict' },
  );
  const recent = createMemory('reservoir', parts.candidates, spec.tasks);
  const dispose = () => {
    for (const held of [train, features, classify]) held.dispose();
  };
  return { parts, spec, network, train, features, classify, recent, dispose };
}

type Workshop = ReturnType<typeof prepare>;

function begin({ network, parts, spec }: Workshop, rng: Rng): IcarlState {
  const classes = spec.target.kind === 'classification' ? spec.target.classes : 0;
  let component: Component | undefined;
  const hosted = (tensor: tf.Tensor) => vector(tensor.dataSync().slice() as Float32Array, tensor.shape);
  tf.tidy(() => {
    const { vector: theta } = flattenTree(network.init(rng));
    const state = parts.optimizer.init(theta.size);
    const optimizer = mapTree(state as Tree<tf.Tensor>, hosted as never) as unknown as Component['optimizer'];
    component = { theta: hosted(theta), optimizer, step: 0 };
  });
  const first = component as Component;
  const none = new Float32Array(classes);
  const exemplars = Array.from({ length: classes }, () => []);
  return {
    component: first,
    exemplars,
    recent: emptyMemory,
    old: first.theta,
    oldClasses: none,
    metClasses: none,
    gradients: 0,
  };
}

async function observe(
  workshop: Workshop,
  state: IcarlState,
  step: StreamInputs,
  targets: HostTensor,
  rng: Rng,
) {
  const { parts, spec, train, recent } = workshop;
  const items = itemsOf(step, targets);
  const metClasses = state.metClasses.slice();
  for (const item of items) metClasses[item.targets[0] as number] = 1;
  let { component, gradients } = state;
  const kept = state.exemplars.flat();
  for (let iteration = 0; iteration < parts.iterations; iteration++) {
    const own = rng.split(iteration);
    const batch = [...items, ...drawItems(kept, parts.replay, 'items', own.split('replay'))];
    const input: IcarlInput<HostTensor> = {
      theta: component.theta,
      optimizer: component.optimizer,
      step: vector(Float32Array.of(component.step), []),
      batch: itemBatch(spec, [batch], items.length + parts.replay),
      old: state.old,
      oldClasses: vector(state.oldClasses),
      metClasses: vector(metClasses),
    };
    const next = (await train.run(input as never, own.split('train'))) as IcarlOutput<HostTensor>;
    component = { ...next, step: component.step + 1 };
    gradients += batch.length;
  }
  const candidates = recent.add(state.recent, items, rng.split('recent'));
  return { ...state, component, metClasses, gradients, recent: candidates };
}

/** Features of items, [n][F]. */
async function featuresOf({ spec, features }: Workshop, theta: HostTensor, items: readonly StoredItem[]) {
  const found: Float32Array[] = [];
  for (let first = 0; first < items.length; first += ROWS) {
    const own = items.slice(first, first + ROWS);
    const { inputs } = itemBatch(spec, [own], ROWS);
    const { features: rows } = await features.run({ theta, inputs } as never, createRng(0));
    const size = rows.shape[1] as number;
    for (const place of own.keys())
      found.push(rows.data.slice(place * size, (place + 1) * size) as Float32Array);
  }
  return found;
}

const withLabel = (items: readonly StoredItem[], label: number) =>
  items.filter(({ targets }) => targets[0] === label);

async function endTask(workshop: Workshop, state: IcarlState): Promise<IcarlState> {
  const { component, metClasses, recent } = state;
  const share = Math.floor(workshop.parts.size / metClasses.reduce((sum, met) => sum + met, 0));
  const exemplars: (readonly StoredItem[])[] = [];
  for (const [label, known] of state.exemplars.entries()) {
    const own = known.length > 0 ? [] : withLabel(recent.items, label);
    const order = herd(await featuresOf(workshop, component.theta, own), share);
    exemplars.push(known.length > 0 ? known.slice(0, share) : order.map((place) => own[place] as StoredItem));
  }
  return { ...state, exemplars, recent: emptyMemory, old: component.theta, oldClasses: metClasses };
}

/** Mean features of each class, [N, F], from its exemplars, or from items at hand where it has none yet. */
async function meansOf(workshop: Workshop, state: IcarlState) {
  const classes = state.exemplars.length;
  const groups = state.exemplars.map((own, label) =>
    own.length > 0 ? own : withLabel(state.recent.items, label),
  );
  const rows = await featuresOf(workshop, state.component.theta, groups.flat());
  const size = rows[0]?.length ?? 1;
  const means = new Float32Array(classes * size);
  const known = Float32Array.from(groups, ({ length }) => (length > 0 ? 1 : 0));
  let next = 0;
  for (const [label, { length }] of groups.entries()) {
    for (const row of rows.slice(next, next + length))
      for (let axis = 0; axis < size; axis++) means[label * size + axis]! += (row[axis] as number) / length;
    next += length;
  }
  return { means: vector(means, [classes, size]), known: vector(known) };
}

/** Opens an agent: prepares its compiled steps and lives lifetimes with them. */
export function openIcarlAgent(
  parts: IcarlParts,
  spec: StreamSpec,
  executor: Executor,
): StreamAgent<IcarlState> {
  const workshop = prepare(parts, spec, executor);
  /** Means depend on the state alone: they are kept for as long as it lives. */
  const means = new WeakMap<IcarlState, ReturnType<typeof meansOf>>();
  return {
    begin: (rng) => begin(workshop, rng),
    async predict(state, { inputs }, rng) {
      const count = inputs.shape[0] as number;
      const classes = state.exemplars.length;
      const found = means.get(state) ?? meansOf(workshop, state);
      means.set(state, found);
      const { means: centres, known } = await found;
      if (known.data.every((value) => value === 0))
        return vector(new Float32Array(count * classes).fill(1 / classes), [count, classes]);
      const input = {
        theta: state.component.theta,
        inputs: { ...inputs, shape: [1, ...inputs.shape] },
        means: centres,
        known,
      };
      return (await workshop.classify.run(input as never, rng)).means;
    },
    observe: (state, step, targets, rng) => observe(workshop, state, step, targets, rng),
    endTask: (state) => endTask(workshop, state),
    storedItems: ({ exemplars, recent }) =>
      recent.items.length + exemplars.reduce((sum, { length }) => sum + length, 0),
    ledger: ({ component, gradients }) => ({ parameters: component.theta.data.length, gradients }),
    release: () => {},
    dispose: workshop.dispose,
  };
}
