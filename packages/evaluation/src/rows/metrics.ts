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
  meanSquaredError: { title: 'Mean squared error', unit: 'squared units', better: 'lower' },
  negativeLogLikelihood: { title: 'Negative log-likelihood', unit: 'nats', better: 'lower' },
  brierScore: { title: 'Brier score', unit: 'fraction', better: 'lower' },
  'reliability.count': { title: 'Predictions in the bin', unit: 'count' },
  'reliability.confidence': { title: 'Mean confidence in the bin', unit: 'fraction' },
  'reliability.accuracy': { title: 'Accuracy in the bin', unit: 'fraction' },
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

/**
 * The metric by which learners are ranked.
 *
 * @param names - metrics present in the test rows.
 * @returns accuracy where it is present (classification), else mean squared error.
 */
export function primaryMetric(names: Iterable<string>): 'accuracy' | 'meanSquaredError' {
  return new Set(names).has('accuracy') ? 'accuracy' : 'meanSquaredError';
}

/** Metrics that depend on the machine and its load: two runs of one plan agree in all others. */
export const machineMetrics: readonly string[] = ['trainingTime', 'testTime', 'peakMemory'];
