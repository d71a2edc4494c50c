import type {
  ControlDistribution,
  ControlSpec,
  ControlTask,
  TabularControlDistribution,
  Trajectory,
} from '@tasklearn/core';
import { drawHallways } from '../drawing/draw-hallways.js';
import { uniformReference } from '../oracles/copy-policies.js';
import { type FiniteWorld, finiteWorld, matricesOf } from '../tabular/finite-world.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { isExploration } from '../tasks/trial-phase.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { type HallwayMap, hallwayMap, signCode } from './hallway-map.js';
import { type HallwayOptions, hallwayDefaults, requireHallways } from './hallway-options.js';
import { hallwayReferences } from './hallway-strategies.js';

const goalOf = ({ parameters }: ControlTask) => parameters.goal as number;
const bitsOf = ({ parameters }: ControlTask) => parameters.bits as number;

/** What each place of a task shows in an execution episode, [places * O]: arm, depth, sign, paintings, 1. */
function observationRows(options: HallwayOptions, map: HallwayMap, task: ControlTask): Float32Array {
  const arms = map.lengths.length;
  const size = arms + 1 + map.codeSize + options.paintingBits + 1;
  const rows = new Float32Array(map.places * size);
  const deepest = Math.max(...map.lengths);
  const taskNumber = goalOf(task) * 2 ** options.paintingBits + bitsOf(task);
  for (let place = 0; place < map.places; place += 1) {
    const row = rows.subarray(place * size, (place + 1) * size);
    const arm = map.armOf[place] as number;
    if (arm >= 0) row[arm] = 1;
    row[arms] = (map.depthOf[place] as number) / deepest;
    if (arm >= 0 && arm === map.signArm && place === map.ends[arm])
      row.set(signCode(options, goalOf(task), taskNumber), arms + 1);
    if (arm >= 0 && arm === map.paintingArm && place === map.ends[arm])
      for (let bit = 0; bit < options.paintingBits; bit += 1)
        row[arms + 1 + map.codeSize + bit] = (bitsOf(task) >> bit) % 2 === 1 ? 1 : -1;
    row[size - 1] = 1;
  }
  return rows;
}

/** State: the place. */
function hallwayKernel(options: HallwayOptions, map: HallwayMap, frame: KernelFrame): Kernel {
  const { state, observation, reward, elapsed, episode, spec, tasks } = frame;
  const size = spec.observation.shape[0] as number;
  const rows = tasks.map((task) => observationRows(options, map, task));
  const goals = tasks.map((task) => map.ends[goalOf(task)] as number);
  const explores = (copy: number) => isExploration(options, episode[copy] as number);
  const show = (copy: number, task: number, place: number) => {
    const row = rows[task] as Float32Array;
    for (let index = 0; index < size; index += 1)
      observation[copy * size + index] = row[place * size + index] as number;
    if (explores(copy)) observation[(copy + 1) * size - 1] = 0;
  };
  return {
    reset(copy, task) {
      state[copy] = 0;
      show(copy, task, 0);
    },
    step(copy, task, actions) {
      const place = map.moves[(state[copy] as number) * map.actions + (actions[copy] as number)] as number;
      state[copy] = place;
      show(copy, task, place);
      if (place === goals[task]) {
        reward[copy] = 1;
        return Outcome.succeededAndTerminated;
      }
      const limit = explores(copy) ? options.explorationSteps : options.horizon;
      return (elapsed[copy] as number) + 1 >= limit ? Outcome.truncated : Outcome.ongoing;
    },
  };
}

/** The law of reward: 1 for arriving at the end of the hallway with the reward, whatever came before. */
function rewardLaw(map: HallwayMap, size: number): NonNullable<ControlDistribution['reward']> {
  const placeOf = placeReader(map, size);
  return (task, { next }) =>
    Float32Array.from({ length: next.length / size }, (_, index) =>
      placeOf(next, index) === map.ends[goalOf(task)] ? 1 : 0,
    );
}

/** The place that the observation of copy c shows. */
function placeReader({ lengths, ends }: HallwayMap, size: number) {
  const deepest = Math.max(...lengths);
  return (observation: Float32Array, copy: number): number => {
    const row = observation.subarray(copy * size, (copy + 1) * size);
    const arm = row.subarray(0, lengths.length).indexOf(1);
    if (arm < 0) return 0;
    const depth = Math.round((row[lengths.length] as number) * deepest);
    return (ends[arm] as number) - (lengths[arm] as number) + depth;
  };
}

/** The hallways of one task as a table; the states are the places. */
function hallwayWorld(map: HallwayMap, task: ControlTask): FiniteWorld {
  const goal = map.ends[goalOf(task)];
  return finiteWorld({
    states: map.places,
    actions: map.actions,
    initial: 0,
    terminal: (place) => place === goal,
    success: (place) => place === goal,
    transitions: (place, action) => {
      const next = map.moves[place * map.actions + action] as number;
      return [{ next, probability: 1, reward: next === goal ? 1 : 0 }];
    },
  });
}

/**
 * A junction with K hallways of length L, one of which ends at a reward of 1. A sign D steps away tells which; paintings on
 * another side differ from task to task and tell nothing. Actions: go into an arm or deeper, one for each arm, and back.
 * Observation: arm one-hot, depth, the sign's code only before the sign, the paintings' bits (±1) only before them, and 1 in
 * execution episodes.
 *
 * A trial is an exploration episode of X steps, whose return does not count, and an execution episode; the environment counts
 * a copy's episodes to know which is which. A task is (goal, bits): held-out tasks are pairs that training has not met, of
 * goals that it has; without paintings all splits have all goals. References: `oracle` (told the goal), `read`,
 * `exhaustive`, `thompson`, `random`; their exact results are in `hallwaySteps` and `hallwaySuccess`.
 *
 * Note that in the default execution episode of 10 steps the sign can still be read (2D + L = 9); `horizon: 8` rules it out.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Liu, Raghunathan, Liang, Finn. Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without
 *   Sacrifices. ICML 2021. arXiv:2008.02790.
 */
export function hallwaySign(options: Partial<HallwayOptions> = {}): TabularControlDistribution {
  const complete = { ...hallwayDefaults, ...options };
  const id = '@tasklearn/environments/hallway-sign';
  requireHallways(id, complete);
  const { hallways, paintingBits, explorationEpisodes, executionEpisodes } = complete;
  const map = hallwayMap(complete);
  const size = map.lengths.length + 2 + map.codeSize + paintingBits;
  const spec: ControlSpec = {
    observation: { shape: [size], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: map.actions - 1 },
    horizon:
      explorationEpisodes > 0 ? Math.max(complete.explorationSteps, complete.horizon) : complete.horizon,
    hasSuccess: true,
  };
  const placeOf = placeReader(map, size);
  return {
    kind: 'control',
    id,
    spec,
    varies: ['reward'],
    trial: { explorationEpisodes, executionEpisodes },
    ...finiteTasks(
      id,
      hallways * 2 ** paintingBits,
      (member) => ({ goal: member % hallways, bits: Math.floor(member / hallways) }),
      paintingBits === 0,
    ),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 1, createKernel: (frame) => hallwayKernel(complete, map, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: rewardLaw(map, size),
    references: {
      ...hallwayReferences(complete, { map, placeOf, goalOf }),
      random: uniformReference(map.actions),
    },
    tabularModel: (task) => matricesOf(hallwayWorld(map, task)),
    stateOf: (_, observation) => placeOf(observation, 0),
    observationOf: (task, place) =>
      observationRows(complete, map, task).slice(place * size, (place + 1) * size),
    draw: (task: ControlTask, trajectories: readonly Trajectory[]) =>
      drawHallways(
        map,
        complete,
        goalOf(task),
        trajectories.map(({ observations, length }) =>
          Array.from({ length: length + 1 }, (_, time) => placeOf(observations, time)),
        ),
      ),
    drawFrame: (task, observation) => drawHallways(map, complete, goalOf(task), [], placeOf(observation, 0)),
  };
}
