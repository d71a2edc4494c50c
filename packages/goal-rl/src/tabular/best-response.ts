import { type TabularModel, TasklearnError } from '@tasklearn/core';
import { type Successors, successorsOf } from './successors.js';

/** What {@link bestResponse} plans for. */
export interface BestResponseOptions {
  /** r(s), paid on arrival in s, [S]. */
  readonly reward: Float64Array;
  /** H, steps of an episode, >= 1. */
  readonly horizon: number;
  /**
   * α >= 0, weight of the entropy of actions: π_t(a|s) = softmax(Q_t(s, a) / α). At 0, the default, the first of
   * the best actions is taken.
   */
  readonly temperature?: number;
  /** Transitions without zeros, where they are at hand. */
  readonly successors?: Successors;
}

/** A policy of one episode, which may differ from step to step, and its value. */
export interface BestResponse {
  /** π_t(a|s), [H * S * A]. */
  readonly policy: Float64Array;
  /** Best expected sum of rewards and, at a temperature, α times the entropies. */
  readonly value: number;
}

/** Values that differ by less are ties: the same numbers summed in another order. */
const TIE = 1e-12;

/** Softmax of Q(s, ·) / α into `policy`, or a one-hot of the first best; returns V(s). */
function decide(q: Float64Array, temperature: number, policy: Float64Array, offset: number): number {
  let [best, chosen] = [Number.NEGATIVE_INFINITY, 0];
  for (let action = 0; action < q.length; action += 1) {
    if ((q[action] as number) > best + TIE) [best, chosen] = [q[action] as number, action];
  }
  if (temperature === 0) {
    policy[offset + chosen] = 1;
    return best;
  }
  let total = 0;
  for (let action = 0; action < q.length; action += 1) {
    const weight = Math.exp(((q[action] as number) - best) / temperature);
    policy[offset + action] = weight;
    total += weight;
  }
  for (let action = 0; action < q.length; action += 1) {
    policy[offset + action] = (policy[offset + action] as number) / total;
  }
  return best + temperature * Math.log(total);
}

/**
 * The exactly best policy of H steps for a reward of states, by backward induction:
 *
 * Q_t(s, a) = Σ_s′ p(s′|s, a) (r(s′) + V_{t+1}(s′)), V_H = 0, V_t(s) = max_a Q_t(s, a), or
 * α log Σ_a exp(Q_t(s, a) / α) at temperature α. Reward is paid in terminal states too, for as long as they last.
 *
 * @throws `SHAPE_MISMATCH` where the reward does not fit the model.
 */
export function bestResponse(model: TabularModel, options: BestResponseOptions): BestResponse {
  const { reward, horizon, temperature = 0, successors = successorsOf(model) } = options;
  const { states, actions, initial } = model;
  if (reward.length !== states) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `bestResponse: the reward needs one number per state, ${states}, got ${reward.length}.`,
      { expected: states, received: reward.length },
    );
  }
  const { start, state, probability } = successors;
  const policy = new Float64Array(horizon * states * actions);
  const q = new Float64Array(actions);
  let value = new Float64Array(states);
  for (let time = horizon - 1; time >= 0; time -= 1) {
    const worth = value.map((later, s) => later + (reward[s] as number)); // r(s′) + V(s′)
    value = new Float64Array(states);
    for (let s = 0; s < states; s += 1) {
      for (let a = 0; a < actions; a += 1) {
        const row = s * actions + a;
        let sum = 0;
        for (let entry = start[row] as number; entry < (start[row + 1] as number); entry += 1) {
          sum += (probability[entry] as number) * (worth[state[entry] as number] as number);
        }
        q[a] = sum;
      }
      value[s] = decide(q, temperature, policy, (time * states + s) * actions);
    }
  }
  return { policy, value: value.reduce((sum, v, s) => sum + v * (initial[s] as number), 0) };
}
