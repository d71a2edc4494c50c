import type {
  Checkpoint,
  ControlSpec,
  ControlTask,
  ControlTraining,
  ControlTrainingContext,
  ControlUpdate,
  HostTensor,
  Rng,
  TimeSteps,
  Tree,
} from '@tasklearn/core';
import {
  actionSizeOf,
  createTrajectoryReplay,
  fieldLayout,
  type GradientStepper,
  gradientStepper,
  observationSizeOf,
  type TrajectoryReplay,
} from '@tasklearn/rl';
import { referenceCollector } from '../play/reference-collector.js';
import { noProposer } from '../proposers/proposers.js';
import { type Acting, openActing } from './acting.js';
import { baseOptions } from './base-options.js';
import { collectTrajectories, type Trajectories } from './collect-trajectories.js';
import type { GoalSlots, Relabelling, RewardModel, SlotContext } from './goal-slots.js';
import type { GoalTrainingOptions } from './goal-training-options.js';
import {
  normalizeInPlace,
  type ObservationNormalizer,
  observationNormalizer,
} from './observation-normalizer.js';
import { policyPool } from './policy-pool.js';
import { assertReplay, trainingTasksOf } from './training-tasks.js';

/** Policies kept for a mixture. */
const MIXTURE_LIMIT = 10;

/** Everything a training holds; made once. */
interface Opened {
  readonly slots: GoalSlots;
  readonly context: ControlTrainingContext;
  readonly options: GoalTrainingOptions;
  readonly slot: SlotContext;
  readonly replay: TrajectoryReplay;
  readonly reward: RewardModel | undefined;
  readonly relabelling: Relabelling;
  readonly acting: Acting;
  readonly stepper: GradientStepper;
  readonly normalizer: ObservationNormalizer;
}

/** Fields of a row of the replay. */
function rowFields(spec: ControlSpec, codeSize: number): Record<string, number> {
  const size = observationSizeOf(spec);
  return {
    observation: size,
    action: actionSizeOf(spec),
    reward: 1,
    next: size,
    discount: 1,
    ...(codeSize === 0 ? {} : { context: codeSize }),
  };
}

/** What slots are opened with. */
function slotContextOf(
  slots: GoalSlots,
  { distribution, executor, rng }: ControlTrainingContext,
): SlotContext {
  const proposer = slots.z?.() ?? noProposer();
  return {
    distribution,
    spec: distribution.spec,
    tasks: trainingTasksOf(slots.name, { distribution, rng }),
    executor,
    fields: fieldLayout(rowFields(distribution.spec, proposer.size)),
    proposer,
    offPolicy: slots.offPolicy ?? true,
    rng: rng.split('slots'),
  };
}

/** A replay for all tasks, or with a sub-buffer for each. */
function openReplay(
  options: GoalTrainingOptions,
  slot: SlotContext,
  relabelling: Relabelling,
): TrajectoryReplay {
  const { spec, proposer, tasks } = slot;
  const buffers = options.replay === 'task' ? tasks.length : 1;
  return createTrajectoryReplay({
    episodes: Math.max(1, Math.floor(options.capacity / buffers)),
    horizon: spec.horizon,
    fields: rowFields(spec, proposer.size),
    tasks: buffers,
    ...(relabelling.onSample === undefined ? {} : { relabel: relabelling.onSample }),
  });
}

/** Opens the training of a composed learner, anew or from what an earlier one saved. */
export async function openGoalTraining(
  slots: GoalSlots,
  options: GoalTrainingOptions,
  context: ControlTrainingContext,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const { executor, rng } = context;
  assertReplay(slots.name, context, options);
  const slot = slotContextOf(slots, context);
  const { spec, proposer, fields: layout } = slot;
  const algorithm = slots.base(spec, baseOptions(slots, options, proposer.size));
  const relabelling = slots.relabel?.(slot) ?? {};
  const opened: Opened = {
    slots,
    context,
    options,
    slot,
    replay: openReplay(options, slot, relabelling),
    reward: await slots.reward?.(slot),
    relabelling,
    normalizer: observationNormalizer(layout, options.normalize),
    acting: openActing(slots.name, algorithm, spec, executor),
    stepper: gradientStepper({ algorithm, layout, executor, rng: rng.split('parameters') }),
  };
  return goalTraining(opened, slots.output === 'mixture' ? MIXTURE_LIMIT : 1, saved);
}

/** z of each of `count` episodes, [count * Z]. */
function drawCodes({ proposer }: SlotContext, count: number, rng: Rng): Float32Array {
  const codes = new Float32Array(count * proposer.size);
  for (let copy = 0; copy < count; copy += 1)
    codes.set(proposer.sample(rng.split(copy)), copy * proposer.size);
  return codes;
}

/** Tasks of the episodes of one update, and their numbers in the replay. */
function chooseTasks({ context, options, slot: { tasks } }: Opened, update: number) {
  const { distribution, rng } = context;
  return Array.from({ length: options.episodesPerUpdate }, (_, copy) => {
    const index = update * options.episodesPerUpdate + copy;
    const number = index % tasks.length;
    return distribution.trainingTasks === undefined
      ? { task: distribution.task('train', index, rng.split('tasks')), number: 0 }
      : { task: tasks[number] as ControlTask, number };
  });
}

/** Stores episodes, relabelled where the learner does so. */
function store(
  { options, replay, relabelling }: Opened,
  episodes: readonly Float32Array[],
  numbers: readonly number[],
  rng: Rng,
): void {
  for (const [copy, rows] of episodes.entries()) {
    const task = numbers[copy] as number;
    const own = [{ task, rows, priority: 1 }];
    const stored = relabelling.onStore?.(rows, task, rng.split(copy)) ?? own;
    for (const each of stored)
      replay.addTrajectory(each.rows, options.replay === 'task' ? each.task : 0, each.priority);
  }
}

/** Who acts while episodes are collected: the learner, or a reference policy for these tasks. */
function collector(
  opened: Opened,
  update: number,
  tasks: readonly ControlTask[],
  codes: Float32Array,
  rng: Rng,
) {
  const { slots, context, options, acting, stepper, normalizer } = opened;
  if (slots.reference !== undefined)
    return referenceCollector(slots.name, context.distribution, slots.reference, tasks, rng);
  const { episodesPerUpdate: count, warmUpEpisodes, explorationRate, explorationNoise: noise } = options;
  const random = update * count < warmUpEpisodes;
  const exploration = { rate: random ? 1 : explorationRate, noise };
  const own = stepper.acting().data as Float32Array;
  const normalization = normalizer.normalization();
  return {
    act: (steps: TimeSteps, stream: Rng) => acting.act(own, normalization, steps, codes, stream, exploration),
  };
}

/** Collects the episodes of one update and stores them. */
async function collect(opened: Opened, update: number, rng: Rng) {
  const { context, options, slot, replay, reward, normalizer } = opened;
  const chosen = chooseTasks(opened, update);
  const tasks = chosen.map(({ task }) => task);
  const codes = drawCodes(slot, options.episodesPerUpdate, rng.split('codes'));
  const found = await collectTrajectories({
    distribution: context.distribution,
    tasks,
    codes,
    fields: replay.layout,
    ...collector(opened, update, tasks, codes, rng.split('reference')),
    rng: rng.split('episodes'),
  });
  const numbers = chosen.map(({ number }) => number);
  store(opened, found.rows, numbers, rng.split('store'));
  normalizer.observe(found.rows);
  const noted = (await reward?.observe(found.rows, rng.split('observe'))) ?? {};
  return { ...summary(found, context.distribution.spec.hasSuccess), ...noted };
}

/** Adds numbers to sums by name. */
function accumulate(sums: Record<string, number>, values: Readonly<Record<string, number>>, share: number) {
  for (const [name, value] of Object.entries(values)) sums[name] = (sums[name] ?? 0) + value * share;
}

/** All gradient steps of one update. */
async function learn({ options, replay, reward, stepper, normalizer }: Opened, rng: Rng) {
  const normalization = normalizer.normalization();
  const { fields, size } = replay.layout;
  const calls = options.gradientSteps / options.stepsPerCall;
  const sums: Record<string, number> = {};
  for (let call = 0; call < calls; call += 1) {
    const stream = rng.split(call);
    const batch = replay.sample(stream.split('batch'), options.batchSize / replay.tasks, {
      batches: options.stepsPerCall,
    });
    const own = await reward?.write(batch.rows.data as Float32Array, stream.split('reward'));
    for (const field of options.normalize ? [fields.observation, fields.next] : [])
      normalizeInPlace(batch.rows.data as Float32Array, normalization, field?.offset, size);
    const { metrics } = await stepper.run(batch, stream.split('step'));
    accumulate(sums, { ...own, ...metrics }, 1 / calls);
  }
  return sums;
}

function summary({ returns, successes }: Trajectories, hasSuccess: boolean): Record<string, number> {
  const mean = (values: Float64Array | Uint8Array) =>
    (values as Float64Array).reduce((sum, value) => sum + value, 0) / values.length;
  return { return: mean(returns), ...(hasSuccess ? { success: mean(successes) } : {}) };
}

type SavedTraining = {
  readonly base: Tree<HostTensor>;
  readonly replay: Tree<HostTensor>;
  readonly normalizer: HostTensor;
  readonly pool: { readonly policies: HostTensor; readonly counts: HostTensor };
  readonly reward?: Tree<HostTensor>;
};
type SavedCounts = { readonly update: number; readonly steps: number };

function goalTraining(opened: Opened, limit: number, saved?: Checkpoint): ControlTraining {
  const { context, options, replay, reward, acting, stepper, normalizer } = opened;
  const pool = policyPool(acting.size, limit);
  let update = 0;
  if (saved === undefined) pool.add(stepper.acting().data as Float32Array);
  else {
    const held = saved.tensors as unknown as SavedTraining;
    const counts = saved.metadata as SavedCounts;
    stepper.restore(held.base, counts.steps);
    replay.restore(held.replay);
    pool.restore(held.pool);
    normalizer.restore(held.normalizer);
    if (held.reward !== undefined) reward?.restore(held.reward);
    update = counts.update;
  }
  return {
    async update(): Promise<ControlUpdate> {
      const rng = context.rng.split('update').split(update);
      const collects = opened.slots.reference === undefined || update === 0;
      const metrics = collects ? await collect(opened, update, rng) : {};
      update += 1;
      if (update * options.episodesPerUpdate < options.warmUpEpisodes) return { metrics };
      const learnt = await learn(opened, rng.split('learn'));
      pool.add(stepper.acting().data as Float32Array);
      return { metrics: { ...metrics, ...learnt } };
    },
    parameters() {
      const normalization = normalizer.normalization();
      return {
        policies: pool.policies(),
        normalization: { dtype: 'float32', shape: [normalization.length], data: normalization },
      };
    },
    save: () => ({
      tensors: {
        base: stepper.save(),
        replay: replay.save(),
        pool: pool.save(),
        normalizer: normalizer.save(),
        ...(reward === undefined ? {} : { reward: reward.save() }),
      } as unknown as Tree<HostTensor>,
      metadata: { update, steps: stepper.steps() },
    }),
    dispose() {
      acting.dispose();
      stepper.dispose();
      reward?.dispose();
    },
  };
}
