import { requireInRange, requireInteger, requirePositive } from '@tasklearn/core';

/** Q-values of a finite decision process, learned from transitions. */
export interface TabularQ {
  readonly states: number;
  readonly actions: number;
  /** Q(s, a), [S * A]. */
  readonly values: Float64Array;
  /** Visits of each pair, [S * A]. */
  readonly visits: Int32Array;
  /** One step of Q-learning. `discount` is 0 where the step terminated. */
  observe(state: number, action: number, reward: number, next: number, discount: number): void;
  /** The first of the best actions. */
  greedy(state: number): number;
}

/** What {@link tabularQLearning} is made of. */
export interface TabularQOptions {
  readonly states: number;
  readonly actions: number;
  /** γ in [0, 1]. */
  readonly discount: number;
  /** Rate: a number in (0, 1], or 1 / n^ω of the n-th visit of a pair, with ω in (1/2, 1]. Default `{ power: 0.8 }`. */
  readonly rate?: number | { readonly power: number };
  /** Where every Q begins. Default 0. */
  readonly initial?: number;
}

/**
 * Q-learning on a table: Q(s, a) ← Q(s, a) + η (r + γ d max_a′ Q(s′, a′) − Q(s, a)).
 *
 * @throws `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * import { tabularQLearning } from '@tasklearn/rl';
 *
 * const q = tabularQLearning({ states: 2, actions: 1, discount: 0.5, rate: 1 });
 * q.observe(1, 0, 4, 1, 0);
 * q.observe(0, 0, 1, 1, 1);
 * [...q.values]; // => [3, 4]
 * ```
 *
 * @see Watkins, Dayan. Q-learning. Machine Learning 8, 1992; Even-Dar, Mansour. Learning Rates for Q-learning. JMLR 5,
 * 2003 for the rate.
 */
export function tabularQLearning(options: TabularQOptions): TabularQ {
  const { states, actions, discount, rate = { power: 0.8 }, initial = 0 } = options;
  const owner = 'tabularQLearning';
  requireInteger(owner, options, 'states');
  requireInteger(owner, options, 'actions');
  requireInRange(owner, options, 'discount', 0, 1);
  if (typeof rate === 'number') requirePositive(owner, { rate }, 'rate');
  else requireInRange(owner, rate, 'power', 0.5, 1);
  const values = new Float64Array(states * actions).fill(initial);
  const visits = new Int32Array(states * actions);
  const rateOf = (count: number) => (typeof rate === 'number' ? rate : count ** -rate.power);
  return {
    states,
    actions,
    values,
    visits,
    observe(state, action, reward, next, factor) {
      const pair = state * actions + action;
      visits[pair] = (visits[pair] as number) + 1;
      const target = reward + discount * factor * bestValue(values, actions, next);
      const before = values[pair] as number;
      values[pair] = before + rateOf(visits[pair] as number) * (target - before);
    },
    greedy(state) {
      const own = values.subarray(state * actions, (state + 1) * actions);
      return own.indexOf(Math.max(...own));
    },
  };
}

/** max_a Q(s, a). */
export function bestValue(values: Float64Array, actions: number, state: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let action = 0; action < actions; action += 1)
    best = Math.max(best, values[state * actions + action] as number);
  return best;
}

/** Transitions between numbered states. */
export interface TabularTransitions {
  /** [N]. */
  readonly state: ArrayLike<number>;
  /** [N]. */
  readonly action: ArrayLike<number>;
  /** [N]. */
  readonly reward: ArrayLike<number>;
  /** [N]. */
  readonly next: ArrayLike<number>;
  /** 0 where the step terminated, [N]. */
  readonly discount: ArrayLike<number>;
}

/**
 * Fitted Q-iteration on a table: K times, Q(s, a) ← mean over the transitions of (s, a) of r + γ d max_a′ Q(s′, a′), the
 * regression in closed form. Pairs that never occur keep `initial`.
 *
 * With a network, `dqn` is fitted Q-iteration if the target network is copied every S gradient steps (`targetPeriod`).
 *
 * @returns Q, [S * A].
 * @see Ernst, Geurts, Wehenkel. Tree-Based Batch Mode Reinforcement Learning. JMLR 6, 2005.
 */
export function tabularFittedQ(
  transitions: TabularTransitions,
  {
    states,
    actions,
    discount,
    iterations,
    initial = 0,
  }: Omit<TabularQOptions, 'rate'> & { readonly iterations: number },
): Float64Array {
  let values = new Float64Array(states * actions).fill(initial);
  const count = transitions.state.length;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const sums = new Float64Array(states * actions);
    const visits = new Int32Array(states * actions);
    for (let item = 0; item < count; item += 1) {
      const pair = (transitions.state[item] as number) * actions + (transitions.action[item] as number);
      const best = bestValue(values, actions, transitions.next[item] as number);
      const target =
        (transitions.reward[item] as number) + discount * (transitions.discount[item] as number) * best;
      sums[pair] = (sums[pair] as number) + target;
      visits[pair] = (visits[pair] as number) + 1;
    }
    values = values.map((_value, pair) =>
      visits[pair] === 0 ? initial : (sums[pair] as number) / (visits[pair] as number),
    );
  }
  return values;
}
