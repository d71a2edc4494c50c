import {
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  TasklearnError,
} from '@tasklearn/core';

/** How a {@link goalLearner} collects and learns; JSON. */
export interface GoalTrainingOptions {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** γ in [0, 1). */
  readonly discount: number;
  /** η of Adam, > 0. */
  readonly learningRate: number;
  /** η of the actor, where there is one beside a critic; 0 for that of the others. */
  readonly actorLearningRate: number;
  /** Episodes collected per update, each of a task of its own where tasks are many. */
  readonly episodesPerUpdate: number;
  /** Gradient steps per update: a multiple of `stepsPerCall`. */
  readonly gradientSteps: number;
  /** Gradient steps of one compiled call. More make a larger program with less overhead. */
  readonly stepsPerCall: number;
  /** Rows of a minibatch, over all tasks. */
  readonly batchSize: number;
  /** Episodes kept, over all tasks. */
  readonly capacity: number;
  /** Random episodes before learning begins. */
  readonly warmUpEpisodes: number;
  /** Probability of a random action while training. */
  readonly explorationRate: number;
  /** σ of noise on continuous actions while training, in units of their reach. */
  readonly explorationNoise: number;
  /** How far slow copies move towards the parameters at each gradient step, in (0, 1]. */
  readonly targetRate: number;
  /** Clips value targets to [−1/(1−γ), 0]: for rewards in [−1, 0] only. */
  readonly clipTargets: boolean;
  /** Whether observations are shifted and scaled by their running moments. */
  readonly normalize: boolean;
  /** Sub-buffers: `task`, one for each of finitely many tasks, with batches of equally many rows of each; or `shared`. */
  readonly replay: 'shared' | 'task';
}

/** Defaults: those of hindsight experience replay at the size of small problems. */
export const goalTrainingDefaults: GoalTrainingOptions = {
  hidden: [64, 64],
  discount: 0.98,
  learningRate: 1e-3,
  actorLearningRate: 0,
  episodesPerUpdate: 16,
  gradientSteps: 40,
  stepsPerCall: 8,
  batchSize: 128,
  capacity: 10_000,
  warmUpEpisodes: 16,
  explorationRate: 0.2,
  explorationNoise: 0,
  targetRate: 0.005,
  clipTargets: false,
  normalize: false,
  replay: 'shared',
};

/** @throws `INVALID_OPTION` for a value out of range. */
export function validateGoalTraining(owner: string, options: GoalTrainingOptions): void {
  requireIntegers(owner, options, 'hidden');
  requireInRange(owner, options, 'discount', 0, 1 - 1e-9);
  requirePositive(owner, options, 'learningRate');
  requireNonNegative(owner, options, 'actorLearningRate');
  for (const key of ['episodesPerUpdate', 'gradientSteps', 'stepsPerCall', 'batchSize', 'capacity'] as const)
    requireInteger(owner, options, key);
  requireInteger(owner, options, 'warmUpEpisodes', 0);
  requireInRange(owner, options, 'explorationRate', 0, 1);
  requireNonNegative(owner, options, 'explorationNoise');
  requireInRange(owner, options, 'targetRate', 1e-9, 1);
  requireOneOf(owner, options, 'replay', ['shared', 'task']);
  if (options.gradientSteps % options.stepsPerCall === 0) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`gradientSteps\` must be a multiple of \`stepsPerCall\`, got ${options.gradientSteps} and ${options.stepsPerCall}.`,
    { key: 'gradientSteps', received: options.gradientSteps },
  );
}
