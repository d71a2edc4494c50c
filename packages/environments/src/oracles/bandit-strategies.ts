import type { ControlTask, ReferencePolicy, Rng } from '@tasklearn/core';
import { bernoulliOptimum } from './bernoulli-bayes.js';
import { copyPolicies } from './copy-policies.js';
import { finiteGittins } from './gittins.js';
import { gammaSample } from './posterior-sampling.js';

/** What a strategy has seen of its bandit. */
export interface BanditRecord {
  /** Pulls of each arm. */
  readonly pulls: Float64Array;
  /** Sum of rewards of each arm. */
  readonly sums: Float64Array;
  /** Pulls made in all. */
  time: number;
}

/** Chooses an arm by the record alone. */
export type BanditStrategy = (record: BanditRecord, rng: Rng) => number;

/** The first place of the largest number, or a random one of equally large ones. */
function argmax(values: ArrayLike<number>, rng: Rng): number {
  let best = 0;
  let ties = 1;
  for (let index = 1; index < values.length; index += 1) {
    const difference = (values[index] as number) - (values[best] as number);
    if (difference > 0) {
      best = index;
      ties = 1;
    } else if (difference === 0) {
      ties += 1;
      if (rng.integer(ties) === 0) best = index;
    }
  }
  return best;
}

/**
 * UCB1: each arm once, then the largest mean + √(2 ln t / n).
 *
 * @see Auer, Cesa-Bianchi, Fischer. Finite-time Analysis of the Multiarmed Bandit Problem. Machine Learning, 2002.
 */
export const upperConfidence: BanditStrategy = ({ pulls, sums, time }, rng) => {
  const bounds = pulls.map((count, arm) =>
    count === 0
      ? Number.POSITIVE_INFINITY
      : (sums[arm] as number) / count + Math.sqrt((2 * Math.log(time)) / count),
  );
  return argmax(bounds, rng);
};

/** Thompson sampling for Bernoulli arms with prior Beta(1, 1): the arm that is best in a draw from the posterior. */
export const betaThompson: BanditStrategy = ({ pulls, sums }, rng) => {
  const draws = pulls.map((count, arm) => {
    const successes = sums[arm] as number;
    const x = gammaSample(rng, successes + 1);
    return x / (x + gammaSample(rng, count - successes + 1));
  });
  return argmax(draws, rng);
};

/** Thompson sampling for normal arms with prior N(0, 1) of the mean and rewards of standard deviation σ. */
export function gaussianThompson(noise: number): BanditStrategy {
  return ({ pulls, sums }, rng) => {
    const draws = pulls.map((count, arm) => {
      const precision = 1 + count / noise ** 2;
      return (sums[arm] as number) / noise ** 2 / precision + rng.gaussian() / Math.sqrt(precision);
    });
    return argmax(draws, rng);
  };
}

/** The best mean so far (posterior mean under Beta(1, 1)), or with chance ε any arm. ε = 0 is the greedy strategy. */
export function epsilonGreedy(epsilon: number): BanditStrategy {
  return ({ pulls, sums }, rng) => {
    if (rng.next() < epsilon) return rng.integer(pulls.length);
    return argmax(
      pulls.map((count, arm) => ((sums[arm] as number) + 1) / (count + 2)),
      rng,
    );
  };
}

/** The largest finite-horizon Gittins index. */
export function gittinsStrategy(horizon: number): BanditStrategy {
  const table = finiteGittins(horizon);
  return ({ pulls, sums, time }, rng) =>
    argmax(
      pulls.map((count, arm) =>
        table.index(sums[arm] as number, count - (sums[arm] as number), horizon - time),
      ),
      rng,
    );
}

/** The Bayes-optimal choice for Bernoulli arms, by exact dynamic programming. */
export function bayesStrategy(arms: number, horizon: number): BanditStrategy {
  const optimum = bernoulliOptimum(arms, horizon);
  return ({ pulls, sums }) => {
    const record = Array.from({ length: 2 * arms }, (_, index) => {
      const successes = sums[index >> 1] as number;
      return index % 2 === 0 ? successes : (pulls[index >> 1] as number) - successes;
    });
    return optimum.best(record);
  };
}

/**
 * A reference that plays a strategy, from an empty record in each trial.
 *
 * @param strategy - made when the reference is first asked for: tables may take a moment.
 */
export function strategyReference(arms: number, strategy: () => BanditStrategy) {
  let made: BanditStrategy | undefined;
  return (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng): ReferencePolicy => {
    made ??= strategy();
    const choose = made;
    return copyPolicies(tasks, copiesPerTask, rng, (_, stream) => {
      const record: BanditRecord = { pulls: new Float64Array(arms), sums: new Float64Array(arms), time: 0 };
      return {
        beginEpisode(episode) {
          if (episode > 0) return;
          record.pulls.fill(0);
          record.sums.fill(0);
          record.time = 0;
        },
        act: () => choose(record, stream),
        observe(arm, { reward }, copy) {
          record.pulls[arm] = (record.pulls[arm] as number) + 1;
          record.sums[arm] = (record.sums[arm] as number) + (reward[copy] as number);
          record.time += 1;
        },
      };
    });
  };
}
