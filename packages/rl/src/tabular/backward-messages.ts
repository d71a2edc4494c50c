import { type TabularModel, TasklearnError } from '@tasklearn/core';

/** Messages of the optimality-variable model, as logarithms. */
export interface BackwardMessages {
  /** log β_t(s) = log p(O_t .. O_{H−1} | s), t = 0 .. H; [(H + 1) * S]. */
  readonly stateMessages: Float64Array;
  /** log β_t(s, a), [H * S * A]. */
  readonly actionMessages: Float64Array;
  /** p(a | s, O_t .. O_{H−1}), [H * S * A]. */
  readonly policy: Float64Array;
  /** log p(O_0 .. O_{H−1}), the evidence. */
  readonly logEvidence: number;
}

/** log Σ exp x; −∞ for nothing. */
function logSumExp(values: readonly number[]): number {
  const best = Math.max(...values);
  if (best === Number.NEGATIVE_INFINITY) return best;
  return best + Math.log(values.reduce((sum, value) => sum + Math.exp(value - best), 0));
}

/**
 * Control as inference: actions are uniform a priori, and every step is "optimal" with probability exp(r / α).
 *
 * β_t(s, a) = Σ_{s′} p(s′ | s, a) exp(r(s, a, s′) / α) β_{t+1}(s′),  β_t(s) = (1 / A) Σ_a β_t(s, a)
 *
 * For deterministic dynamics α log β is the soft value with temperature α, less α log A per step; otherwise it is optimistic: it
 * conditions on luck. A terminal state is worth log 1.
 *
 * @param options - H ≥ 1 steps; α > 0, default 1.
 * @throws `INVALID_OPTION` for a positive reward, which is no log-probability.
 * @see Levine. Reinforcement Learning and Control as Probabilistic Inference. 2018, section 2.3. arXiv:1805.00909.
 */
export function backwardMessages(
  model: TabularModel,
  options: { readonly horizon: number; readonly temperature?: number },
): BackwardMessages {
  const { horizon, temperature = 1 } = options;
  const { states, actions, transition, reward, terminal, initial } = model;
  if (reward.some((r) => r > 0)) {
    throw new TasklearnError(
      'INVALID_OPTION',
      'backwardMessages: rewards must be <= 0, as exp(r / α) is a probability. Subtract the largest reward.',
      { key: 'reward', received: Math.max(...reward) },
    );
  }
  const pairs = states * actions;
  const stateMessages = new Float64Array((horizon + 1) * states);
  const actionMessages = new Float64Array(horizon * pairs);
  const policy = new Float64Array(horizon * pairs);
  for (let time = horizon - 1; time >= 0; time -= 1) {
    const later = (next: number) =>
      terminal[next] === 1 ? 0 : (stateMessages[(time + 1) * states + next] as number);
    for (let state = 0; state < states; state += 1) {
      const messages = Array.from({ length: actions }, (_, action) => {
        if (terminal[state] === 1) return 0;
        const pair = state * actions + action;
        const terms = Array.from({ length: states }, (_unused, next) => {
          const at = pair * states + next;
          return Math.log(transition[at] as number) + (reward[at] as number) / temperature + later(next);
        });
        return logSumExp(terms);
      });
      const total = logSumExp(messages);
      actionMessages.set(messages, time * pairs + state * actions);
      stateMessages[time * states + state] = total - Math.log(actions);
      policy.set(
        messages.map((message) => Math.exp(message - total)),
        time * pairs + state * actions,
      );
    }
  }
  const start = Array.from(initial, (mass, state) => Math.log(mass) + (stateMessages[state] as number));
  return { stateMessages, actionMessages, policy, logEvidence: logSumExp(start) };
}
