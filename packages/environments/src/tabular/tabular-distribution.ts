import {
  type ControlDistribution,
  type ControlSpec,
  type ControlTask,
  type Rng,
  type Split,
  type TabularControlDistribution,
  type TabularModel,
  TasklearnError,
  type Trajectory,
  type TrialProtocol,
  type Varies,
} from '@tasklearn/core';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { backwardInduction } from './backward-induction.js';
import { type FiniteWorld, matricesOf, rewardOf } from './finite-world.js';
import { tabularKernel } from './tabular-kernel.js';

/** A discount so close to 1 that it only decides between plans of equal value: the one that earns sooner. */
const SOONER = 1 - 1e-7;

/** What a distribution of finite worlds is made of. */
export interface TabularDefinition {
  readonly id: string;
  readonly varies: readonly Varies[];
  readonly trial: TrialProtocol;
  readonly trainingTasks?: number;
  readonly states: number;
  readonly actions: number;
  readonly horizon: number;
  readonly hasSuccess: boolean;
  /** Standard deviation of the normal noise on rewards; 0 unless told. */
  readonly rewardNoise?: number;
  /** Observation of each state, [S * O]; the same in all tasks, all different. One-hot where absent. */
  readonly observations?: Float32Array;
  /** As in {@link ControlDistribution}. */
  task(split: Split, index: number, rng: Rng): ControlTask;
  /** The world of a task. */
  world(task: ControlTask): FiniteWorld;
  /** An SVG of the states that episodes went through. */
  draw?(
    task: ControlTask,
    states: readonly (readonly number[])[],
    trajectories: readonly Trajectory[],
  ): string;
  /** An SVG of one state. */
  drawFrame?(task: ControlTask, state: number): string;
}

/** One-hot rows of S states, [S * S]. */
function oneHotRows(states: number): Float32Array {
  const rows = new Float32Array(states * states);
  for (let state = 0; state < states; state += 1) rows[state * states + state] = 1;
  return rows;
}

/** The state of each distinct observation; -1 for what no state shows. */
function stateFinder(rows: Float32Array, size: number, oneHot: boolean) {
  if (oneHot) return (observation: Float32Array) => observation.indexOf(1);
  const keyOf = (values: Float32Array) => values.join();
  const states = new Map<string, number>();
  for (let state = 0; state < rows.length / size; state += 1)
    states.set(keyOf(rows.subarray(state * size, (state + 1) * size)), state);
  return (observation: Float32Array) => states.get(keyOf(observation)) ?? -1;
}

/** Remembers what a function of a task gave, as long as the task is in use. */
export function perTask<Value>(compute: (task: ControlTask) => Value): (task: ControlTask) => Value {
  const known = new WeakMap<ControlTask, Value>();
  return (task) => {
    const before = known.get(task);
    if (before !== undefined) return before;
    const value = compute(task);
    known.set(task, value);
    return value;
  };
}

/** The law of reward of a world over observations. */
function rewardLaw(
  worldOf: (task: ControlTask) => FiniteWorld,
  stateOf: (observation: Float32Array) => number,
  size: number,
): NonNullable<ControlDistribution['reward']> {
  return (task, { observation, action, next }) => {
    const world = worldOf(task);
    const at = (rows: Float32Array, index: number) =>
      stateOf(rows.subarray(index * size, (index + 1) * size));
    return Float32Array.from(action, (choice, index) =>
      rewardOf(world, at(observation, index), choice, at(next, index)),
    );
  };
}

/** Acts by backward induction in the task that it is told. */
function optimalReference(
  definition: TabularDefinition,
  worldOf: (task: ControlTask) => FiniteWorld,
  stateOf: (observation: Float32Array) => number,
  size: number,
) {
  const solve = perTask((task) => backwardInduction(worldOf(task), definition.horizon, SOONER).actions);
  return (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng) =>
    copyPolicies(tasks, copiesPerTask, rng, (task) => {
      const best = solve(task);
      let time = 0;
      return {
        beginEpisode: () => {
          time = 0;
        },
        act({ stepType, observation }, copy) {
          if (stepType[copy] === 0) time = 0;
          const state = stateOf(observation.subarray(copy * size, (copy + 1) * size));
          return best[time++ * definition.states + state] as number;
        },
      };
    });
}

/**
 * A distribution of finite worlds whose tasks may differ in everything but their numbers of states and actions: simulation,
 * exact model, law of reward, and `oracle` (told the task, by backward induction) and `random` as reference lines.
 */
export function tabularDistribution(definition: TabularDefinition): TabularControlDistribution {
  const { id, states, actions, horizon, rewardNoise = 0 } = definition;
  const rows = definition.observations ?? oneHotRows(states);
  const size = rows.length / states;
  const spec: ControlSpec = {
    observation: { shape: [size], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: actions - 1 },
    horizon,
    hasSuccess: definition.hasSuccess,
  };
  const worldOf = perTask((task) => definition.world(task));
  const stateOf = stateFinder(rows, size, definition.observations === undefined);
  const statesOf = ({ observations, length }: Trajectory) =>
    Array.from({ length: length + 1 }, (_, time) =>
      stateOf(observations.subarray(time * size, (time + 1) * size)),
    );
  const { draw, drawFrame } = definition;
  return {
    kind: 'control',
    id,
    spec,
    varies: definition.varies,
    trial: definition.trial,
    ...(definition.trainingTasks === undefined ? {} : { trainingTasks: definition.trainingTasks }),
    task: (split, index, rng) => definition.task(split, index, rng),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        {
          id,
          spec,
          stateSize: 1,
          createKernel: (frame) =>
            tabularKernel(
              frame,
              frame.tasks.map(worldOf),
              frame.tasks.map(() => rows),
              rewardNoise,
            ),
        },
        tasks,
        copiesPerTask,
        rng,
      ),
    ...(rewardNoise > 0 ? {} : { reward: rewardLaw(worldOf, stateOf, size) }),
    references: {
      oracle: optimalReference(definition, worldOf, stateOf, size),
      random: uniformReference(actions),
    },
    ...(draw ? { draw: (task, list) => draw(task, list.map(statesOf), list) } : {}),
    ...(drawFrame ? { drawFrame: (task, observation) => drawFrame(task, stateOf(observation)) } : {}),
    tabularModel: (task) => matricesOf(worldOf(task)),
    stateOf: (_, observation) => stateOf(observation),
    observationOf: (_, state) => rows.slice(state * size, (state + 1) * size),
  };
}

/** Whether a distribution knows its exact models. */
export function isTabular(distribution: ControlDistribution): distribution is TabularControlDistribution {
  return typeof (distribution as Partial<TabularControlDistribution>).tabularModel === 'function';
}

/**
 * The exact model of a task of a finite world.
 *
 * @throws `UNSUPPORTED_TASK` where the distribution has none.
 */
export function tabularModel(distribution: ControlDistribution, task: ControlTask): TabularModel {
  if (isTabular(distribution)) return distribution.tabularModel(task);
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `tabularModel: ${distribution.id} has no exact model. Worlds that have one are of type TabularControlDistribution.`,
    { distribution: distribution.id },
  );
}
