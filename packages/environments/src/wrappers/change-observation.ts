import type {
  ControlDistribution,
  ControlSpec,
  ControlTask,
  Environment,
  ReferencePolicy,
  Rng,
  TimeSteps,
  Transitions,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { wrappedEnvironment } from './wrapped-environment.js';

/** Writes what is shown of copies, given what the wrapped environment shows. */
export interface ObservationWriter {
  /** @param first - whether an episode of the copy begins. */
  write(base: Float32Array, copy: number, first: boolean, into: Float32Array): void;
  /** What a snapshot must hold. */
  readonly state?: readonly (Uint8Array | Uint32Array | Float32Array)[];
}

/** How observations are changed. */
export interface ObservationChange {
  /** Words for the id, e.g. `descriptor`. */
  readonly name: string;
  /** Numbers in an observation, O'. */
  readonly size: number;
  /** Where the wrapped observation lies in the new one; absent where it cannot be told from it. */
  readonly baseAt?: number;
  /** Where goals lie; where they were, moved by `baseAt`, unless told. */
  readonly goal?: ControlSpec['goal'] | null;
  /** Numbers beyond [minimum, maximum] of the wrapped observation may be shown. */
  readonly unbounded?: boolean;
  /** For one environment. */
  writer(tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng): ObservationWriter;
}

function changedSpec(spec: ControlSpec, { size, baseAt, goal, unbounded }: ObservationChange): ControlSpec {
  const { goal: before, observation, ...rest } = spec;
  const moved =
    before && baseAt !== undefined
      ? { size: before.size, achieved: before.achieved + baseAt, desired: before.desired + baseAt }
      : undefined;
  const layout = goal === undefined ? moved : (goal ?? undefined);
  const limits = unbounded ? { dtype: observation.dtype } : observation;
  return { ...rest, observation: { ...limits, shape: [size] }, ...(layout ? { goal: layout } : {}) };
}

function changedEnvironment(
  base: Environment,
  spec: ControlSpec,
  size: number,
  writer: ObservationWriter,
): Environment {
  const observation = new Float32Array(base.copies * size);
  let shown: TimeSteps | undefined;
  return wrappedEnvironment(base, spec, {
    show(steps, moved) {
      for (let copy = 0; copy < base.copies; copy += 1)
        if (moved === undefined || moved[copy] === 1)
          writer.write(steps.observation, copy, steps.stepType[copy] === 0, observation);
      shown ??= { ...steps, observation };
      return shown;
    },
    state: [observation, ...(writer.state ?? [])],
  });
}

/** The wrapped observations out of changed ones, [N * O]. */
function baseObservations(
  observations: Float32Array,
  size: number,
  baseSize: number,
  baseAt: number,
): Float32Array {
  const rows = observations.length / size;
  const base = new Float32Array(rows * baseSize);
  for (let row = 0; row < rows; row += 1)
    base.set(observations.subarray(row * size + baseAt, row * size + baseAt + baseSize), row * baseSize);
  return base;
}

function changedReference(policy: ReferencePolicy, toBase: (steps: TimeSteps) => TimeSteps): ReferencePolicy {
  return {
    beginEpisode: (episode, which) => policy.beginEpisode?.(episode, which),
    act: (steps) => policy.act(toBase(steps)),
    observe: (actions, steps, active) => policy.observe?.(actions, toBase(steps), active),
  };
}

/** Everything of a distribution that reads observations, made to read changed ones. */
function readers(base: ControlDistribution, size: number, baseAt: number): Partial<ControlDistribution> {
  const baseSize = base.spec.observation.shape[0] ?? 1;
  const rows = (observations: Float32Array) => baseObservations(observations, size, baseSize, baseAt);
  const toBase = (steps: TimeSteps): TimeSteps => ({ ...steps, observation: rows(steps.observation) });
  const part = (tensor: Tensor) => {
    const { shape } = tensor;
    const begin = shape.map((_, axis) => (axis === shape.length - 1 ? baseAt : 0));
    return tensor.slice(begin, [...shape.slice(0, -1), baseSize]);
  };
  const { reward, recordableReward, draw, drawFrame, references } = base;
  return {
    ...(reward && {
      reward: (task, { observation, action, next }: Transitions) =>
        reward.call(base, task, { observation: rows(observation), action, next: rows(next) }),
    }),
    ...(recordableReward && {
      recordableReward: (task, observation, action, next) =>
        recordableReward.call(base, task, part(observation), action, part(next)),
    }),
    ...(references && {
      references: Object.fromEntries(
        Object.entries(references).map(([name, make]) => [
          name,
          (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng) =>
            changedReference(make(tasks, copiesPerTask, rng), toBase),
        ]),
      ),
    }),
    ...(draw && {
      draw: (task, trajectories) =>
        draw.call(
          base,
          task,
          trajectories.map((one) => ({ ...one, observations: rows(one.observations) })),
        ),
    }),
    ...(drawFrame && { drawFrame: (task, observation) => drawFrame.call(base, task, rows(observation)) }),
  };
}

/**
 * A distribution whose observations are changed. Where the wrapped observation is a part of the new one, laws of reward,
 * references and pictures go on working; elsewhere they are dropped, but for the `random` reference.
 */
export function changeObservation(base: ControlDistribution, change: ObservationChange): ControlDistribution {
  const { size, baseAt } = change;
  const spec = changedSpec(base.spec, change);
  const { reward, recordableReward, references, draw, drawFrame, ...plain } = base;
  const random = references?.random;
  const kept: Partial<ControlDistribution> =
    baseAt === undefined ? (random ? { references: { random } } : {}) : readers(base, size, baseAt);
  return {
    kind: 'control',
    spec,
    id: `${base.id} (${change.name})`,
    varies: plain.varies,
    trial: plain.trial,
    ...(plain.trainingTasks === undefined ? {} : { trainingTasks: plain.trainingTasks }),
    task: (split, index, rng) => base.task(split, index, rng),
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = base.createEnvironment(tasks, copiesPerTask, rng);
      const writer = change.writer(tasks, copiesPerTask, rng.split(change.name));
      return changedEnvironment(environment, spec, size, writer);
    },
    ...kept,
  };
}
