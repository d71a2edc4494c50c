import { TasklearnError } from '@tasklearn/core';

/** A model whose belief about a segment is moved by one observation at a time, exactly. */
export interface SegmentModel<Belief, Observation> {
  /** What is believed where a segment begins. */
  readonly prior: Belief;
  /** log p(observation | belief). */
  logProbability(belief: Belief, observation: Observation): number;
  /** The belief after one observation more. */
  update(belief: Belief, observation: Observation): Belief;
}

/** What is believed before an observation. Immutable. */
export interface RunLengthState<Belief> {
  /** log b(r), r = 0, 1, ...: r observations of the segment at hand have been seen. Σ b = 1. */
  readonly logRuns: readonly number[];
  /** The belief of each run length. */
  readonly beliefs: readonly Belief[];
  /** log p of everything observed so far. */
  readonly logEvidence: number;
}

/** Bayesian online change-point detection with one model of segments. */
export interface RunLengthFilter<Belief, Observation> {
  /** Before the first observation: b(0) = 1. */
  begin(): RunLengthState<Belief>;
  /** log Σ_r b(r) p(observation | η_r): the prediction's log-probability. */
  logProbability(state: RunLengthState<Belief>, observation: Observation): number;
  /** The state after an observation. */
  observe(state: RunLengthState<Belief>, observation: Observation): RunLengthState<Belief>;
}

function logSum(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** The two longest runs become one: their mass is added, the likelier of their beliefs stays. */
function folded<Belief>(logRuns: number[], beliefs: Belief[], longest: number): void {
  while (logRuns.length > longest) {
    const [older, newer] = [logRuns.pop() as number, logRuns.pop() as number];
    const [olderBelief, newerBelief] = [beliefs.pop() as Belief, beliefs.pop() as Belief];
    logRuns.push(logSum([older, newer]));
    beliefs.push(older > newer ? olderBelief : newerBelief);
  }
}

/**
 * Bayesian online change-point detection: the posterior over the length of the segment at hand, in double precision.
 *
 * ```text
 * p(x) = Σ_r b(r) p(x | η_r);   w(r) = b(r) p(x | η_r) / p(x)
 * b(r + 1) ← (1 − λ) w(r),  b(0) ← λ;   η_{r+1} ← update(η_r, x),  η_0 ← prior
 * ```
 *
 * @param options - `hazard`, λ in [0, 1], the probability that a segment begins at an observation; `longest`, run lengths that are
 * told apart, at least 1: the mass of longer ones stays at the last. Default: no limit.
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Adams, MacKay. Bayesian Online Changepoint Detection. 2007. arXiv:0710.3742.
 *
 * @example
 * ```ts
 * import { gaussianSegments, runLengthFilter } from '@tasklearn/lifelong';
 *
 * const filter = runLengthFilter(gaussianSegments({ mean: 0, deviation: 10, noise: 1 }), { hazard: 0.05 });
 * const state = [0.1, -0.3, 0.2, 9.1, 8.7].reduce(filter.observe, filter.begin());
 * const likeliest = state.logRuns.indexOf(Math.max(...state.logRuns));
 * likeliest; // => 2
 * ```
 */
export function runLengthFilter<Belief, Observation>(
  model: SegmentModel<Belief, Observation>,
  { hazard, longest = Number.POSITIVE_INFINITY }: { readonly hazard: number; readonly longest?: number },
): RunLengthFilter<Belief, Observation> {
  if (!(hazard >= 0 && hazard <= 1) || !(longest >= 1)) {
    const message = `runLengthFilter: expected a hazard in [0, 1] and a longest run of at least 1, got ${hazard} and ${longest}.`;
    throw new TasklearnError('INVALID_OPTION', message, { hazard, longest });
  }
  const weighed = ({ logRuns, beliefs }: RunLengthState<Belief>, observation: Observation) =>
    logRuns.map((log, run) =>
      log === Number.NEGATIVE_INFINITY
        ? log
        : log + model.logProbability(beliefs[run] as Belief, observation),
    );
  return {
    begin: () => ({ logRuns: [0], beliefs: [model.prior], logEvidence: 0 }),
    logProbability: (state, observation) => logSum(weighed(state, observation)),
    observe(state, observation) {
      const weights = weighed(state, observation);
      const evidence = logSum(weights);
      const survived = weights.map((log) => Math.log1p(-hazard) + log - evidence);
      const logRuns = [Math.log(hazard), ...survived];
      const beliefs = [model.prior, ...state.beliefs.map((belief) => model.update(belief, observation))];
      folded(logRuns, beliefs, longest);
      return { logRuns, beliefs, logEvidence: state.logEvidence + evidence };
    },
  };
}
