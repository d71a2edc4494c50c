import {
  type Executor,
  type HostTensor,
  type Prepared,
  type Rng,
  type StreamAgent,
  type StreamInputs,
  type StreamSpec,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import { predictiveOf } from '@tasklearn/nn';
import type * as tf from '@tensorflow/tfjs';
import { drawItems } from '../memory/draw-items.js';
import { classMask, type ItemBatch, itemBatch, itemsOf } from '../memory/item-batch.js';
import { createMemory, emptyMemory, type Memory, type StoredItem } from '../memory/memory.js';
import type { Protection } from '../protection/protection.js';
import { componentOf, newComponent, structureOf, withComponent } from './components.js';
import { fisherDiagonal } from './fisher.js';
import { type NetworkParameters, type StreamNetwork, streamNetwork } from './network.js';
import type { OnlineLearnerParts } from './online-learner.js';
import type { OnlineState } from './online-state.js';
import { outputsOf, type TrainInput, type TrainOutput, trainStep } from './train-step.js';

type PredictInput<Leaf = tf.Tensor> = {
  readonly theta: Leaf;
  /** [1, B, ...]. */
  readonly inputs: Leaf;
  /** [1, 1, N]. */
  readonly allowed?: Leaf;
};

/** Everything an agent works with. */
interface Workshop {
  readonly parts: OnlineLearnerParts;
  readonly spec: StreamSpec;
  readonly network: StreamNetwork;
  readonly thetaSpec: TreeSpec;
  readonly memory: Memory;
  readonly recent: Memory;
  readonly protection: Protection;
  readonly train: Prepared<TrainInput, TrainOutput>;
  readonly predict: Prepared<PredictInput, { readonly means: tf.Tensor }>;
  /** The rows made last: those of earlier tasks stay as they are for as long as a task lasts. */
  readonly rows: { items: readonly StoredItem[]; past?: ItemBatch<HostTensor> };
}

const number = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

/** Kept items whose loss may not rise: a row per task met before the one at hand, or one row from all of them; none at first. */
function pastOf({ parts, spec, rows: last }: Workshop, state: OnlineState, task: number, rng: Rng) {
  const { constrain } = parts;
  if (constrain === undefined) return { bound: 0 };
  const { rows, size } = constrain;
  const others = state.memory.items.filter((item) => item.task !== task);
  // A step is compiled once for each number of rows: as many times as there are tasks, and each only as large as it must be.
  if (others.length === 0) return { bound: 0 };
  if (rows === 'pooled') {
    const drawn = drawItems(others, size, 'items', rng);
    return { bound: drawn.length, past: itemBatch(spec, [drawn], size) };
  }
  if (others.length === last.items.length && others.every((item, place) => item === last.items[place]))
    return { bound: others.length, past: last.past as ItemBatch<HostTensor> };
  const share = Math.max(1, Math.floor(size / spec.tasks));
  const groups = new Map<number, StoredItem[]>();
  for (const item of others) {
    const known = groups.get(item.task);
    if (known === undefined) groups.set(item.task, [item]);
    else known.push(item);
  }
  const drawn = [...groups].map(([row, own]) =>
    own.length <= share ? own : drawItems(own, share, 'items', rng.split(row)),
  );
  const past = itemBatch(spec, drawn, share);
  const bound = drawn.reduce((sum, own) => sum + own.length, 0);
  if (bound === others.length) Object.assign(last, { items: others, past }); // Nothing was left to chance.
  return { bound, past };
}

async function improve(
  workshop: Workshop,
  state: OnlineState,
  task: number,
  items: readonly StoredItem[],
  size: number,
  rng: Rng,
): Promise<OnlineState> {
  const component = componentOf(workshop, state, task, rng);
  const { bound, past } = pastOf(workshop, state, task, rng.split('past'));
  const input: TrainInput<HostTensor> = {
    theta: component.theta,
    optimizer: component.optimizer,
    step: number(component.step),
    batch: itemBatch(workshop.spec, [items], size),
    slots: state.slots,
    ...(past !== undefined && { past }),
  };
  const { theta, optimizer, slots } = (await workshop.train.run(
    input as never,
    rng.split('train'),
  )) as TrainOutput<HostTensor>;
  const next = { theta, optimizer, step: component.step + 1 };
  const gradients = state.gradients + items.length + bound;
  return withComponent(workshop, { ...state, slots: { ...state.slots, ...slots }, gradients }, task, next);
}

function metClasses(classes: Float32Array, items: readonly StoredItem[]): Float32Array {
  if (classes.length === 0) return classes;
  const met = classes.slice();
  for (const { targets } of items) met[targets[0] as number] = 1;
  return met;
}

async function observe(
  workshop: Workshop,
  state: OnlineState,
  step: StreamInputs,
  targets: HostTensor,
  rng: Rng,
) {
  const { parts, memory, recent } = workshop;
  const { from, iterations, replay } = parts.update;
  const items = itemsOf(step, targets);
  const task = step.taskLabel ?? 0;
  let next: OnlineState = { ...state, classes: metClasses(state.classes, items) };
  if (parts.update.restart === 'eachTask' && task !== state.task)
    next = withComponent(workshop, next, task, newComponent(workshop, rng.split('restart')));
  const remember = () => {
    const kept = memory.add(next.memory, items, rng.split('memory'));
    const latest = recent.capacity === 0 ? next.recent : recent.add(next.recent, items, rng.split('recent'));
    next = { ...next, memory: kept, recent: latest, task };
  };
  if (from === 'kept') remember();
  const fresh = from === 'kept' ? [] : items;
  const drawn = from === 'new' ? 0 : replay;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const own = rng.split('iteration').split(iteration);
    const old = drawItems(next.memory.items, drawn, parts.memory.balance, own.split('replay'));
    next = await improve(workshop, next, task, [...fresh, ...old], fresh.length + drawn, own);
  }
  if (from !== 'kept') remember();
  return next;
}

/** Passes over everything kept, in random order. */
async function revise(workshop: Workshop, state: OnlineState, rng: Rng): Promise<OnlineState> {
  const { passes, restart, replay } = workshop.parts.update;
  let next = state;
  if (passes > 0 && restart === 'beforePasses')
    next = withComponent(workshop, next, state.task, newComponent(workshop, rng.split('restart')));
  const items = state.memory.items;
  for (let pass = 0; pass < passes; pass++) {
    const own = rng.split('pass').split(pass);
    const order = own.permutation(items.length);
    for (let first = 0; first < order.length; first += replay) {
      const batch = Array.from(order.subarray(first, first + replay), (index) => items[index] as StoredItem);
      next = await improve(workshop, next, state.task, batch, replay, own.split(first));
    }
  }
  return next;
}

async function endTask(workshop: Workshop, state: OnlineState, rng: Rng): Promise<OnlineState> {
  const { protection } = workshop;
  let next = await revise(workshop, state, rng.split('revise'));
  const { theta } = componentOf(workshop, next, next.task, rng);
  if (protection.endTask !== undefined) {
    const { slots, recent, task, classes } = next;
    const end = { theta, slots, recent: recent.items, task, classes, rng: rng.split('protect') };
    const gradients = next.gradients + (protection.gradientsPerCandidate ?? 0) * recent.items.length;
    next = { ...next, slots: await protection.endTask(end), gradients };
  }
  return { ...next, recent: emptyMemory };
}

async function predict(
  workshop: Workshop,
  state: OnlineState,
  { inputs, taskLabel }: StreamInputs,
  rng: Rng,
) {
  const { spec } = workshop;
  const { target, taskClasses } = spec;
  const { theta } = componentOf(workshop, state, taskLabel ?? 0, rng);
  const classes = target.kind === 'classification' ? target.classes : 0;
  const restricted = taskClasses !== undefined && taskLabel !== undefined;
  const input: PredictInput<HostTensor> = {
    theta,
    inputs: { ...inputs, shape: [1, ...inputs.shape] },
    ...(restricted && {
      allowed: {
        dtype: 'float32',
        shape: [1, 1, classes],
        data: classMask(spec, taskLabel, classes),
      } as const,
    }),
  };
  const { means } = (await workshop.predict.run(input as never, rng)) as { readonly means: HostTensor };
  return { ...means, shape: means.shape.slice(1) };
}

function openWorkshop(parts: OnlineLearnerParts, spec: StreamSpec, executor: Executor) {
  const network = streamNetwork(parts.network, spec);
  const thetaSpec = structureOf(network);
  const fisher = fisherDiagonal(executor, spec, network, thetaSpec);
  const protection = parts.protect({ spec, executor, fisher: fisher.of });
  const { optimizer, harmonic } = parts.update;
  const margin = parts.constrain?.margin ?? 0;
  const step = trainStep({ spec, thetaSpec, network, protection, optimizer, harmonic, margin });
  const train = executor.prepare(step, { name: `${parts.name}: update` });
  const predicted = executor.prepare(
    (input: PredictInput) => {
      const tree = unflattenTree<NetworkParameters>(input.theta, thetaSpec);
      return { means: predictiveOf(spec, outputsOf(network, tree, input)).mean() };
    },
    { name: `${parts.name}: predict` },
  );
  const memory = createMemory(parts.memory.kind, parts.memory.size, spec.tasks);
  const recent = createMemory('reservoir', protection.candidates, spec.tasks);
  const workshop: Workshop = {
    parts,
    spec,
    network,
    thetaSpec,
    memory,
    recent,
    protection,
    train,
    predict: predicted,
    rows: { items: [] },
  };
  const dispose = () => {
    for (const held of [fisher, train, predicted]) held.dispose();
  };
  return { workshop, dispose };
}

/** Opens an agent: prepares its compiled steps and lives lifetimes with them. */
export function openOnlineAgent(
  parts: OnlineLearnerParts,
  spec: StreamSpec,
  executor: Executor,
): StreamAgent<OnlineState> {
  const { workshop, dispose } = openWorkshop(parts, spec, executor);
  const classes = spec.target.kind === 'classification' ? spec.target.classes : 0;
  return {
    begin(rng) {
      const first = newComponent(workshop, rng.split('component').split(0));
      const slots = workshop.protection.begin(first.theta, spec);
      const empty = { memory: emptyMemory, recent: emptyMemory };
      return {
        components: [first],
        slots,
        ...empty,
        classes: new Float32Array(classes),
        task: 0,
        gradients: 0,
      };
    },
    predict: (state, step, rng) => predict(workshop, state, step, rng),
    observe: (state, step, targets, rng) => observe(workshop, state, step, targets, rng),
    endTask: (state, rng) => endTask(workshop, state, rng),
    storedItems: ({ memory, recent }) => memory.items.length + recent.items.length,
    ledger: ({ components, gradients }) => ({
      parameters: components.reduce((sum, component) => sum + (component?.theta.data.length ?? 0), 0),
      gradients,
    }),
    release: () => {},
    dispose,
  };
}
