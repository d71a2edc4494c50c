import {
  type Checkpoint,
  type ControlTask,
  type ControlTraining,
  type ControlTrainingContext,
  type ControlUpdate,
  type Hosted,
  type HostTensor,
  type Prepared,
  type Rng,
  TasklearnError,
  type Tree,
  toHost,
} from '@tasklearn/core';
import {
  actionSizeOf,
  createTrajectoryReplay,
  observationSizeOf,
  type TrajectoryReplay,
} from '@tasklearn/rl';
import * as tf from '@tensorflow/tfjs';
import {
  type BaseState,
  type BaseStepInput,
  type BaseStepOutput,
  baseStep,
  initBase,
} from '../bases/base-step.js';
import { noProposer } from '../proposers/proposers.js';
import { type Acting, actingPlace, openActing } from './acting.js';
import { collectTrajectories, type Trajectories } from './collect-trajectories.js';
import type { GoalSlots, Relabelling, RewardModel, SlotContext } from './goal-slots.js';
import type { GoalTrainingOptions } from './goal-training-options.js';
import { policyPool } from './policy-pool.js';

/** Policies kept for a mixture. */
const MIXTURE_LIMIT = 10;

/** Everything a training holds; made once. */
interface Opened {
  readonly context: ControlTrainingContext;
  readonly options: GoalTrainingOptions;
  readonly tasks: readonly ControlTask[];
  readonly slot: SlotContext;
  readonly replay: TrajectoryReplay;
  readonly reward: RewardModel | undefined;
  readonly relabelling: Relabelling;
  readonly acting: Acting;
  readonly step: Prepared<BaseStepInput, BaseStepOutput>;
  /** Where the acting group lies in the parameters. */
  readonly place: { readonly offset: number; readonly size: number };
  /** Names of the groups, in the order of the step's report. */
  readonly groups: readonly string[];
}

/** Fields of a row of the replay. */
export function rowFields(context: ControlTrainingContext, codeSize: number): Record<string, number> {
  const { spec } = context.distribution;
  const size = observationSizeOf(spec);
  return {
    observation: size,
    action: actionSizeOf(spec),
    reward: 1,
    next: size,
    discount: 1,
    ...(codeSize === 0 ? {} : { code: codeSize }),
  };
}

/** Training tasks where they are finitely many; else the first, which stands for all. */
function tasksOf({ distribution, rng }: ControlTrainingContext): ControlTask[] {
  return Array.from({ length: distribution.trainingTasks ?? 1 }, (_, index) =>
    distribution.task('train', index, rng.split('tasks')),
  );
}

function assertReplay(
  name: string,
  context: ControlTrainingContext,
  { replay, batchSize }: GoalTrainingOptions,
) {
  if (replay === 'shared') return;
  const { trainingTasks = 0, id } = context.distribution;
  if (trainingTasks > 0 && batchSize % trainingTasks === 0) return;
  throw new TasklearnError(
    trainingTasks > 0 ? 'INVALID_OPTION' : 'UNSUPPORTED_TASK',
    trainingTasks > 0
      ? `${name}: option \`batchSize\` must be a multiple of the ${trainingTasks} tasks of ${id}, got ${batchSize}: each task has equally many rows.`
      : `${name}: a replay for each task needs finitely many training tasks, and ${id} has none. Set \`replay\` to 'shared'.`,
    { key: 'batchSize', received: batchSize, distribution: id },
  );
}

/** Opens everything but the state. */
export async function openGoalTraining(
  slots: GoalSlots,
  options: GoalTrainingOptions,
  context: ControlTrainingContext,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const { distribution, executor, rng } = context;
  const { spec } = distribution;
  assertReplay(slots.name, context, options);
  const proposer = slots.z?.() ?? noProposer();
  const tasks = tasksOf(context);
  const base = slots.base(spec, {
    hidden: options.hidden,
    discount: options.discount,
    codeSize: proposer.size,
    ...(options.targetLimits === null ? {} : { targetLimits: options.targetLimits }),
  });
  const buffers = options.replay === 'task' ? tasks.length : 1;
  const first = initBase(base, rng.split('parameters'));
  const state = (await toHost(first.state as unknown as Tree<tf.Tensor>)) as unknown as Hosted<BaseState>;
  tf.dispose(first.state as unknown as tf.TensorContainer);
  const fields = rowFields(context, proposer.size);
  const sketch = createTrajectoryReplay({ episodes: 1, horizon: 1, fields }).layout;
  const slot: SlotContext = {
    distribution,
    spec,
    tasks,
    executor,
    fields: sketch,
    proposer,
    offPolicy: slots.offPolicy ?? true,
    rng: rng.split('slots'),
  };
  const relabelling = slots.relabel?.(slot) ?? {};
  const replay = createTrajectoryReplay({
    episodes: Math.max(1, Math.floor(options.capacity / buffers)),
    horizon: spec.horizon,
    fields,
    tasks: buffers,
    ...(relabelling.onSample === undefined ? {} : { relabel: relabelling.onSample }),
  });
  const { layout } = first;
  const actorRate = options.actorLearningRate === 0 ? options.learningRate : options.actorLearningRate;
  const step = baseStep({
    layout,
    fields: replay.layout,
    learningRates: { default: options.learningRate, actor: actorRate },
    steps: options.stepsPerCall,
    ...(slots.combine === undefined ? {} : { combine: slots.combine }),
  });
  const place = actingPlace(base, layout);
  const opened: Opened = {
    context,
    options,
    tasks,
    slot,
    replay,
    reward: await slots.reward?.(slot),
    relabelling,
    acting: openActing(base, layout, spec, proposer.size, executor),
    step: executor.prepare<BaseStepInput, BaseStepOutput>(step, { name: slots.name }),
    place: { offset: place.offset, size: place.spec.size },
    groups: layout.groups.map(({ group }) => group.name),
  };
  return goalTraining(opened, state, slots.output === 'mixture' ? MIXTURE_LIMIT : 1, saved);
}

/** z of each of `count` episodes, [count * Z]. */
function drawCodes({ proposer }: SlotContext, count: number, rng: Rng): Float32Array {
  const codes = new Float32Array(count * proposer.size);
  for (let copy = 0; copy < count; copy += 1)
    codes.set(proposer.sample(rng.split(copy)), copy * proposer.size);
  return codes;
}

/** Collects the episodes of one update and stores them. */
async function collect(opened: Opened, theta: Float32Array, update: number, rng: Rng) {
  const { context, options, tasks, slot, replay, reward, relabelling, acting, place } = opened;
  const { episodesPerUpdate: count, warmUpEpisodes } = options;
  const { distribution } = context;
  const indices = Array.from({ length: count }, (_, copy) => update * count + copy);
  const finite = distribution.trainingTasks !== undefined;
  const chosen = indices.map((index) =>
    finite
      ? (tasks[index % tasks.length] as ControlTask)
      : distribution.task('train', index, context.rng.split('tasks')),
  );
  const random = update * count < warmUpEpisodes;
  const exploration = { rate: random ? 1 : options.explorationRate, noise: options.explorationNoise };
  const codes = drawCodes(slot, count, rng.split('codes'));
  const own = theta.subarray(place.offset, place.offset + place.size);
  const found = await collectTrajectories({
    distribution,
    tasks: chosen,
    codes,
    fields: replay.layout,
    act: (observations, stream) => acting.act(own, observations, codes, stream, exploration),
    rng: rng.split('episodes'),
  });
  for (const [copy, rows] of found.rows.entries()) {
    const task = finite ? (indices[copy] as number) % tasks.length : 0;
    const stored = relabelling.onStore?.(rows, task, rng.split('store').split(copy)) ?? [
      { task, rows, priority: 1 },
    ];
    for (const each of stored)
      replay.addTrajectory(each.rows, options.replay === 'task' ? each.task : 0, each.priority);
  }
  const noted = await reward?.observe(found.rows, rng.split('observe'));
  return { found, noted: noted ?? {} };
}

/** How far slow copies move after each gradient step of call `call`. */
function ratesOf(
  { targetEvery, targetRate, gradientSteps, stepsPerCall }: GoalTrainingOptions,
  call: number,
) {
  const last = gradientSteps / stepsPerCall - 1;
  return Float32Array.from({ length: stepsPerCall }, (_, step) =>
    targetEvery === 'step' || (call === last && step === stepsPerCall - 1) ? targetRate : 0,
  );
}

/** Adds numbers to sums by name. */
function accumulate(sums: Record<string, number>, values: Readonly<Record<string, number>>, share: number) {
  for (const [name, value] of Object.entries(values)) sums[name] = (sums[name] ?? 0) + value * share;
}

/** All gradient steps of one update. */
async function learn(opened: Opened, begun: Hosted<BaseState>, rng: Rng) {
  const { options, replay, reward, step, groups } = opened;
  const calls = options.gradientSteps / options.stepsPerCall;
  const metrics: Record<string, number> = {};
  let state = begun;
  for (let call = 0; call < calls; call += 1) {
    const stream = rng.split(call);
    const { rows } = replay.sample(stream.split('batch'), options.batchSize / replay.tasks, {
      batches: options.stepsPerCall,
    });
    const own = await reward?.write(rows.data as Float32Array, stream.split('reward'));
    if (own !== undefined) accumulate(metrics, own, 1 / calls);
    const data = ratesOf(options, call);
    const rates: HostTensor = { dtype: 'float32', shape: [data.length], data };
    const next = await step.run({ state, rows, rates }, stream.split('step'));
    state = next.state;
    const losses = groups.map((name, index) => [`${name}Loss`, next.report.data[index] as number]);
    accumulate(metrics, Object.fromEntries(losses) as Record<string, number>, 1 / calls);
  }
  return { state, metrics };
}

function summary({ returns, successes }: Trajectories, hasSuccess: boolean): Record<string, number> {
  const mean = (values: Float64Array | Uint8Array) =>
    (values as Float64Array).reduce((sum, value) => sum + value, 0) / values.length;
  return { return: mean(returns), ...(hasSuccess ? { success: mean(successes) } : {}) };
}

type SavedTraining = {
  readonly base: Hosted<BaseState>;
  readonly replay: Tree<HostTensor>;
  readonly pool: { readonly policies: HostTensor; readonly counts: HostTensor };
  readonly reward?: Tree<HostTensor>;
};

function goalTraining(
  opened: Opened,
  first: Hosted<BaseState>,
  limit: number,
  saved?: Checkpoint,
): ControlTraining {
  const { context, options, replay, reward, acting, step, place } = opened;
  const pool = policyPool(place.size, limit);
  const ownOf = ({ theta }: Hosted<BaseState>) =>
    (theta.data as Float32Array).subarray(place.offset, place.offset + place.size);
  let state = first;
  let update = 0;
  if (saved === undefined) pool.add(ownOf(state));
  else {
    const held = saved.tensors as unknown as SavedTraining;
    state = held.base;
    replay.restore(held.replay);
    pool.restore(held.pool);
    if (held.reward !== undefined) reward?.restore(held.reward);
    update = (saved.metadata as { readonly update: number }).update;
  }
  return {
    async update(): Promise<ControlUpdate> {
      const rng = context.rng.split('update').split(update);
      const { found, noted } = await collect(opened, state.theta.data as Float32Array, update, rng);
      update += 1;
      const metrics = { ...summary(found, context.distribution.spec.hasSuccess), ...noted };
      if (update * options.episodesPerUpdate < options.warmUpEpisodes) return { metrics };
      const learnt = await learn(opened, state, rng.split('learn'));
      state = learnt.state;
      pool.add(ownOf(state));
      return { metrics: { ...metrics, ...learnt.metrics } };
    },
    parameters: () => ({ policies: pool.policies() }),
    save: () => ({
      tensors: {
        base: state,
        replay: replay.save(),
        pool: pool.save(),
        ...(reward === undefined ? {} : { reward: reward.save() }),
      } as unknown as Tree<HostTensor>,
      metadata: { update },
    }),
    dispose() {
      acting.dispose();
      step.dispose();
      reward?.dispose();
    },
  };
}
