/** Finitely many tasks over the same states and actions, as the exact belief needs them. */
export interface TaskSet {
  /** M. */
  readonly tasks: number;
  /** S. */
  readonly states: number;
  /** A. */
  readonly actions: number;
  /** O. */
  readonly observationSize: number;
  /** p(s), [M * S]. */
  readonly initial: ArrayLike<number>;
  /** p(s′ | s, a), [M * S * A * S]. */
  readonly transition: ArrayLike<number>;
  /** r(s, a, s′), [M * S * A * S]. */
  readonly reward: ArrayLike<number>;
  /** What each state of each task shows, [M * S * O]. */
  readonly observation: ArrayLike<number>;
}

/** How far what is seen may be from what a model says. */
export interface Likelihood {
  /** Standard deviation of rewards around the model's, > 0; small where they are exact. */
  readonly rewardDeviation: number;
  /** The same for each number of an observation. */
  readonly observationDeviation: number;
}

const at = (values: ArrayLike<number>, index: number) => values[index] as number;

/**
 * log p(o | task, state) up to a constant for every task and state, [M * S]. Only differences count, so that what all
 * tasks fail to explain (a picture never met) does not matter.
 */
function logObservation(
  set: TaskSet,
  seen: Float32Array,
  { observationDeviation }: Likelihood,
): Float64Array {
  const { observationSize: O } = set;
  return Float64Array.from({ length: set.tasks * set.states }, (_, index) => {
    let distance = 0;
    for (let number = 0; number < O; number += 1)
      distance += (at(set.observation, index * O + number) - at(seen, number)) ** 2;
    return (-0.5 * distance) / observationDeviation ** 2;
  });
}

/** Weights from logarithms, summing to 1; where every mass is 0, the fallback. */
function normalized(mass: Float64Array, logs: Float64Array, fallback: Float64Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < mass.length; index += 1)
    if (at(mass, index) > 0) largest = Math.max(largest, at(logs, index));
  if (largest === Number.NEGATIVE_INFINITY) return fallback;
  const weights = mass.map((value, index) => (value > 0 ? value * Math.exp(at(logs, index) - largest) : 0));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}

/** b(task, state) at the start of an episode: tasks as believed before, states as they begin, then what is seen. */
export function beginBelief(
  set: TaskSet,
  tasks: Float64Array,
  seen: Float32Array,
  likelihood: Likelihood,
): Float64Array {
  const mass = Float64Array.from(
    { length: set.tasks * set.states },
    (_, index) => at(tasks, Math.floor(index / set.states)) * at(set.initial, index),
  );
  return normalized(mass, logObservation(set, seen, likelihood), mass);
}

/**
 * Bayes' rule over tasks and states at once: the belief of a partially observed process whose hidden part is the task.
 *
 * b′(M, s′) ∝ p(o′ | M, s′) Σ_s b(M, s) p(s′ | s, a, M) p(r | s, a, s′, M)
 *
 * @param belief - b, [M * S]; not modified.
 * @returns b′, [M * S]; where no task explains what happened, b.
 * @see Kaelbling, Littman, Cassandra. Planning and acting in partially observable stochastic domains. 1998.
 */
export function updateTaskBelief(
  set: TaskSet,
  belief: Float64Array,
  step: { readonly action: number; readonly reward: number; readonly seen: Float32Array },
  likelihood: Likelihood,
): Float64Array {
  const { tasks, states, actions } = set;
  const mass = new Float64Array(tasks * states);
  for (let task = 0; task < tasks; task += 1) {
    for (let state = 0; state < states; state += 1) {
      const prior = at(belief, task * states + state);
      if (prior === 0) continue;
      const row = ((task * states + state) * actions + step.action) * states;
      for (let next = 0; next < states; next += 1) {
        const chance = at(set.transition, row + next);
        if (chance === 0) continue;
        const error = (at(set.reward, row + next) - step.reward) / likelihood.rewardDeviation;
        const index = task * states + next;
        mass[index] = at(mass, index) + prior * chance * Math.exp(-0.5 * error * error);
      }
    }
  }
  return normalized(mass, logObservation(set, step.seen, likelihood), belief);
}

/** b(task), [M]: the states summed out. */
export function taskMarginal(set: TaskSet, belief: Float64Array): Float64Array {
  const marginal = new Float64Array(set.tasks);
  belief.forEach((value, index) => {
    const task = Math.floor(index / set.states);
    marginal[task] = at(marginal, task) + value;
  });
  return marginal;
}
