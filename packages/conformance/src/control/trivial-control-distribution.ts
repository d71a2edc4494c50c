import {
  type ControlDistribution,
  type ControlSpec,
  type ControlTask,
  type Split,
  type TabularControlDistribution,
  type TabularModel,
  TasklearnError,
  type Transitions,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { trivialEnvironment } from './trivial-environment.js';

/** Options of {@link trivialControlDistribution}. */
export interface TrivialControlOptions {
  /** Unless told, discrete: 0 goes left and 1 right. Continuous ones in [−1, 1] go as far as they say. */
  readonly actions?: 'discrete' | 'continuous';
  /** Whether agents see where to go; unless told they do, and tasks are goal-conditioned. */
  readonly goal?: 'shown' | 'hidden';
}

/** Where to go in the two tasks of each split is ± this. */
const GOALS: Readonly<Record<Split, number>> = { train: 1, validation: 0.75, test: 0.5 };
const SIDE = 9;
const STEP = 2 / (SIDE - 1);
/** Nearer than this is there. */
const REACH = STEP / 2;

/**
 * The easiest control tasks: walk along the line [−1, 1] to a place, from near its middle. A step is rewarded with minus
 * the distance that is left, arriving ends the episode with success, and twelve steps are the longest. Whatever learns
 * at all learns these. They have all that a learner may need: goals, rewards off-line and recordable, identities of
 * training tasks and, where actions are discrete, nine states with an exact model.
 */
export function trivialControlDistribution({
  actions = 'discrete',
  goal = 'shown',
}: TrivialControlOptions = {}): ControlDistribution {
  const shown = goal === 'shown';
  const spec: ControlSpec = {
    observation: { shape: [shown ? 2 : 1], dtype: 'float32', minimum: -1, maximum: 1 },
    action:
      actions === 'discrete'
        ? { shape: [], dtype: 'int32', minimum: 0, maximum: 1 }
        : { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
    horizon: 12,
    hasSuccess: true,
    ...(shown ? { goal: { size: 1, achieved: 0, desired: 1 } } : {}),
  };
  const goalOf = (task: ControlTask, next: Float32Array, index: number) =>
    shown ? (next[2 * index + 1] as number) : (task.parameters.goal as number);
  const size = spec.observation.shape[0] as number;
  const distribution: ControlDistribution = {
    kind: 'control',
    id: `@tasklearn/conformance/trivial-${actions}-${goal}`,
    spec,
    varies: [shown ? 'initialState' : 'reward'],
    trial: { explorationEpisodes: 0, executionEpisodes: 2 },
    trainingTasks: 2,
    task: (split, index) => trivialTask(split, index),
    createEnvironment: (tasks, copiesPerTask, rng) => trivialEnvironment(spec, tasks, copiesPerTask, rng),
    reward: (task: ControlTask, { next }: Transitions) =>
      Float32Array.from(
        { length: next.length / size },
        (_, index) => -Math.abs((next[size * index] as number) - goalOf(task, next, index)),
      ),
    recordableReward(task, _observation, _action, next) {
      const axes = next.shape.slice(0, -1);
      const part = (from: number) =>
        tf.reshape(tf.slice(next, [...axes.map(() => 0), from], [...axes, 1]), axes);
      const wanted = shown ? part(1) : tf.scalar(task.parameters.goal as number);
      return tf.neg(tf.abs(tf.sub(part(0), wanted)));
    },
    references: {
      oracle: (tasks, copiesPerTask) => ({
        act: ({ observation }) =>
          Float32Array.from({ length: tasks.length * copiesPerTask }, (_, copy) => {
            const { goal: to } = (tasks[Math.floor(copy / copiesPerTask)] as ControlTask).parameters;
            const right = (to as number) > (observation[copy * size] as number);
            return right ? 1 : actions === 'discrete' ? 0 : -1;
          }),
      }),
    },
  };
  return actions === 'discrete' ? withModel(distribution, size) : distribution;
}

function trivialTask(split: Split, index: number): ControlTask {
  const identity = index % 2;
  const goal = (identity === 0 ? -1 : 1) * GOALS[split];
  return {
    id: `${split}/${identity}`,
    parameters: { goal },
    ...(split === 'train' ? { identity } : {}),
  };
}

/** Adds the exact model of nine places. */
function withModel(distribution: ControlDistribution, size: number): TabularControlDistribution {
  return {
    ...distribution,
    tabularModel: trivialModel,
    stateOf: (_task, observation) => Math.round(((observation[0] as number) + 1) / STEP),
    observationOf: ({ parameters }, state) =>
      Float32Array.of(state * STEP - 1, parameters.goal as number).subarray(0, size),
  };
}

function trivialModel({ parameters }: ControlTask): TabularModel {
  const goal = parameters.goal;
  if (goal === undefined)
    throw new TasklearnError('INVALID_OPTION', 'tabularModel: expected a task of this distribution.', {
      key: 'task',
    });
  const terminal = Uint8Array.from({ length: SIDE }, (_, state) =>
    Math.abs(state * STEP - 1 - goal) < REACH ? 1 : 0,
  );
  const transition = new Float64Array(SIDE * 2 * SIDE);
  const reward = new Float64Array(SIDE * 2 * SIDE);
  for (let state = 0; state < SIDE; state += 1)
    for (const action of [0, 1]) {
      const moved = Math.min(SIDE - 1, Math.max(0, state + 2 * action - 1));
      const next = terminal[state] === 1 ? state : moved;
      const at = (state * 2 + action) * SIDE + next;
      transition[at] = 1;
      reward[at] = terminal[state] === 1 ? 0 : -Math.abs(next * STEP - 1 - goal);
    }
  const initial = new Float64Array(SIDE);
  initial.fill(1 / 3, 3, 6);
  return { states: SIDE, actions: 2, initial, transition, reward, terminal };
}
