import { backwardsThrough, type RewardSequence } from './discounted-returns.js';

/** Advantages and the returns that a value function should learn, [H * E] each. */
export interface Advantages {
  readonly advantages: Float32Array;
  /** Â + V(s), the λ-return. */
  readonly returns: Float32Array;
}

/** What {@link generalizedAdvantages} estimates with. */
export interface GeneralizedAdvantageOptions {
  /** γ in [0, 1]. */
  readonly gamma: number;
  /** λ in [0, 1]: 0 is one-step temporal differences, 1 is Monte Carlo minus V. */
  readonly lambda: number;
}

/**
 * Generalised advantage estimation.
 *
 * Â_h = Σ_l (γλ)^l δ_{h+l} within the episode, δ_h = r_h + γ d_h V(s_{h+1}) − V(s_h)
 *
 * with d_h = 0 only where the step terminated the episode: a truncated episode, and the end of the sequence, bootstrap
 * from the value of what was seen last.
 *
 * @param value - V(s_h), [H * E].
 * @param nextValue - V(s_{h+1}) of what was seen after each step, before any reset, [H * E].
 * @returns arrays of the caller.
 *
 * @example
 * ```ts
 * import { generalizedAdvantages } from '@tasklearn/rl';
 *
 * const sequence = {
 *   copies: 1,
 *   length: 2,
 *   reward: Float32Array.of(1, 1),
 *   discount: Float32Array.of(1, 0),
 *   ends: Uint8Array.of(0, 1),
 * };
 * const value = Float32Array.of(2, 0.5);
 * const { advantages } = generalizedAdvantages(sequence, value, Float32Array.of(0.5, 9), { gamma: 1, lambda: 1 });
 * [...advantages]; // => [0, 0.5]
 * ```
 *
 * @see Schulman, Moritz, Levine, Jordan, Abbeel. ICLR 2016, eq. 16. arXiv:1506.02438.
 */
export function generalizedAdvantages(
  sequence: RewardSequence,
  value: Float32Array,
  nextValue: Float32Array,
  options: GeneralizedAdvantageOptions,
): Advantages {
  const { gamma, lambda } = options;
  const { reward, discount } = sequence;
  const advantages = new Float32Array(reward.length);
  const returns = new Float32Array(reward.length);
  backwardsThrough(sequence, (row, following) => {
    const bootstrapped = gamma * (discount[row] as number) * (nextValue[row] as number);
    const delta = (reward[row] as number) + bootstrapped - (value[row] as number);
    const later = following < 0 ? 0 : (advantages[following] as number);
    advantages[row] = delta + gamma * lambda * later;
    returns[row] = (advantages[row] as number) + (value[row] as number);
  });
  return { advantages, returns };
}
