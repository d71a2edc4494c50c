import type { ControlDistribution, ControlTask, Environment, Rng, TimeSteps } from '../index.js';
import { TasklearnError } from '../index.js';

const CELLS = 5;

/** Options of {@link toyChain}. */
interface ChainOptions {
  /** Steps after which an episode is truncated. */
  readonly horizon?: number;
  /** Chance that a step goes the other way. */
  readonly slip?: number;
}

/** What one copy is: everything that a snapshot holds, as float64 numbers. */
const FIELDS = 4; // position, time, steps drawn from the stream, phase (0 never reset, 1 under way, 2 ended)

/**
 * A corridor of five cells. An episode begins in the middle; one end ends it with reward 1 and success, the other with
 * reward −1, a step elsewhere costs 0.1. Which end is good is the task, and the observation [cell, side] shows it.
 */
export function toyChain({ horizon = 10, slip = 0.1 }: ChainOptions = {}): ControlDistribution {
  const spec = {
    observation: { shape: [2], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
    horizon,
    hasSuccess: true,
  } as const;
  return {
    kind: 'control',
    id: 'toy-chain',
    spec,
    varies: ['labels'],
    trial: { explorationEpisodes: 1, executionEpisodes: 2 },
    trainingTasks: 4,
    task(split, index, rng) {
      const identity = split === 'train' ? index % 4 : index;
      const side = rng.split(split).split(identity).integer(2) === 0 ? -1 : 1;
      return {
        id: `${split}/${identity}`,
        parameters: { side },
        ...(split === 'train' ? { identity } : {}),
      };
    },
    createEnvironment: (tasks, copiesPerTask, rng) =>
      chainEnvironment(
        spec,
        tasks.flatMap((task) => Array.from({ length: copiesPerTask }, () => task)),
        slip,
        rng,
      ),
    reward: ({ parameters }, { next }) =>
      Float32Array.from({ length: next.length / 2 }, (_, index) =>
        rewardOf(next[2 * index] as number, parameters.side as number),
      ),
    references: {
      oracle: (tasks, copiesPerTask) => ({
        act: () =>
          Float32Array.from({ length: tasks.length * copiesPerTask }, (_, copy) =>
            tasks[Math.floor(copy / copiesPerTask)]?.parameters.side === 1 ? 1 : 0,
          ),
      }),
    },
  };
}

function rewardOf(cell: number, side: number): number {
  if (cell === 0) return -side;
  return cell === CELLS - 1 ? side : -0.1;
}

type Numbers = Float64Array | Float32Array | Uint8Array;

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function joined(arrays: readonly Numbers[]): Uint8Array {
  return Uint8Array.from(arrays.flatMap((array) => [...bytesOf(array)]));
}

function refill(arrays: readonly Numbers[], snapshot: Uint8Array): void {
  const expected = arrays.reduce((length, array) => length + array.byteLength, 0);
  if (snapshot.length !== expected)
    throw new TasklearnError('SHAPE_MISMATCH', 'restore: a snapshot of another environment.', { expected });
  let start = 0;
  for (const array of arrays) {
    bytesOf(array).set(snapshot.subarray(start, start + array.byteLength));
    start += array.byteLength;
  }
}

function chainEnvironment(
  spec: ControlDistribution['spec'],
  tasks: readonly ControlTask[],
  slip: number,
  rng: Rng,
): Environment {
  const copies = tasks.length;
  const state = new Float64Array(copies * FIELDS);
  const steps = {
    stepType: new Uint8Array(copies),
    observation: new Float32Array(copies * 2),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies),
    success: new Uint8Array(copies),
  };
  const sideOf = (copy: number) => tasks[copy]?.parameters.side as number;
  const show = (copy: number, stepType: number, reward: number, discount: number, success: number) => {
    steps.stepType[copy] = stepType;
    steps.observation[2 * copy] = state[copy * FIELDS] as number;
    steps.observation[2 * copy + 1] = sideOf(copy);
    steps.reward[copy] = reward;
    steps.discount[copy] = discount;
    steps.success[copy] = success;
  };
  const begin = (copy: number) => {
    state[copy * FIELDS] = (CELLS - 1) / 2;
    state[copy * FIELDS + 1] = 0;
    state[copy * FIELDS + 3] = 1;
    show(copy, 0, 0, 1, 0);
  };
  const move = (copy: number, action: number) => {
    const at = copy * FIELDS;
    if (state[at + 3] !== 1)
      throw new TasklearnError('RESET_NEEDED', `step: copy ${copy} needs a reset first.`, { copy });
    const slips =
      rng
        .split(copy)
        .split(state[at + 2] as number)
        .next() < slip;
    state[at + 2] = (state[at + 2] as number) + 1;
    state[at] = (state[at] as number) + ((action === 1) === slips ? -1 : 1);
    state[at + 1] = (state[at + 1] as number) + 1;
    const cell = state[at] as number;
    const terminated = cell === 0 || cell === CELLS - 1;
    const ended = terminated || (state[at + 1] as number) >= spec.horizon;
    if (ended) state[at + 3] = 2;
    const reward = rewardOf(cell, sideOf(copy));
    show(copy, ended ? 2 : 1, reward, terminated ? 0 : 1, reward === 1 ? 1 : 0);
  };
  const each = (which: Uint8Array | undefined, act: (copy: number) => void): TimeSteps => {
    for (let copy = 0; copy < copies; copy += 1) if (which === undefined || which[copy] === 1) act(copy);
    return steps;
  };
  return {
    copies,
    spec,
    reset: (which) => each(which, begin),
    step(actions, active) {
      if (actions.length !== copies)
        throw new TasklearnError('SHAPE_MISMATCH', `step: expected ${copies} actions.`, { expected: copies });
      return each(active, (copy) => move(copy, actions[copy] as number));
    },
    snapshot: () => joined([state, ...Object.values(steps)]),
    restore: (snapshot) => refill([state, ...Object.values(steps)], snapshot),
    dispose: () => undefined,
  };
}
