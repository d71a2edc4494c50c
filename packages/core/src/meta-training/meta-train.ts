import type { CheckpointStore } from '../checkpoint/checkpoint.js';
import type { EpisodeBatch } from '../episode.js';
import { TasklearnError } from '../errors.js';
import type { Prepared } from '../executor.js';
import { createRng } from '../randomness/create-rng.js';
import type { Rng } from '../randomness/rng.js';
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
import type { DivergedEvent, TrainingEvent, UpdateEvent, ValidationEvent } from './training-event.js';

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

type Diverged = Omit<DivergedEvent, 'kind' | 'theta'>;

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
    yield* makeUpdates(run, saved !== undefined);
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

async function* makeUpdates(run: Run, resumed: boolean): AsyncGenerator<TrainingEvent, void, undefined> {
  const { updates, store, checkpointEvery = updates, validation, logEvery = 1, signal } = run.options;
  let savedAt = resumed ? run.state.update : undefined;
  while (run.state.update < updates && signal?.aborted !== true) {
    const report = await makeUpdate(run);
    if ('quantity' in report) throw yield* diverge(report, treeOf(run.state));
    const { update } = run.state;
    if (update % logEvery === 0 || update === updates) yield report;
    if (validation !== undefined && (update % validation.every === 0 || update === updates)) {
      yield* refuseBrokenTheta(run);
      yield await validate(run, validation);
    }
    if (store !== undefined && update % checkpointEvery === 0) {
      yield* save(run, store);
      savedAt = update;
    }
  }
  yield* refuseBrokenTheta(run);
  if (store !== undefined && savedAt !== run.state.update) yield* save(run, store);
  const { state } = run;
  yield state.update < updates
    ? { kind: 'stopped', update: state.update, theta: treeOf(state) }
    : finished(state);
}

/** One update; moves `run.state` on only if all its numbers are finite. */
async function makeUpdate(run: Run): Promise<UpdateEvent | Diverged> {
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

async function* save(run: Run, store: CheckpointStore): AsyncGenerator<TrainingEvent, void, undefined> {
  yield* refuseBrokenTheta(run);
  await store.save(encodeState(run.state, run.options));
  yield { kind: 'checkpoint', update: run.state.update };
}

/** A finite gradient can still carry θ over the edge, and what is saved or chosen must not be broken. */
async function* refuseBrokenTheta(run: Run): AsyncGenerator<TrainingEvent, void, undefined> {
  const { update, theta } = run.state;
  const value = theta.data.find((element) => !Number.isFinite(element));
  if (value !== undefined) throw yield* diverge({ update, quantity: 'theta', value });
}

/** Tells of a divergence and makes the error to be thrown. */
async function* diverge(
  diverged: Diverged,
  theta?: Tree<HostTensor>,
): AsyncGenerator<TrainingEvent, TasklearnError, undefined> {
  yield { kind: 'diverged', ...diverged, ...(theta === undefined ? {} : { theta }) };
  const { update, quantity, value } = diverged;
  return new TasklearnError(
    'NOT_FINITE',
    `metaTrain: \`${quantity}\` must be finite, got ${value} at update ${update}. ` +
      'Lower the learning rate, clip the gradient, or scale the inputs. What was saved before is intact.',
    { update, quantity, value },
  );
}

function finished(state: MetaState): TrainingEvent {
  const { update, thetaSpec, best } = state;
  const last = treeOf(state);
  if (best === undefined) return { kind: 'finished', update, theta: last, last };
  const { theta, ...found } = best;
  return { kind: 'finished', update, theta: unpackHostTree(theta, thetaSpec), last, best: found };
}

function treeOf({ theta, thetaSpec }: MetaState): Tree<HostTensor> {
  return unpackHostTree(theta, thetaSpec);
}
