import {
  createRng,
  type HostTensor,
  type JointDistribution,
  type PartialOptions,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  resolveOptions,
} from '@tasklearn/core';
import { inMemoryTasks, type TaskItems } from './in-memory-tasks.js';

/** Options of {@link describedSinusoids}. */
export type DescribedSinusoidsOptions = {
  /** Fixes items; tasks depend on their number alone. */
  readonly seed: number;
  /** T. */
  readonly tasks: number;
  /** Number of the first task: sets with other numbers share no task. */
  readonly firstTask: number;
  /** What z is: amplitude and phase, about 0 and of deviation 1; or one-hot, [T]. */
  readonly descriptors: 'parameters' | 'oneHot';
  /** σ of the noise on training and validation targets. */
  readonly noise: number;
  /** Items of each task per split. */
  readonly trainItems: number;
  readonly validationItems: number;
  readonly testItems: number;
};

/** 64 tasks with ten items each, described by what they are. */
export const describedSinusoidsDefaults: DescribedSinusoidsOptions = {
  seed: 0,
  tasks: 64,
  firstTask: 0,
  descriptors: 'parameters',
  noise: 0,
  trainItems: 10,
  validationItems: 20,
  testItems: 50,
};

const id = '@tasklearn/tasks/described-sinusoids';

/** a ~ U(0.5, 2) and b ~ U(0, π) of a task, by its number. */
function parametersOf(number: number): readonly [amplitude: number, phase: number] {
  const rng = createRng('described sinusoids').split(number);
  return [0.5 + 1.5 * rng.next(), Math.PI * rng.next()];
}

/** A uniform number on [low, high], to mean 0 and deviation 1. */
const standardised = (value: number, low: number, high: number) =>
  ((value - (low + high) / 2) * Math.sqrt(12)) / (high - low);

/**
 * Sinusoids y = a sin(x + b) whose descriptor may say what they are: a network that is told it can answer for a task it has
 * no data of, where one that is told a number cannot.
 *
 * x ~ U(−π, π). For tasks that a learner was not trained on, take a set with another `firstTask` and the same `tasks`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { describedSinusoids } from '@tasklearn/tasks';
 *
 * describedSinusoids({ tasks: 4 }).spec.descriptors.shape; // => [4, 2]
 * ```
 */
export function describedSinusoids(given: PartialOptions<DescribedSinusoidsOptions> = {}): JointDistribution {
  const all = resolveOptions(id, describedSinusoidsDefaults, given as object) as DescribedSinusoidsOptions;
  for (const key of ['tasks', 'trainItems', 'validationItems', 'testItems'] as const)
    requireInteger(id, all, key, 1);
  requireInteger(id, all, 'firstTask', 0);
  requireNonNegative(id, all, 'noise');
  requireOneOf(id, all, 'descriptors', ['parameters', 'oneHot']);
  const numbers = Array.from({ length: all.tasks }, (_, task) => all.firstTask + task);
  const parameters = numbers.map(parametersOf);
  const draw = (split: 'train' | 'validation' | 'test'): readonly TaskItems[] =>
    parameters.map(([amplitude, phase], task) => {
      const own = createRng(all.seed)
        .split(split)
        .split(numbers[task] as number);
      const count = all[`${split}Items`];
      const noise = split === 'test' ? 0 : all.noise;
      const inputs = Float32Array.from({ length: count }, () => Math.PI * (2 * own.next() - 1));
      const targets = inputs.map((x) => amplitude * Math.sin(x + phase) + noise * own.gaussian());
      return { inputs, targets };
    });
  const descriptors: HostTensor = {
    dtype: 'float32',
    shape: [all.tasks, 2],
    data: Float32Array.from(
      parameters.flatMap(([amplitude, phase]) => [
        standardised(amplitude, 0.5, 2),
        standardised(phase, 0, Math.PI),
      ]),
    ),
  };
  return inMemoryTasks({
    id,
    inputShape: [1],
    tasks: numbers.map((number) => ({ id: `${number}`, group: 'numbers' })),
    groups: { numbers: { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } },
    items: { train: draw('train'), validation: draw('validation'), test: draw('test') },
    sharedInputs: false,
    ...(all.descriptors === 'parameters' ? { descriptors } : {}),
  });
}
