import {
  type ControlSpec,
  type ControlTask,
  type Environment,
  type Rng,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';

const STEP = 0.25;
const REACH = STEP / 2;
/** Place, steps of the episode, episodes begun, whether one is under way. */
const FIELDS = 4;

/** The walk along a line that `trivialControlDistribution` describes. Observations are [place] or [place, goal]. */
export function trivialEnvironment(
  spec: ControlSpec,
  tasks: readonly ControlTask[],
  copiesPerTask: number,
  rng: Rng,
): Environment {
  const copies = tasks.length * copiesPerTask;
  const size = spec.observation.shape[0] as number;
  const state = new Float64Array(copies * FIELDS);
  const steps = {
    stepType: new Uint8Array(copies),
    observation: new Float32Array(copies * size),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies),
    success: new Uint8Array(copies),
  };
  const goalOf = (copy: number) => tasks[Math.floor(copy / copiesPerTask)]?.parameters.goal as number;
  const show = (copy: number, stepType: number, reward: number, reached: boolean) => {
    steps.stepType[copy] = stepType;
    steps.observation[copy * size] = state[copy * FIELDS] as number;
    if (size === 2) steps.observation[copy * size + 1] = goalOf(copy);
    steps.reward[copy] = reward;
    steps.discount[copy] = reached ? 0 : 1;
    steps.success[copy] = reached ? 1 : 0;
  };
  const begin = (copy: number) => {
    const at = copy * FIELDS;
    const episode = state[at + 2] as number;
    state.set([STEP * (rng.split(copy).split(episode).integer(3) - 1), 0, episode + 1, 1], at);
    show(copy, 0, 0, false);
  };
  const move = (copy: number, action: number) => {
    const at = copy * FIELDS;
    const by = spec.action.dtype === 'int32' ? 2 * action - 1 : Math.min(1, Math.max(-1, action));
    state[at] = Math.min(1, Math.max(-1, (state[at] as number) + STEP * by));
    state[at + 1] = (state[at + 1] as number) + 1;
    const distance = Math.abs((state[at] as number) - goalOf(copy));
    const ended = distance < REACH || (state[at + 1] as number) >= spec.horizon;
    if (ended) state[at + 3] = 0;
    show(copy, ended ? 2 : 1, -distance, distance < REACH);
  };
  const arrays = [state, ...Object.values(steps)];
  return {
    copies,
    spec,
    reset(which) {
      for (let copy = 0; copy < copies; copy += 1) if (which === undefined || which[copy] === 1) begin(copy);
      return steps;
    },
    step(actions, active) {
      demandActions(spec, actions, copies);
      const moves = (copy: number) => active === undefined || active[copy] === 1;
      for (let copy = 0; copy < copies; copy += 1)
        if (moves(copy) && state[copy * FIELDS + 3] !== 1) throw resetNeeded(copy);
      for (let copy = 0; copy < copies; copy += 1) if (moves(copy)) move(copy, actions[copy] as number);
      return steps as TimeSteps;
    },
    snapshot: () => join(arrays),
    restore: (snapshot) => refill(arrays, snapshot),
    dispose: () => undefined,
  };
}

function demandActions(spec: ControlSpec, actions: Float32Array, copies: number): void {
  const known = (action: number) => spec.action.dtype !== 'int32' || action === 0 || action === 1;
  if (actions.length === copies && actions.every((action) => Number.isFinite(action) && known(action)))
    return;
  throw new TasklearnError('SHAPE_MISMATCH', `step: expected ${copies} actions in their range.`, {
    expected: copies,
    received: actions.length,
  });
}

function resetNeeded(copy: number): TasklearnError {
  const message = `step: copy ${copy} has no episode under way. Reset it, or leave it out with \`active\`.`;
  return new TasklearnError('RESET_NEEDED', message, { copy });
}

type Numbers = Float64Array | Float32Array | Uint8Array;

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function join(arrays: readonly Numbers[]): Uint8Array {
  const length = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bytes = new Uint8Array(length);
  let start = 0;
  for (const array of arrays) {
    bytes.set(bytesOf(array), start);
    start += array.byteLength;
  }
  return bytes;
}

function refill(arrays: readonly Numbers[], snapshot: Uint8Array): void {
  const expected = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (snapshot.length !== expected)
    throw new TasklearnError('SHAPE_MISMATCH', 'restore: a snapshot of another environment.', { expected });
  let start = 0;
  for (const array of arrays) {
    bytesOf(array).set(snapshot.subarray(start, start + array.byteLength));
    start += array.byteLength;
  }
}
