/** An estimate with the interval around it. */
export interface Interval {
  readonly estimate: number;
  /** Lower end; equal to `estimate` where there is one observation only. */
  readonly lower: number;
  /** Upper end. */
  readonly upper: number;
  /** Share of repetitions whose interval holds the true value, e.g. 0.95. */
  readonly confidence: number;
  /** How it was made, for the reader of a report. */
  readonly method: 'normal' | 't' | 'percentileBootstrap' | 'bcaBootstrap';
  /** Observations it rests on. */
  readonly count: number;
}
