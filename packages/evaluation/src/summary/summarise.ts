import { createRng, type Rng } from '@tasklearn/core';
import { armsOf, type ResolvedPlan } from '../plan/plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { groupRows, selectRows, valuesOf } from '../rows/group-rows.js';
import { isHigherBetter, primaryMetric } from '../rows/metrics.js';
import { holm } from '../statistics/holm.js';
import { interquartileMean } from '../statistics/interquartile-mean.js';
import type { Interval } from '../statistics/interval.js';
import { mean } from '../statistics/moments.js';
import { probabilityOfImprovement } from '../statistics/probability-of-improvement.js';
import { signFlipTest } from '../statistics/sign-flip-test.js';
import { stratifiedBootstrap } from '../statistics/stratified-bootstrap.js';
import { verdictOf } from '../statistics/verdict.js';
import { calibrationSummary } from './calibration-summary.js';
import { clusteredMean } from './clustered-mean.js';
import type { ComparisonSummary, CostName, LearnerSummary, VerdictSummary } from './comparison-summary.js';
import { controlSummary } from './control-summary.js';
import { trainingCurves, validationCurve } from './curves.js';
import { type EpisodeValues, episodeValues, pairedValues } from './episode-values.js';
import { jointSummary } from './joint-summary.js';
import { streamSummary } from './stream-summary.js';

/** Test metrics listed beside the ranking one. */
const others = [
  'success',
  'length',
  'accuracy',
  'rocAuc',
  'rSquared',
  'meanSquaredError',
  'negativeLogLikelihood',
  'brierScore',
  'onlineAccuracy',
  'onlineLoss',
] as const;
const costs: readonly CostName[] = [
  'trainingTime',
  'testTime',
  'peakMemory',
  'parameters',
  'updates',
  'environmentSteps',
  'storedItems',
  'storedBytes',
  'stateBytes',
  'gradients',
  'learningTime',
];

function clustersOf(values: EpisodeValues): number[][] {
  return [...values.values()].map((episodes) => [...episodes.values()]);
}

const direction = (metric: string): 1 | -1 => (isHigherBetter(metric) ? 1 : -1);

function costOf(rows: readonly EvaluationRow[]): LearnerSummary['cost'] {
  return Object.fromEntries(
    costs
      .map((metric) => [metric, valuesOf(selectRows(rows, { metric, task: '' }))] as const)
      .filter(([, values]) => values.length > 0)
      .map(([metric, values]) => [metric, mean(values)]),
  );
}

/** What the rows of one learner say without looking at the others. */
function summariseLearner(
  { learners, trial, joint: setting, stream: lifetimes }: ResolvedPlan,
  name: string,
  rows: readonly EvaluationRow[],
  metric: string,
  rng: Rng,
  allRows: readonly EvaluationRow[],
): LearnerSummary {
  const valuesOfMetric = (each: string) => episodeValues(rows, name, each, trial?.explorationEpisodes);
  const values = valuesOfMetric(metric);
  const control = controlSummary(rows, trial, rng.split('curves'));
  const joint = jointSummary({ joint: setting, rows: allRows, name, metric });
  const stream = streamSummary({ stream: lifetimes, rows: allRows, name });
  const clusters = clustersOf(values);
  const seedMeans = clusters.map((cluster) => mean(cluster));
  const overall = clusteredMean(clusters);
  const calibration = calibrationSummary(rows);
  return {
    name,
    ...(learners.some((learner) => learner.name === name) ? {} : { reference: true }),
    learnerId: rows[0]?.learnerId ?? '',
    version: rows[0]?.version ?? '',
    seeds: [...values.keys()],
    episodes: clusters.reduce((sum, cluster) => sum + cluster.length, 0),
    ...(overall === undefined ? {} : { mean: overall }),
    ...(clusters.length < 2
      ? {}
      : {
          interquartileMean: stratifiedBootstrap(
            seedMeans.map((value) => [value]),
            interquartileMean,
            { rng },
          ),
        }),
    seedMeans,
    otherMetrics: Object.fromEntries(
      others
        .filter((other) => other !== metric)
        .map((other) => [other, clusteredMean(clustersOf(valuesOfMetric(other)))] as const)
        .filter((entry): entry is readonly [(typeof others)[number], Interval] => entry[1] !== undefined),
    ),
    ...(calibration === undefined ? {} : { calibration }),
    ...(control === undefined ? {} : { control }),
    ...(joint === undefined ? {} : { joint }),
    ...(stream === undefined ? {} : { stream }),
    // Joint learners are validated by their loss, those of streams by their last scores, whatever ranks them.
    validationCurve: validationCurve(
      rows,
      stream?.matrixMetric ?? (setting === undefined ? metric : 'negativeLogLikelihood'),
    ),
    trainingCurves: trainingCurves(rows),
    cost: costOf(rows),
    failures: selectRows(rows, { metric: 'failed' }).map(({ seed, update, cause }) => ({
      seed,
      update,
      cause: cause ?? 'unknown',
    })),
  };
}

/** Adds to each learner how it differs from the best one. */
function compareWithBest(
  learners: readonly LearnerSummary[],
  best: LearnerSummary,
  valuesOfLearner: (name: string) => EpisodeValues,
  metric: string,
  rng: Rng,
): LearnerSummary[] {
  const bestValues = valuesOfLearner(best.name);
  const compared = learners.map((learner) => {
    const clusters = learner === best ? [] : pairedValues(valuesOfLearner(learner.name), bestValues);
    const interval = clusteredMean(clusters);
    if (interval === undefined) return { learner };
    const pairs = clusters.length === 1 ? clusters[0]! : clusters.map((cluster) => mean(cluster));
    return {
      learner,
      interval,
      pValue: signFlipTest(pairs, { rng: rng.split(learner.name), permutations: 10_000 }),
    };
  });
  const adjusted = holm(compared.flatMap(({ pValue }) => pValue ?? []));
  let next = 0;
  return compared.map(({ learner, interval, pValue }) => {
    if (interval === undefined || pValue === undefined) return learner;
    const toScores = ({ seedMeans }: LearnerSummary) => seedMeans.map((value) => [value * direction(metric)]);
    const several = learner.seedMeans.length > 1 && best.seedMeans.length > 1;
    return {
      ...learner,
      difference: { interval, pValue, adjustedPValue: adjusted[next++]! },
      ...(several
        ? { probabilityOfBestBetter: probabilityOfImprovement(toScores(best), toScores(learner)) }
        : {}),
    };
  });
}

function judge(plan: ResolvedPlan, rows: readonly EvaluationRow[], ranking: string): VerdictSummary[] {
  return plan.expected.map(({ better, worse, metric = ranking, margin }) => {
    const [first, second] = [better, worse].map((name) =>
      episodeValues(rows, name, metric, plan.trial?.explorationEpisodes),
    ) as [EpisodeValues, EpisodeValues];
    const clusters = direction(metric) === 1 ? pairedValues(first, second) : pairedValues(second, first);
    const difference = clusteredMean(clusters);
    const summary = { better, worse, metric, margin };
    return difference === undefined
      ? { ...summary, verdict: 'inconclusive' as const }
      : { ...summary, difference, verdict: verdictOf(difference, margin) };
  });
}

function unitOf({ trial, joint, stream }: ResolvedPlan): ComparisonSummary['unit'] {
  if (stream !== undefined) return stream.metric?.startsWith('online') ? 'lifetime' : 'task';
  return trial === undefined && joint === undefined ? 'episode' : 'task';
}

/**
 * Computes tables and plots of a comparison from its rows.
 *
 * With one seed, intervals are x̄ ± 1.96 s/√n over test episodes and differences are paired by episode. With several,
 * they are t intervals over seed means (of differences paired by episode), and interquartile means over seeds come
 * with stratified bootstrap intervals. p-values are those of the sign-flip test, adjusted by Holm over the learners
 * compared with the best.
 *
 * @param plan - names the learners and their order.
 * @param rows - all rows of the run; rows of learners that the plan does not name are left out.
 * @returns the same summary for the same rows: resampling is seeded by constants.
 */
export function summarise(plan: ResolvedPlan, rows: readonly EvaluationRow[]): ComparisonSummary {
  const rng = createRng('tasklearn summary');
  const metric =
    plan.joint?.metric ??
    plan.stream?.metric ??
    primaryMetric(rows.filter(({ split }) => split === 'test').map((row) => row.metric));
  const byLearner = groupRows(rows, 'learner');
  const learners = armsOf(plan).map(({ name }) =>
    summariseLearner(plan, name, byLearner.get(name) ?? [], metric, rng.split('bootstrap').split(name), rows),
  );
  const ranked = learners.filter(({ mean: own, reference }) => own !== undefined && !reference);
  const sign = direction(metric);
  const best = ranked.reduce<LearnerSummary | undefined>(
    (top, learner) =>
      top === undefined || sign * learner.mean!.estimate > sign * top.mean!.estimate ? learner : top,
    undefined,
  );
  const values = (name: string) =>
    episodeValues(byLearner.get(name) ?? [], name, metric, plan.trial?.explorationEpisodes);
  return {
    metric,
    unit: unitOf(plan),
    learners:
      best === undefined ? learners : compareWithBest(learners, best, values, metric, rng.split('flips')),
    ...(best === undefined ? {} : { best: best.name }),
    verdicts: judge(plan, rows, metric),
  };
}
