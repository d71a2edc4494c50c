import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { TasklearnError } from '../errors.js';
import { createRng } from '../randomness/create-rng.js';
import type { Rng } from '../randomness/rng.js';
import { type Divergence, runTraining, type TrainingRun } from '../training/run-training.js';
import type {
  FinishedEvent,
  TrainingEvent,
  UpdateEvent,
  ValidationEvent,
} from '../training/training-event.js';
import { mapTree } from '../tree/map-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { leavesOf } from '../tree/tree-leaves.js';
import { agentContext } from './agent-context.js';
import type { ControlDistribution } from './control-distribution.js';
import type { ControlTraining } from './control-learner.js';
import {
  type ControlTrainingState,
  decodeControlState,
  encodeControlState,
} from './control-training-state.js';
import { type CountedDistribution, countSteps } from './count-steps.js';
import { evaluateTrials, summariseTrials } from './evaluate-trials.js';
import { replaceMembers } from './replace-members.js';
import type { TrialResult } from './run-trials.js';
import {
  type ControlValidationOptions,
  type TrainControlOptions,
  validateTrainControlOptions,
} from './train-control-options.js';

/** A run under way: what does not change, and what does. */
type Run = {
  readonly options: TrainControlOptions;
  readonly rng: Rng;
  readonly counted: CountedDistribution;
  readonly training: ControlTraining;
  state: ControlTrainingState;
  /** Environment steps before the last update. */
  stepsBefore: number;
};

/**
 * The one loop of control training. It knows no algorithm: the learner collects experience and learns from it; the loop
 * counts environment steps, validates by trials, keeps the best parameters, saves, and tells what happened.
 *
 *     for update u = 0, 1, ...:  training.update()
 *                                every so often: trials on the validation tasks with parameters()
 *
 * Every random number is a function of the seed: streams `training` (lent to the learner) and `validation` of
 * `createRng(seed)`. So a run that was interrupted at any moment and resumed from its store makes the same numbers as one
 * that was not, bit for bit on the same executor, save for where a budget of seconds ends it.
 *
 * Leaving the iteration early frees everything and saves nothing; to stop with a checkpoint, abort `signal`.
 *
 * @throws at once: `INVALID_OPTION`.
 * @throws while iterating: `NOT_FINITE` if a metric or a parameter is NaN or infinite, after a `diverged` event;
 *   `CORRUPT_FILE` or `INVALID_OPTION` for a store with something else in it; `WRITE_FAILED`; `UNSUPPORTED_TASK` and
 *   whatever else the learner or the distribution throws.
 */
export function trainControl(options: TrainControlOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  validateTrainControlOptions(options);
  return train(options);
}

async function* train(options: TrainControlOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const bytes = await options.store?.load();
  const saved = bytes === undefined ? undefined : decodeControlState(bytes, options);
  const run = await openRun(options, saved?.state, saved?.learner);
  try {
    yield {
      kind: 'started',
      update: run.state.update,
      resumed: saved !== undefined,
      parameters: leavesOf(run.training.parameters()).reduce((size, { data }) => size + data.length, 0),
      environmentSteps: run.counted.steps(),
    };
    const { store, checkpointEvery, logEvery = 1, signal } = options;
    const schedule = { resumed: saved !== undefined, store, checkpointEvery, logEvery, signal };
    yield* runTraining(trainingRun(run), schedule);
  } finally {
    run.training.dispose();
  }
}

async function openRun(
  options: TrainControlOptions,
  state: ControlTrainingState = { update: 0, environmentSteps: 0, seconds: 0 },
  saved?: Checkpoint,
): Promise<Run> {
  const { learner, distribution, executor, trial = distribution.trial } = options;
  const rng = createRng(options.seed);
  const counted = countSteps(trainingTasksOnly(distribution), state.environmentSteps);
  const context = { distribution: counted.distribution, trial, executor, rng: rng.split('training') };
  const training = await learner.openTraining(context, saved);
  return { options, rng, counted, training, state, stepsBefore: counted.steps() };
}

/** What a learner is lent: it has no business with the tasks that it will be judged on. */
function trainingTasksOnly(distribution: ControlDistribution): ControlDistribution {
  const task: ControlDistribution['task'] = (split, index, rng) => {
    if (split === 'train') return distribution.task(split, index, rng);
    throw new TasklearnError(
      'INVALID_OPTION',
      `trainControl: a learner may ask for tasks of the split 'train' only, got '${split}'. Hold out some of those.`,
      { key: 'split', received: split },
    );
  };
  return replaceMembers(distribution, { task });
}

/** The run as the loop of all training drives it. */
function trainingRun(run: Run): TrainingRun {
  const { validation } = run.options;
  const parameters = () => copyOf(run.training.parameters());
  return {
    owner: 'trainControl',
    advice: 'Lower the learning rate, clip the gradient, or scale the rewards.',
    update: () => run.state.update,
    isOver: () => isOver(run),
    makeUpdate: () => makeUpdate(run),
    isValidationDue: () => validation !== undefined && isValidationDue(run, validation),
    ...(validation === undefined ? {} : { validate: () => validate(run, validation) }),
    encode: () => encodeControlState(run.state, run.training.save(), run.options),
    brokenNumber: () => brokenNumber(run.training.parameters()),
    theta: parameters,
    thetaBefore: () => undefined, // A failed update may have left anything.
    finished: () => finished(run.state, parameters()),
  };
}

function isOver({ state, options: { budget } }: Run): boolean {
  const { updates = Infinity, environmentSteps = Infinity, seconds = Infinity } = budget;
  return state.update >= updates || state.environmentSteps >= environmentSteps || state.seconds >= seconds;
}

function isValidationDue(
  { state, stepsBefore }: Run,
  { every, unit = 'updates' }: ControlValidationOptions,
): boolean {
  if (unit === 'updates') return state.update % every === 0;
  return Math.floor(state.environmentSteps / every) > Math.floor(stepsBefore / every);
}

async function makeUpdate(run: Run): Promise<UpdateEvent | Divergence> {
  const { state, training, counted } = run;
  const update = state.update + 1;
  const started = performance.now();
  let metrics: Readonly<Record<string, number>>;
  try {
    ({ metrics } = await training.update());
  } catch (error) {
    if (!TasklearnError.is(error, 'NOT_FINITE')) throw error;
    const { quantity = 'update', value = Number.NaN } = error.details;
    return { update, quantity: String(quantity), value: Number(value) };
  }
  for (const [quantity, value] of Object.entries(metrics))
    if (!Number.isFinite(value)) return { update, quantity, value };
  run.stepsBefore = state.environmentSteps;
  const seconds = state.seconds + (performance.now() - started) / 1000;
  run.state = { ...state, update, environmentSteps: counted.steps(), seconds };
  return { kind: 'update', update, metrics, environmentSteps: counted.steps() };
}

async function validate(run: Run, validation: ControlValidationOptions): Promise<ValidationEvent> {
  const { options, rng, state, training } = run;
  const { learner, executor, distribution: trained } = options;
  const { distribution = trained, tasks, tasksPerBatch } = validation;
  const trial = validation.trial ?? options.trial ?? distribution.trial;
  const parameters = copyOf(training.parameters());
  const agent = await learner.openAgent(parameters, agentContext(distribution, executor));
  const results: TrialResult[] = [];
  try {
    for await (const result of evaluateTrials({
      agent,
      distribution,
      split: 'validation',
      count: tasks,
      trial,
      rng: rng.split('validation'),
      ...(tasksPerBatch === undefined ? {} : { tasksPerBatch }),
    }))
      results.push(result);
  } finally {
    agent.dispose();
  }
  const { return: score, success } = summariseTrials(results, trial);
  const { update, environmentSteps } = state;
  const best = score > (state.best?.score ?? Number.NEGATIVE_INFINITY);
  if (best) run.state = { ...state, best: { update, score, parameters } };
  const measured = distribution.spec.hasSuccess ? { success } : {};
  return { kind: 'validation', update, metric: 'return', score, ...measured, environmentSteps, best };
}

function finished({ update, best }: ControlTrainingState, last: Tree<HostTensor>): FinishedEvent {
  if (best === undefined) return { kind: 'finished', update, theta: last, last };
  const { parameters, ...found } = best;
  return { kind: 'finished', update, theta: parameters, last, best: found };
}

/** A learner may go on writing into what it gave. */
function copyOf(parameters: Tree<HostTensor>): Tree<HostTensor> {
  return mapTree(parameters, (leaf: HostTensor) => ({ ...leaf, data: leaf.data.slice() }));
}

function brokenNumber(parameters: Tree<HostTensor>): number | undefined {
  for (const { data } of leavesOf(parameters)) {
    const index = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (index >= 0) return data[index];
  }
  return undefined;
}
