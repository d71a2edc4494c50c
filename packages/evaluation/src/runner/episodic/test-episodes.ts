import {
  createEpisodeEvaluator,
  type EpisodeResult,
  type Executor,
  type HostTensor,
  type Tree,
} from '@tasklearn/core';
import type { EvaluationRow } from '../../rows/evaluation-row.js';
import { brierScore } from '../../statistics/probability-scores.js';
import { reliabilityBins } from '../../statistics/reliability-bins.js';
import type { RowMaker } from '../cell-rows.js';
import { testStream } from '../test-stream.js';
import type { EpisodicCell } from './episodic-cell.js';

/** Confidence in the predicted class and whether it is right, for each query item of all episodes so far. */
interface Confidences {
  readonly confidence: number[];
  readonly correct: number[];
}

function collectConfidences({ means, targets }: EpisodeResult, into: Confidences): void {
  const classes = means.shape[1] ?? 1;
  for (let item = 0; item < targets.data.length; item++) {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    let best = 0;
    for (let label = 1; label < classes; label++) if (row[label]! > row[best]!) best = label;
    into.confidence.push(row[best]!);
    into.correct.push(best === targets.data[item] ? 1 : 0);
  }
}

function episodeRows(result: EpisodeResult, update: number, row: RowMaker): EvaluationRow[] {
  const task = `episode ${result.index}`;
  const make = (metric: string, value: number) => row('test', update, task, metric, value);
  const loss = make('negativeLogLikelihood', result.loss);
  if (result.metric !== 'accuracy') return [make('meanSquaredError', result.score), loss];
  const classes = result.means.shape[1] ?? 1;
  const brier = brierScore(result.means.data, result.targets.data, classes);
  return [make('accuracy', result.score), loss, make('brierScore', brier)];
}

function reliabilityRows(
  { confidence, correct }: Confidences,
  update: number,
  row: RowMaker,
): EvaluationRow[] {
  if (confidence.length === 0) return [];
  return reliabilityBins(confidence, correct).flatMap((bin, index) =>
    (['count', 'confidence', 'accuracy'] as const).map((part) =>
      row('test', update, `bin ${index}`, `reliability.${part}`, bin[part]),
    ),
  );
}

/** What {@link testEpisodes} needs. */
export interface TestEpisodesOptions {
  readonly prepared: EpisodicCell;
  readonly theta: Tree<HostTensor>;
  /** Outer updates that made θ. */
  readonly update: number;
  readonly executor: Executor;
  readonly episodes: number;
  readonly tasksPerBatch: number;
  readonly row: RowMaker;
  readonly write: (row: EvaluationRow) => Promise<void>;
  readonly onEpisode?: (result: EpisodeResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * Tests a learner on the first episodes of the test split and writes its rows: per episode, then the bins of its
 * reliability diagram.
 *
 * @throws the signal's reason if it is aborted; whatever the learner throws.
 */
export async function testEpisodes(options: TestEpisodesOptions): Promise<void> {
  const { prepared, theta, update, executor, episodes, tasksPerBatch, row, write, signal } = options;
  const { tester: learner, cell } = prepared;
  const distribution = prepared.distributions.test;
  const evaluator = createEpisodeEvaluator({ learner, executor, spec: distribution.spec });
  const confidences: Confidences = { confidence: [], correct: [] };
  try {
    const results = evaluator.evaluate({
      theta,
      distribution,
      split: 'test',
      count: episodes,
      tasksPerBatch,
      rng: testStream(cell.seed),
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const result of results) {
      for (const each of episodeRows(result, update, row)) await write(each);
      if (result.metric === 'accuracy') collectConfidences(result, confidences);
      options.onEpisode?.(result);
    }
    for (const each of reliabilityRows(confidences, update, row)) await write(each);
  } finally {
    evaluator.dispose();
  }
}
