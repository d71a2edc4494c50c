import type { EpisodeBatch } from '../episode.js';
import type { Prepared } from '../executor.js';
import { createRng } from '../randomness/create-rng.js';
import type { Rng } from '../randomness/rng.js';
import { type Divergence, runTraining, type TrainingRun } from '../training/run-training.js';
import type {
  FinishedEvent,
  TrainingEvent,
  UpdateEvent,
  ValidationEvent,
} from '../training/training-event.js';
import { unpackHostTree } from '../tree/pack-host-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type { EpisodeResult } from './episode-result.js';
import { createEpisodeEvaluator, type EpisodeEvaluator, meanOfResults } from './evaluate-episodes.js';
import { decodeState, encodeState, initialState, type MetaState } from './meta-state.js';
import {
  isMetaTrained,
  type MetaStep,
  type MetaStepInput,
  type MetaStepOutput,
  metaStep,
} from './meta-step.js';
import {
  type MetaTrainOptions,
  type ValidationOptions,
  validateMetaTrainOptions,
} from './meta-train-options.js';

/** A run under way: what does not change, and the two things that do. */
type Run = {
  readonly options: MetaTrainOptions;
  readonly rng: Rng;
  readonly step: MetaStep;
  readonly prepared: Prepared<MetaStepInput, MetaStepOutput>;
  readonly evaluator: EpisodeEvaluator | undefined;
  state: MetaState;
  /** Reused by every update. */
  episodes: EpisodeBatch<HostTensor> | undefined;
};

/**
 * The one meta-training loop. It knows no algorithm: it draws T tasks, runs the learner's update as one prepared
 * function, validates, saves, and tells what happened.
 *
 *     for update u = 0, 1, ...:  episodes u·T .. u·T + T − 1 of split `train`
 *                                θ ← θ + optimizer(∇θ metaLoss(θ, episodes))
 *
 * Every random number is a function of the seed and the update: streams `init`, `episodes`, `update` / u and
 * `validation` of `createRng(seed)`. So a run that was interrupted at any moment and resumed from its store
 * makes the same numbers, bit for bit on the same executor, as one that was not.
 *
 * Leaving the iteration early frees everything and saves nothing; to stop with a checkpoint, abort `signal`.
 * A learner without outer loss or gradient is not trained: its θ is what `init` gives.
 *
 * @throws at once: `INVALID_OPTION`, `INVALID_PLUGIN`.
 * @throws while iterating: `NOT_FINITE` if the loss or its gradient is NaN or infinite, after a `diverged` event
 *   with the last good θ; `CORRUPT_FILE` or `INVALID_OPTION` for a store with something else in it;
 *   `WRITE_FAILED`; whatever the learner or the distribution throws.
 */
export function metaTrain(options: MetaTrainOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  validateMetaTrainOptions(options);
  return train(options);
}

async function* train(options: MetaTrainOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const rng = createRng(options.seed);
  const initial = await initialState(options, rng);
  const saved = await options.store?.load();
  const state = saved === undefined ? initial : decodeState(saved, options, initial);
  const { update, thetaSpec } = state;
  yield { kind: 'started', update, resumed: saved !== undefined, parameters: thetaSpec.size };
  if (!isMetaTrained(options.learner)) {
    yield finished(state);
    return;
  }
  const run = prepareRun(options, rng, state);
  try {
    const { store, checkpointEvery, logEvery = 1, signal } = options;
    const schedule = { resumed: saved !== undefined, store, checkpointEvery, logEvery, signal };
    yield* runTraining(trainingRun(run), schedule);
  } finally {
    run.prepared.dispose();
    run.evaluator?.dispose();
  }
}

function prepareRun(options: MetaTrainOptions, rng: Rng, state: MetaState): Run {
  const { learner, distribution, executor, validation } = options;
  const step = metaStep(learner, distribution.spec, state.thetaSpec);
  const prepared = executor.prepare(step.run, { name: 'outer update' });
  const { spec } = validation?.distribution ?? distribution;
  const evaluator =
    validation === undefined ? undefined : createEpisodeEvaluator({ learner, executor, spec });
  return { options, rng, step, prepared, evaluator, state, episodes: undefined };
}

/** The run as the loop of all training drives it. */
function trainingRun(run: Run): TrainingRun {
  const { updates, validation } = run.options;
  return {
    owner: 'metaTrain',
    advice: 'Lower the learning rate, clip the gradient, or scale the inputs.',
    update: () => run.state.update,
    isOver: () => run.state.update >= updates,
    makeUpdate: () => makeUpdate(run),
    isValidationDue: () => validation !== undefined && run.state.update % validation.every === 0,
    ...(validation === undefined ? {} : { validate: () => validate(run, validation) }),
    encode: () => encodeState(run.state, run.options),
    brokenNumber: () => run.state.theta.data.find((element) => !Number.isFinite(element)),
    theta: () => treeOf(run.state),
    thetaBefore: () => treeOf(run.state), // A failed update has left it as it was.
    finished: () => finished(run.state),
  };
}

/** One update; moves `run.state` on only if all its numbers are finite. */
async function makeUpdate(run: Run): Promise<UpdateEvent | Divergence> {
  const { options, rng, state, prepared, step } = run;
  const { distribution, tasksPerUpdate } = options;
  const { update, theta, optimizer } = state;
  const [first, stream] = [update * tasksPerUpdate, rng.split('episodes')];
  run.episodes = distribution.episodes('train', first, tasksPerUpdate, stream, run.episodes);
  const counter: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(update) };
  const input = { theta, optimizer, step: counter, episodes: run.episodes };
  const output = (await prepared.run(
    input as never,
    rng.split('update').split(update),
  )) as MetaStepOutput<HostTensor>;
  const numbers = Object.fromEntries(
    step.reportNames().map((name, index) => [name, output.report.data[index] as number]),
  );
  for (const quantity of ['loss', 'gradientNorm']) {
    const value = numbers[quantity] ?? 0;
    if (!Number.isFinite(value)) return { update: update + 1, quantity, value };
  }
  run.state = { ...state, update: update + 1, theta: output.theta, optimizer: output.optimizer };
  const { loss, ...metrics } = numbers;
  return { kind: 'update', update: update + 1, ...(loss === undefined ? {} : { loss }), metrics };
}

async function validate(
  run: Run,
  { episodes, tasksPerBatch, ...validation }: ValidationOptions,
): Promise<ValidationEvent> {
  const { options, rng, state, evaluator } = run;
  const { distribution = options.distribution } = validation;
  const results: EpisodeResult[] = [];
  for await (const result of (evaluator as EpisodeEvaluator).evaluate({
    theta: treeOf(state),
    distribution,
    split: 'validation',
    count: episodes,
    rng: rng.split('validation'),
    ...(tasksPerBatch === undefined ? {} : { tasksPerBatch }),
  })) {
    results.push(result);
  }
  const { score, loss } = meanOfResults(results);
  const { metric } = results[0] as EpisodeResult;
  const better = (a: number, b: number) => (metric === 'accuracy' ? a > b : a < b);
  const best = state.best === undefined ? Number.isFinite(score) : better(score, state.best.score);
  if (best) run.state = { ...state, best: { update: state.update, score, theta: state.theta } };
  return { kind: 'validation', update: state.update, metric, score, loss, best };
}

function finished(state: MetaState): FinishedEvent {
  const { update, thetaSpec, best } = state;
  const last = treeOf(state);
  if (best === undefined) return { kind: 'finished', update, theta: last, last };
  const { theta, ...found } = best;
  return { kind: 'finished', update, theta: unpackHostTree(theta, thetaSpec), last, best: found };
}

function treeOf({ theta, thetaSpec }: MetaState): Tree<HostTensor> {
  return unpackHostTree(theta, thetaSpec);
}
