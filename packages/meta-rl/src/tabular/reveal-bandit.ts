import type { Rng } from '@tasklearn/core';

/** Which learner plays {@link trialsUntilOptimal}. */
export type CouplingMethod = 'endToEnd' | 'decoupled';

/** The only action whose value is above all others, or -1 where the largest is shared. */
function onlyBest(values: ArrayLike<number>): number {
  let best = 0;
  let ties = 1;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] as number) > (values[best] as number)) {
      best = index;
      ties = 1;
    } else if (values[index] === values[best]) ties += 1;
  }
  return ties === 1 ? best : -1;
}

/** Monte-Carlo means of a table of [rows, columns]. */
function meanTable(rows: number, columns: number) {
  const sum = new Float64Array(rows * columns);
  const count = new Float64Array(rows * columns);
  return {
    add(row: number, column: number, value: number) {
      const at = row * columns + column;
      sum[at] = (sum[at] as number) + value;
      count[at] = (count[at] as number) + 1;
    },
    row: (row: number) =>
      Float64Array.from({ length: columns }, (_, column) => {
        const at = row * columns + column;
        return (count[at] as number) === 0 ? 0 : (sum[at] as number) / (count[at] as number);
      }),
  };
}

/**
 * One learner, whose exploration and execution meet only through what was seen: execution values are means of the
 * reward by (observation, action), and an exploration action is worth what the best execution action is worth after it.
 */
function endToEnd(problems: number) {
  const execution = meanTable(problems + 1, problems); // the last row: nothing was shown
  const seen = Array.from({ length: problems }, () => new Float64Array(problems + 1));
  return {
    learn(_problem: number, explored: number, shown: number, executed: number, reward: number) {
      execution.add(shown, executed, reward);
      const counts = seen[explored] as Float64Array;
      counts[shown] = (counts[shown] as number) + 1;
    },
    isOptimal() {
      const values = seen.map((counts) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        if (total === 0) return 0;
        return counts.reduce(
          (sum, count, shown) =>
            sum + (count === 0 ? 0 : (count / total) * Math.max(...execution.row(shown))),
          0,
        );
      });
      if (onlyBest(values) !== 0) return false;
      return Array.from({ length: problems }, (_, problem) => problem).every(
        (problem) => onlyBest(execution.row(problem)) === problem,
      );
    },
  };
}

/**
 * Execution knows the problem in training; exploration is paid log q(problem | shown) with q from counts. What was shown
 * is decoded to a problem at test.
 */
function decoupled(problems: number) {
  const execution = meanTable(problems, problems);
  const posterior = Array.from({ length: problems }, () =>
    Array.from({ length: problems + 1 }, () => new Float64Array(problems)),
  );
  const meanLogPosterior = (table: readonly Float64Array[]) => {
    let [sum, total] = [0, 0];
    for (const counts of table) {
      const row = counts.reduce((a, b) => a + b, 0);
      for (const count of counts) if (count > 0) sum += count * Math.log(count / row);
      total += row;
    }
    return total === 0 ? Number.NEGATIVE_INFINITY : sum / total;
  };
  return {
    learn(problem: number, explored: number, shown: number, executed: number, reward: number) {
      execution.add(problem, executed, reward);
      const counts = (posterior[explored] as Float64Array[])[shown] as Float64Array;
      counts[problem] = (counts[problem] as number) + 1;
    },
    isOptimal() {
      if (onlyBest(posterior.map(meanLogPosterior)) !== 0) return false;
      return Array.from({ length: problems }, (_, problem) => problem).every((problem) => {
        const decoded = onlyBest((posterior[0] as Float64Array[])[problem] as Float64Array);
        return decoded === problem && onlyBest(execution.row(problem)) === problem;
      });
    },
  };
}

/**
 * The coupling of exploration and execution, in its smallest form. A problem μ ~ U(n) is drawn for every trial.
 * Exploration action 0 of n shows μ, the others nothing; then an execution action a earns 1[a = μ]. Behaviour is uniform
 * in both; what is counted is how many trials it takes until the greedy policy is optimal.
 *
 * Learnt end to end, showing pays only where execution already uses what is shown, which must be tried for every μ after
 * exploration action 0: n events of probability 1/n³. Decoupled, they are 2n events of probability 1/n²: every problem
 * executed rightly, every problem shown. The ratio grows about linearly in n.
 *
 * @param problems - n >= 2.
 * @param limit - trials after which it gives up.
 * @returns the first trial after which the greedy policy is optimal (strictly: ties are not), or `limit`.
 * @see Liu, Raghunathan, Liang, Finn. Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without
 * Sacrifices. ICML 2021. arXiv:2008.02790, section 5.
 */
export function trialsUntilOptimal(
  problems: number,
  method: CouplingMethod,
  rng: Rng,
  limit = 1_000_000,
): number {
  const learner = method === 'endToEnd' ? endToEnd(problems) : decoupled(problems);
  for (let trial = 1; trial <= limit; trial += 1) {
    const problem = rng.integer(problems);
    const explored = rng.integer(problems);
    const executed = rng.integer(problems);
    const reward = executed === problem ? 1 : 0;
    learner.learn(problem, explored, explored === 0 ? problem : problems, executed, reward);
    // Nothing can become optimal without news about the right thing.
    const news = method === 'endToEnd' ? reward === 1 && explored === 0 : reward === 1 || explored === 0;
    if ((news || trial % problems === 0) && learner.isOptimal()) return trial;
  }
  return limit;
}
