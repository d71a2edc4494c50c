import { createRng, type Environment, TasklearnError, type TimeSteps } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { demand, failure } from '../check.js';
import { demandSameSteps } from './demand-same-steps.js';
import {
  copyOfSteps,
  drive,
  type EnvironmentSubject,
  endedCopies,
  randomActions,
  withEnvironment,
} from './walk.js';

/** That a seed fixes everything that happens. */
export function demandSeeded(subject: EnvironmentSubject): void {
  const shown: TimeSteps[] = [];
  const look = (visit: (steps: TimeSteps, time: number) => void) =>
    withEnvironment(subject, (environment) =>
      drive(environment, subject.steps, (_before, _actions, after, time) => visit(after, time)),
    );
  look((steps) => shown.push(steps));
  look((steps, time) =>
    demandSameSteps(
      `${subject.distribution.id}: step ${time} from the same seed`,
      shown[time] as TimeSteps,
      steps,
    ),
  );
}

/** Many copies that step together do what they do when they step one by one, in another order. */
export function demandCopiesIndependent(subject: EnvironmentSubject): void {
  withEnvironment(subject, (serial) => {
    let shown = serial.reset();
    const what = `${subject.distribution.id}: copies together and one by one`;
    const alone = (copy: number) => new Uint8Array(serial.copies).map((_, index) => (index === copy ? 1 : 0));
    withEnvironment(subject, (parallel) =>
      drive(parallel, subject.steps, (before, actions, after) => {
        const again = before.stepType.map((type) => (type === 0 ? 1 : 0));
        for (let copy = serial.copies - 1; copy >= 0; copy -= 1) {
          if (again[copy] === 1 && shown.stepType[copy] === 2) shown = serial.reset(alone(copy));
          shown = serial.step(actions, alone(copy));
        }
        demandSameSteps(what, after, shown);
      }),
    );
  });
}

/** That masks of `step` and `reset` leave the other copies as they are. */
export function demandMasksHold(subject: EnvironmentSubject): void {
  withEnvironment(subject, (environment) => {
    const even = new Uint8Array(environment.copies).map((_, copy) => (copy % 2 === 0 ? 1 : 0));
    const others = [...even.keys()].filter((copy) => even[copy] === 0);
    const { id } = subject.distribution;
    const begun = copyOfSteps(environment.reset());
    const stepped = environment.step(randomActions(environment.spec, environment.copies, 0), even);
    demandSameSteps(`${id}: copies left out of a step`, begun, stepped, others);
    demand(stepped.stepType[0] !== 0, `${id}: an active copy must move.`);
    const before = copyOfSteps(stepped);
    demandSameSteps(`${id}: copies left out of a reset`, before, environment.reset(even), others);
    const again = copyOfSteps(environment.reset(even));
    demandSameSteps(
      `${id}: a reset of no copy`,
      again,
      environment.reset(new Uint8Array(environment.copies)),
    );
  });
}

/** Plays `count` steps, resetting what has ended, and returns what was shown. */
function play(environment: Environment, count: number, from: number, first: TimeSteps): TimeSteps[] {
  const shown: TimeSteps[] = [];
  let steps = copyOfSteps(first);
  for (let time = from; time < from + count; time += 1) {
    const ended = endedCopies(steps);
    if (ended.includes(1)) environment.reset(ended);
    steps = copyOfSteps(environment.step(randomActions(environment.spec, environment.copies, time)));
    shown.push(steps);
  }
  return shown;
}

/** That a snapshot brings back everything: state, streams, and what was shown last. */
export function demandSnapshotsExact(subject: EnvironmentSubject): void {
  const { id } = subject.distribution;
  const half = Math.ceil(subject.steps / 2);
  withEnvironment(subject, (environment) => {
    const last = play(environment, half, 0, environment.reset()).at(-1) as TimeSteps;
    const snapshot = environment.snapshot();
    const kept = snapshot.slice();
    const expected = play(environment, half, half, last);
    demand(
      snapshot.every((byte, at) => byte === kept[at]),
      `${id}: a snapshot changed while its environment went on. Copy what it is made of.`,
    );
    const retrace = (other: Environment, what: string) => {
      other.restore(snapshot);
      demandSameSteps(`${id}: what ${what} shows`, last, other.reset(new Uint8Array(other.copies)));
      for (const [time, steps] of play(other, half, half, last).entries())
        demandSameSteps(`${id}: step ${time} after ${what}`, expected[time] as TimeSteps, steps);
    };
    retrace(environment, 'a restored environment');
    withEnvironment(subject, (other) => retrace(other, 'a new environment with a snapshot of another'));
  });
}

/** @throws unless `call` throws an error of the code. */
function demandThrows(what: string, call: () => unknown, code?: string): void {
  try {
    call();
  } catch (error) {
    if (TasklearnError.is(error) && (code === undefined || error.code === code)) return;
    throw failure(`${what} must be refused${code === undefined ? '' : ` by ${code}`}, threw ${error}.`);
  }
  throw failure(`${what} must be refused${code === undefined ? '' : ` by ${code}`}, and was not.`);
}

/** That a snapshot of fewer copies is refused. */
export function demandForeignSnapshotsRefused(subject: EnvironmentSubject): void {
  const { distribution, tasks, copiesPerTask } = subject;
  const rng = createRng('conformance');
  withEnvironment(subject, (environment) => {
    const other = distribution.createEnvironment(tasks.slice(0, 1), copiesPerTask + 1, rng);
    other.reset();
    demandThrows(
      `${distribution.id}: a snapshot of an environment with other copies`,
      () => environment.restore(other.snapshot()),
      'SHAPE_MISMATCH',
    );
    other.dispose();
  });
}

/** That no copy steps before its first reset, or after its last step; and that the others may. */
export function demandResetNeeded(subject: EnvironmentSubject): void {
  const { id, spec } = subject.distribution;
  withEnvironment(subject, (environment) => {
    const actions = (time: number) => randomActions(spec, environment.copies, time);
    demandThrows(`${id}: a step before the first reset`, () => environment.step(actions(0)), 'RESET_NEEDED');
    let steps = environment.reset();
    for (let time = 0; !steps.stepType.includes(2); time += 1) steps = environment.step(actions(time));
    demandThrows(`${id}: a step after an episode's last`, () => environment.step(actions(0)), 'RESET_NEEDED');
    const open = steps.stepType.map((type) => (type === 2 ? 0 : 1));
    environment.step(actions(0), open); // Copies that have ended may be left out.
  });
}

/** That actions of a wrong shape, and discrete ones that do not exist, are refused. */
export function demandActionsChecked(subject: EnvironmentSubject): void {
  const { id, spec } = subject.distribution;
  withEnvironment(subject, (environment) => {
    environment.reset();
    const right = randomActions(spec, environment.copies, 0);
    for (const length of [right.length - 1, right.length + 1])
      demandThrows(
        `${id}: ${length} numbers as actions`,
        () => environment.step(new Float32Array(length)),
        'SHAPE_MISMATCH',
      );
    if (spec.action.dtype !== 'int32') return;
    for (const odd of [(spec.action.maximum ?? 0) + 1, -1, 0.5])
      demandThrows(`${id}: the discrete action ${odd}`, () =>
        environment.step(right.map((value, at) => (at === 0 ? odd : value))),
      );
  });
}

/** That numbers beyond the limits do what the limits do. */
export function demandActionsClipped(subject: EnvironmentSubject): void {
  const { id, spec } = subject.distribution;
  const { minimum, maximum, dtype } = spec.action;
  if (dtype === 'int32' || minimum === undefined || maximum === undefined) return;
  const stepped = (low: number, high: number) =>
    withEnvironment(subject, (environment) => {
      environment.reset();
      const actions = randomActions(spec, environment.copies, 0);
      return copyOfSteps(environment.step(actions.map((_, at) => (at % 2 === 0 ? low : high))));
    });
  const span = maximum - minimum + 1;
  demandSameSteps(
    `${id}: actions at their limits and beyond`,
    stepped(minimum, maximum),
    stepped(minimum - span, maximum + 2 * span),
  );
}

/** That stepping goes on in the same arrays, without a tensor. */
export function demandNothingGrows(subject: EnvironmentSubject): void {
  const { id } = subject.distribution;
  withEnvironment(subject, (environment) => {
    const arrays = Object.values(environment.reset()) as unknown[];
    const size = environment.snapshot().length;
    const tensors = tf.memory().numTensors;
    drive(environment, 20, () => {
      const now = Object.values(environment.reset(new Uint8Array(environment.copies)));
      demand(
        now.every((array, at) => array === arrays[at]),
        `${id}: must overwrite the arrays that it shows, and makes new ones.`,
      );
    });
    demand(environment.snapshot().length === size, `${id}: a snapshot grows with the steps made.`);
    const made = tf.memory().numTensors - tensors;
    demand(made === 0, `${id}: left ${made} tensors behind. Environments step over typed arrays.`);
    environment.dispose();
    environment.dispose();
  });
}
