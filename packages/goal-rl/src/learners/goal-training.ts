import {
  type Checkpoint,
  type ControlTask,
  type ControlTraining,
  type ControlTrainingContext,
  type ControlUpdate,
  type HostTensor,
  type Rng,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import {
  actionSizeOf,
  createTrajectoryReplay,
  type GradientStepper,
  gradientStepper,
  observationSizeOf,
  type TrajectoryReplay,
} from '@tasklearn/rl';
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
  readonly stepper: GradientStepper;
  readonly normalizer: ObservationNormalizer;
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
    ...(codeSize === 0 ? {} : { context: codeSize }),
  };
}

/** Indices tried for every task of a finite set before it is given up. */
const TRIES = 100;

/**
 * Training tasks in the order of their identities where they are finitely many; else the first, which stands for all.
 *
 * @throws `UNSUPPORTED_TASK` where some of finitely many tasks never come up.
 */
function tasksOf(name: string, { distribution, rng }: ControlTrainingContext): ControlTask[] {
  const { trainingTasks: count, id } = distribution;
  const stream = rng.split('tasks');
  if (count === undefined) return [distribution.task('train', 0, stream)];
  const found = new Map<number, ControlTask>();
  for (let index = 0; index < count * TRIES && found.size < count; index += 1) {
    const task = distribution.task('train', index, stream);
    found.set(task.identity ?? index % count, task);
  }
  if (found.size === count) return [...found].sort(([a], [b]) => a - b).map(([, task]) => task);
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${name}: ${id} says that it has ${count} training tasks, and ${found.size} came up in ${count * TRIES} draws.`,
    { distribution: id, expected: count, received: found.size },
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
  const tasks = tasksOf(slots.name, context);
  const algorithm = slots.base(spec, baseOptions(slots, options, proposer.size));
  const buffers = options.replay === 'task' ? tasks.length : 1;
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
  const opened: Opened = {
    context,
    options,
    tasks,
    slot,
    replay,
    reward: await slots.reward?.(slot),
    relabelling,
    normalizer: observationNormalizer(replay.layout, options.normalize),
    acting: openActing(slots.name, algorithm, spec, executor),
    stepper: gradientStepper({
      algorithm,
      layout: replay.layout,
      executor,
      rng: rng.split('parameters'),
    }),
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

/** Collects the episodes of one update and stores them. */
async function collect(opened: Opened, update: number, rng: Rng) {
  const { context, options, tasks, slot, replay, reward, relabelling, acting, stepper, normalizer } = opened;
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
  const own = stepper.acting().data as Float32Array;
  const normalization = normalizer.normalization();
  const found = await collectTrajectories({
    distribution,
    tasks: chosen,
    codes,
    fields: replay.layout,
    act: (steps, stream) => acting.act(own, normalization, steps, codes, stream, exploration),
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
  normalizer.observe(found.rows);
  const noted = await reward?.observe(found.rows, rng.split('observe'));
  return { found, noted: noted ?? {} };
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
      const { found, noted } = await collect(opened, update, rng);
      update += 1;
      const metrics = { ...summary(found, context.distribution.spec.hasSuccess), ...noted };
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
