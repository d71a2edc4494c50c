import {
  type ControlDistribution,
  type ControlSpec,
  type ControlTask,
  createRng,
  type Environment,
  type Rng,
  type TimeSteps,
} from '@tasklearn/core';

/** What environments are checked with. */
export type EnvironmentSubject = {
  readonly distribution: ControlDistribution;
  /** Training tasks in the environments that are stepped. */
  readonly tasks: readonly ControlTask[];
  readonly copiesPerTask: number;
  /** Steps that copies are driven for; several episodes where they are short. */
  readonly steps: number;
  /** Tasks of each split that are looked at. */
  readonly tasksPerSplit: number;
};

/** One transition of one copy, all arrays copied. */
export type Transition = {
  readonly copy: number;
  readonly task: ControlTask;
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly next: Float32Array;
  readonly reward: number;
};

export const sizesOf = ({ observation, action }: ControlSpec) => ({
  observation: observation.shape[0] ?? 1,
  action: action.shape[0] ?? 1,
});

/** A new environment of the subject, always from the same stream. */
export function open({ distribution, tasks, copiesPerTask }: EnvironmentSubject): Environment {
  return distribution.createEnvironment(tasks, copiesPerTask, createRng('conformance').split('environment'));
}

/** Calls `use` with a new environment and disposes of it. */
export function withEnvironment<Result>(
  subject: EnvironmentSubject,
  use: (environment: Environment) => Result,
): Result {
  const environment = open(subject);
  try {
    return use(environment);
  } finally {
    environment.dispose();
  }
}

/** Uniform actions of all copies at a time; a function of the time alone. */
export function randomActions({ action }: ControlSpec, copies: number, time: number): Float32Array {
  const { minimum = -1, maximum = 1, dtype } = action;
  const rng: Rng = createRng('conformance').split('actions').split(time);
  const draw = () =>
    dtype === 'int32'
      ? minimum + rng.integer(maximum - minimum + 1)
      : minimum + (maximum - minimum) * rng.next();
  return Float32Array.from({ length: copies * (action.shape[0] ?? 1) }, draw);
}

/** A copy of everything shown. */
export function copyOfSteps({ stepType, observation, reward, discount, success }: TimeSteps): TimeSteps {
  return {
    stepType: stepType.slice(),
    observation: observation.slice(),
    reward: reward.slice(),
    discount: discount.slice(),
    success: success.slice(),
  };
}

/** 1 where the episode has ended. */
export function endedCopies({ stepType }: TimeSteps): Uint8Array {
  return stepType.map((type) => (type === 2 ? 1 : 0));
}

/**
 * Drives all copies with random actions, begun anew whenever their episode ends.
 *
 * @param visit - told what was shown before, the actions, what is shown now (both copies of what the environment
 *   owns) and the time.
 */
export function drive(
  environment: Environment,
  steps: number,
  visit: (before: TimeSteps, actions: Float32Array, after: TimeSteps, time: number) => void,
): void {
  let before = copyOfSteps(environment.reset());
  for (let time = 0; time < steps; time += 1) {
    const actions = randomActions(environment.spec, environment.copies, time);
    const after = copyOfSteps(environment.step(actions));
    visit(before, actions, after, time);
    const ended = endedCopies(after);
    before = ended.includes(1) ? copyOfSteps(environment.reset(ended)) : after;
  }
}

/** Transitions of all copies under random actions. */
export function transitionsOf(subject: EnvironmentSubject): readonly Transition[] {
  const sizes = sizesOf(subject.distribution.spec);
  const found: Transition[] = [];
  const part = (values: Float32Array, copy: number, size: number) =>
    values.slice(copy * size, (copy + 1) * size);
  withEnvironment(subject, (environment) =>
    drive(environment, subject.steps, (before, actions, after) => {
      for (let copy = 0; copy < environment.copies; copy += 1)
        found.push({
          copy,
          task: subject.tasks[Math.floor(copy / subject.copiesPerTask)] as ControlTask,
          observation: part(before.observation, copy, sizes.observation),
          action: part(actions, copy, sizes.action),
          next: part(after.observation, copy, sizes.observation),
          reward: after.reward[copy] as number,
        });
    }),
  );
  return found;
}
