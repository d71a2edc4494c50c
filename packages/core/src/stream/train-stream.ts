import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { TasklearnError } from '../errors.js';
import { createRng } from '../randomness/create-rng.js';
import type { Rng } from '../randomness/rng.js';
import { type Divergence, runTraining, type TrainingRun } from '../training/run-training.js';
import type { TrainingEvent, UpdateEvent, ValidationEvent } from '../training/training-event.js';
import { mapTree } from '../tree/map-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { leavesOf } from '../tree/tree-leaves.js';
import { runStream } from './run-stream.js';
import { type LifetimeScore, scoreLifetime } from './score-lifetime.js';
import type { StreamDistribution, StreamTraining } from './stream-learner.js';
import { decodeStreamState, encodeStreamState, type StreamTrainingState } from './stream-training-state.js';
import {
  type StreamValidationOptions,
  type TrainStreamOptions,
  validateTrainStreamOptions,
} from './train-stream-options.js';

/** A run under way. */
type Run = {
  readonly options: TrainStreamOptions;
  readonly rng: Rng;
  readonly training: StreamTraining;
  state: StreamTrainingState;
};

/**
 * The one loop of meta-training on lifetimes, for learners that have such a phase; for those that have none it ends at once, with no
 * parameters.
 *
 *     for update u = 0, 1, ...:  training.update()
 *                                every so often: lifetimes of the validation split with parameters()
 *
 * Every random number is a function of the seed, so that a run that was interrupted at any moment and resumed from its store makes
 * the same numbers as one that was not, bit for bit on the same executor.
 *
 * @throws at once: `INVALID_OPTION`.
 * @throws while iterating: `NOT_FINITE` if a metric or a parameter is NaN or infinite, after a `diverged` event;
 *   `CORRUPT_FILE` or `INVALID_OPTION` for a store with something else in it; `WRITE_FAILED`; `UNSUPPORTED_TASK` and
 *   whatever else the learner or the distribution throws.
 */
export function trainStream(options: TrainStreamOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  validateTrainStreamOptions(options);
  return train(options);
}

async function* train(options: TrainStreamOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const bytes = await options.store?.load();
  const saved = bytes === undefined ? undefined : decodeStreamState(bytes, options);
  const rng = createRng(options.seed);
  const training = await open(options, rng.split('training'), saved?.learner);
  const run: Run = { options, rng, training, state: saved?.state ?? { update: 0 } };
  try {
    yield {
      kind: 'started',
      update: run.state.update,
      resumed: saved !== undefined,
      parameters: leavesOf(training.parameters()).reduce((size, { data }) => size + data.length, 0),
    };
    const { store, checkpointEvery, logEvery = 1, signal } = options;
    const schedule = { resumed: saved !== undefined, store, checkpointEvery, logEvery, signal };
    yield* runTraining(trainingRun(run), schedule);
  } finally {
    training.dispose();
  }
}

/** The training of a learner that has none. */
const untrained: StreamTraining = {
  update: () => Promise.reject(new Error('There is nothing to update.')), // Never called: no update is made.
  parameters: () => ({}),
  save: () => ({ tensors: {}, metadata: null }),
  dispose: () => undefined,
};

async function open(options: TrainStreamOptions, rng: Rng, saved?: Checkpoint): Promise<StreamTraining> {
  const { learner, distribution, executor } = options;
  if (!isTrained(options) || learner.openTraining === undefined) return untrained;
  const context = { distribution: trainingLifetimesOnly(distribution), executor, rng };
  return learner.openTraining(context, saved);
}

/** A learner may have a phase of meta-training and, with its options, need none. */
function isTrained({ learner, distribution }: TrainStreamOptions): boolean {
  return learner.openTraining !== undefined && learner.needs(distribution.spec).metaTraining;
}

/** What a learner is lent: it has no business with the lifetimes that it will be judged on. */
function trainingLifetimesOnly(distribution: StreamDistribution): StreamDistribution {
  return {
    kind: 'stream',
    id: distribution.id,
    spec: distribution.spec,
    stream(split, index, rng) {
      if (split === 'train') return distribution.stream(split, index, rng);
      throw new TasklearnError(
        'INVALID_OPTION',
        `trainStream: a learner may ask for lifetimes of the split 'train' only, got '${split}'. Hold out some of those.`,
        { key: 'split', received: split },
      );
    },
  };
}

function trainingRun(run: Run): TrainingRun {
  const { updates, validation } = run.options;
  const trained = isTrained(run.options);
  const limit = trained ? updates : 0;
  const validated = trained && validation !== undefined;
  const parameters = () => copyOf(run.training.parameters());
  return {
    owner: 'trainStream',
    advice: 'Lower the learning rates, clip the gradient, or shorten the lifetimes.',
    update: () => run.state.update,
    isOver: () => run.state.update >= limit,
    makeUpdate: () => makeUpdate(run),
    isValidationDue: () => validation !== undefined && run.state.update % validation.every === 0,
    ...(validated ? { validate: () => validate(run, validation) } : {}),
    encode: () => encodeStreamState(run.state, run.training.save(), run.options),
    brokenNumber: () => brokenNumber(run.training.parameters()),
    theta: parameters,
    thetaBefore: () => undefined, // A failed update may have left anything.
    finished() {
      const { update, best } = run.state;
      const last = parameters();
      if (best === undefined) return { kind: 'finished', update, theta: last, last };
      const { parameters: theta, ...found } = best;
      return { kind: 'finished', update, theta, last, best: found };
    },
  };
}

async function makeUpdate(run: Run): Promise<UpdateEvent | Divergence> {
  const update = run.state.update + 1;
  let metrics: Readonly<Record<string, number>>;
  try {
    ({ metrics } = await run.training.update());
  } catch (error) {
    if (!TasklearnError.is(error, 'NOT_FINITE')) throw error;
    const { quantity = 'update', value = Number.NaN } = error.details;
    return { update, quantity: String(quantity), value: Number(value) };
  }
  for (const [quantity, value] of Object.entries(metrics))
    if (!Number.isFinite(value)) return { update, quantity, value };
  run.state = { ...run.state, update };
  const { loss, ...rest } = metrics;
  return { kind: 'update', update, ...(loss === undefined ? {} : { loss }), metrics: rest };
}

/** Lives lifetimes of the validation split; their mean score decides. */
async function validate(run: Run, validation: StreamValidationOptions): Promise<ValidationEvent> {
  const { options, rng, state, training } = run;
  const { learner, executor, distribution: trained } = options;
  const { distribution = trained, lifetimes } = validation;
  const { spec } = distribution;
  const own = rng.split('validation');
  const parameters = copyOf(training.parameters());
  const agent = await learner.openAgent(parameters, { spec, executor, rng: own.split('agent') });
  const found: LifetimeScore[] = [];
  try {
    for (let index = 0; index < lifetimes; index += 1) {
      const stream = distribution.stream('validation', index, own.split('streams'));
      const result = await runStream({ agent, spec, stream, rng: own.split('lifetime').split(index) });
      found.push(scoreLifetime(spec, result));
    }
  } finally {
    agent.dispose();
  }
  const score = found.reduce((sum, each) => sum + each.score, 0) / lifetimes;
  const { metric } = found[0] as LifetimeScore;
  const before = state.best?.score;
  const best = before === undefined || (metric === 'accuracy' ? score > before : score < before);
  const { update } = state;
  if (best) run.state = { ...state, best: { update, score, parameters } };
  return { kind: 'validation', update, metric, score, best };
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
