import type { Tensor } from '@tensorflow/tfjs';
import type { EpisodeBatch, EpisodeSpec, LabelledSet, Split, Support } from '../episode.js';
import { TasklearnError } from '../errors.js';
import type { Executor } from '../executor.js';
import type { EpisodicLearner } from '../learner.js';
import { requireInteger } from '../options/require-option.js';
import type { Rng } from '../randomness/rng.js';
import type { EpisodicDistribution } from '../task-distribution.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { type BatchPredictions, type EpisodeResult, scoreEpisode } from './episode-result.js';

/** Which episodes a learner is evaluated on. */
export interface EpisodeRange {
  /** θ on the host; `{}` for a learner that has none. */
  readonly theta: Tree<HostTensor>;
  readonly distribution: EpisodicDistribution;
  readonly split: Split;
  /** Index of the first episode; 0 unless told. */
  readonly first?: number;
  /** How many episodes. */
  readonly count: number;
  /** Episodes adapted to at once; all of them unless told. */
  readonly tasksPerBatch?: number;
  /** Episodes are drawn from `rng.split('episodes')`; the learner's noise, per batch, from `rng.split('noise')`. */
  readonly rng: Rng;
  /** Stops between batches: what is thrown is the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What an evaluator is made for. */
export interface EvaluatorOptions {
  readonly learner: EpisodicLearner;
  readonly executor: Executor;
  /** Of the episodes to be met; may differ from training in ways and shots. */
  readonly spec: EpisodeSpec;
}

/** Adapts to episodes and scores predictions for their query sets, many times, with one prepared function. */
export interface EpisodeEvaluator {
  /** Results in order of index, yielded as batches finish. */
  evaluate(range: EpisodeRange): AsyncGenerator<EpisodeResult, void, undefined>;
  /** Frees the prepared function. Calling it twice is harmless. */
  dispose(): void;
}

/** Everything {@link evaluateEpisodes} needs; `spec` is the distribution's unless told. */
export type EvaluationOptions = EpisodeRange &
  Omit<EvaluatorOptions, 'spec'> & { readonly spec?: EpisodeSpec };

type AdaptPredictInput = {
  readonly theta: Tree<Tensor>;
  readonly support: Support;
  readonly query: LabelledSet;
};

/**
 * Evaluates a learner on episodes: φ = adapt(θ, support), p = predict(θ, φ, query inputs), scored on the host.
 * Query targets reach neither `adapt` nor `predict`; they are only looked up in the distribution that comes back.
 *
 * @returns one result per episode, in order of index.
 * @throws `INVALID_OPTION`; whatever the learner throws, e.g. `UNSUPPORTED_TASK`.
 */
export async function evaluateEpisodes(options: EvaluationOptions): Promise<EpisodeResult[]> {
  const { learner, executor, spec = options.distribution.spec } = options;
  const evaluator = createEpisodeEvaluator({ learner, executor, spec });
  try {
    const results: EpisodeResult[] = [];
    for await (const result of evaluator.evaluate(options)) results.push(result);
    return results;
  } finally {
    evaluator.dispose();
  }
}

/**
 * Prepares a learner's adapt and predict to be evaluated on episodes of one spec, as often as wanted.
 * The caller disposes.
 */
export function createEpisodeEvaluator({ learner, executor, spec }: EvaluatorOptions): EpisodeEvaluator {
  const prepared = executor.prepare(adaptAndPredict(learner, spec), { name: 'adapt and predict' });
  async function* evaluate(range: EpisodeRange): AsyncGenerator<EpisodeResult, void, undefined> {
    const { theta, distribution, split, rng, signal } = range;
    const { first, count, batch } = checkedRange(range);
    let buffers: EpisodeBatch<HostTensor> | undefined;
    let done = 0;
    while (done < count) {
      signal?.throwIfAborted();
      // The last batch overlaps the one before: a smaller one would have to be compiled anew.
      const start = Math.min(done, count - batch);
      buffers = distribution.episodes(split, first + start, batch, rng.split('episodes'), buffers);
      const { support, query } = buffers;
      const noise = rng.split('noise').split(first + start);
      const predictions = (await prepared.run({ theta, support, query }, noise)) as BatchPredictions;
      for (; done < start + batch; done++) {
        yield scoreEpisode(spec, query, predictions, done - start, first + done);
      }
    }
  }
  return { evaluate, dispose: () => prepared.dispose() };
}

function adaptAndPredict(learner: EpisodicLearner, spec: EpisodeSpec) {
  return ({ theta, support, query }: AdaptPredictInput, rng: Rng) => {
    const phi = learner.adapt(theta, support, rng.split('adapt'), spec);
    const prediction = learner.predict(theta, phi, query.inputs, rng.split('predict'), spec);
    const entropies = prediction.entropy?.(); // [T, Q]
    return {
      means: prediction.mean(), // [T, Q, ...]
      logProbabilities: prediction.logProbability(query.targets), // [T, Q]
      ...(entropies === undefined ? {} : { entropies }),
    };
  };
}

function checkedRange(range: EpisodeRange): { first: number; count: number; batch: number } {
  const owner = 'evaluateEpisodes';
  const { first = 0, count, tasksPerBatch = count } = range;
  requireInteger(owner, { first }, 'first', 0);
  requireInteger(owner, { count }, 'count', 1);
  requireInteger(owner, { tasksPerBatch }, 'tasksPerBatch', 1);
  return { first, count, batch: Math.min(count, tasksPerBatch) };
}

/**
 * Means over episodes.
 *
 * @throws `INVALID_OPTION` for no results.
 */
export function meanOfResults(results: readonly EpisodeResult[]): {
  readonly score: number;
  readonly loss: number;
} {
  if (results.length === 0) {
    throw new TasklearnError('INVALID_OPTION', 'meanOfResults: expected at least one result, got none.', {
      key: 'results',
    });
  }
  const mean = (of: (result: EpisodeResult) => number) =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length;
  return { score: mean((result) => result.score), loss: mean((result) => result.loss) };
}
