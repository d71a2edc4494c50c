/** A known metric: how to print it and which direction is better. */
export interface Metric {
  /** For tables and axes. */
  readonly title: string;
  readonly unit: string;
  /** Absent where neither direction is better. */
  readonly better?: 'higher' | 'lower';
}

/** The metrics that the runner itself writes. A learner's own training metrics are not listed here. */
export const metrics = {
  accuracy: { title: 'Accuracy', unit: 'fraction', better: 'higher' },
  rocAuc: { title: 'Area under the ROC curve', unit: 'fraction', better: 'higher' },
  rSquared: { title: 'R²', unit: '', better: 'higher' },
  meanSquaredError: { title: 'Mean squared error', unit: 'squared units', better: 'lower' },
  negativeLogLikelihood: { title: 'Negative log-likelihood', unit: 'nats', better: 'lower' },
  brierScore: { title: 'Brier score', unit: 'fraction', better: 'lower' },
  'reliability.count': { title: 'Predictions in the bin', unit: 'count' },
  'reliability.confidence': { title: 'Mean confidence in the bin', unit: 'fraction' },
  'reliability.accuracy': { title: 'Accuracy in the bin', unit: 'fraction' },
  return: { title: 'Return', unit: '', better: 'higher' },
  success: { title: 'Success', unit: 'fraction', better: 'higher' },
  length: { title: 'Episode length', unit: 'steps' },
  environmentSteps: { title: 'Environment steps', unit: 'steps' },
  onlineAccuracy: { title: 'Online accuracy', unit: 'fraction', better: 'higher' },
  onlineLoss: { title: 'Online loss', unit: '', better: 'lower' },
  regret: { title: 'Regret', unit: '', better: 'lower' },
  dynamicRegret: { title: 'Dynamic regret', unit: '', better: 'lower' },
  backwardTransfer: { title: 'Backward transfer', unit: '', better: 'higher' },
  forwardTransfer: { title: 'Forward transfer', unit: '', better: 'higher' },
  forgetting: { title: 'Forgetting', unit: '', better: 'lower' },
  storedItems: { title: 'Items kept', unit: 'count', better: 'lower' },
  storedBytes: { title: 'Bytes of items kept', unit: 'bytes', better: 'lower' },
  stateBytes: { title: 'Size of the state', unit: 'bytes', better: 'lower' },
  gradients: { title: 'Gradients of an item', unit: 'count', better: 'lower' },
  learningTime: { title: 'Time of learning', unit: 'seconds', better: 'lower' },
  loss: { title: 'Training loss', unit: '', better: 'lower' },
  parameters: { title: 'Parameters', unit: 'count', better: 'lower' },
  trainingTime: { title: 'Training time', unit: 'seconds', better: 'lower' },
  testTime: { title: 'Test time', unit: 'seconds', better: 'lower' },
  peakMemory: { title: 'Peak memory', unit: 'bytes', better: 'lower' },
  updates: { title: 'Updates made', unit: 'count' },
  failed: { title: 'Failed', unit: '' },
} as const satisfies Readonly<Record<string, Metric>>;

/** Name of a metric that the runner writes. */
export type MetricName = keyof typeof metrics;

/** A metric by which learners can be ranked. */
export type RankingMetric = Extract<
  MetricName,
  | 'accuracy'
  | 'return'
  | 'meanSquaredError'
  | 'rocAuc'
  | 'rSquared'
  | 'negativeLogLikelihood'
  | 'onlineAccuracy'
  | 'onlineLoss'
>;

/**
 * The metric by which learners are ranked.
 *
 * @param names - metrics present in the test rows.
 * @returns accuracy where it is present (classification), return for control, else mean squared error.
 */
export function primaryMetric(names: Iterable<string>): RankingMetric {
  const present = new Set(names);
  if (present.has('accuracy')) return 'accuracy';
  return present.has('return') ? 'return' : 'meanSquaredError';
}

/** Whether a larger value of the metric is better; unknown metrics count as such. */
export function isHigherBetter(metric: string): boolean {
  return (metrics as Readonly<Record<string, Metric>>)[metric]?.better !== 'lower';
}

/** Metrics that depend on the machine and its load: two runs of one plan agree in all others. */
export const machineMetrics: readonly string[] = ['trainingTime', 'testTime', 'peakMemory', 'learningTime'];
