export { hashJson } from './plan/hash-json.js';
export { parsePlan } from './plan/parse-plan.js';
export {
  armsOf,
  definePlan,
  type EvaluationPlan,
  type JointMetric,
  type PlanDistribution,
  type PlanExpectation,
  type PlanJoint,
  type PlanLearner,
  type PlanOptions,
  type PlanStream,
  type ResolvedLearner,
  type ResolvedPlan,
  type StreamMetric,
  type StreamRegime,
} from './plan/plan.js';
export {
  formatBytes,
  formatCount,
  formatDifference,
  formatInterval,
  formatProbability,
  formatRange,
  formatSeconds,
  formatValue,
  metricTitle,
} from './report/format.js';
export { type EvaluationRow, isEvaluationRow, rowIdentity } from './rows/evaluation-row.js';
export { distinctRows, groupRows, type RowKey, selectRows, valuesOf } from './rows/group-rows.js';
export {
  isHigherBetter,
  type Metric,
  type MetricName,
  machineMetrics,
  metrics,
  primaryMetric,
  type RankingMetric,
} from './rows/metrics.js';
export { areaUnderCurve } from './statistics/area-under-curve.js';
export { expectedCalibrationError, maximumCalibrationError } from './statistics/calibration-error.js';
export { clusterBootstrap } from './statistics/cluster-bootstrap.js';
export { holm } from './statistics/holm.js';
export { interquartileMean } from './statistics/interquartile-mean.js';
export type { Interval } from './statistics/interval.js';
export { type MeanIntervalOptions, meanInterval } from './statistics/mean-interval.js';
export { mean, sampleVariance } from './statistics/moments.js';
export { normalCumulative, normalQuantile } from './statistics/normal-distribution.js';
export { type PairedDifference, pairedDifference } from './statistics/paired-difference.js';
export { performanceProfile } from './statistics/performance-profile.js';
export { probabilityOfImprovement } from './statistics/probability-of-improvement.js';
export { brierScore, negativeLogLikelihood } from './statistics/probability-scores.js';
export { type MedianSummary, medianSummary, quantile, quantileOfSorted } from './statistics/quantile.js';
export { type ReliabilityBin, reliabilityBins } from './statistics/reliability-bins.js';
export { requiredSampleSize } from './statistics/required-sample-size.js';
export { type SignFlipOptions, signFlipTest } from './statistics/sign-flip-test.js';
export { signTest } from './statistics/sign-test.js';
export {
  type BootstrapOptions,
  type ScoreMatrix,
  stratifiedBootstrap,
} from './statistics/stratified-bootstrap.js';
export { studentCumulative, studentQuantile } from './statistics/student-t.js';
export { type Verdict, verdictOf } from './statistics/verdict.js';
export type {
  CalibrationSummary,
  ComparisonSummary,
  ControlSummary,
  CostName,
  CurvePoint,
  DifferenceSummary,
  EpisodePoint,
  JointSummary,
  JointTaskSummary,
  LearnerSummary,
  StepPoint,
  StreamGains,
  StreamSummary,
  TransferSummary,
  VerdictSummary,
} from './summary/comparison-summary.js';
export { stepCurve } from './summary/control-summary.js';
export { summarise } from './summary/summarise.js';
export { VERSION } from './version.js';
