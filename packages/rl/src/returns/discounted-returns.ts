/** Rewards of H steps of E copies, time-major: step h of copy e is row h * E + e. */
export interface RewardSequence {
  /** E. */
  readonly copies: number;
  /** H. */
  readonly length: number;
  /** [H * E]. */
  readonly reward: Float32Array;
  /** 0 where the step terminated the episode, else 1; [H * E]. */
  readonly discount: Float32Array;
  /** 1 where the step ended the episode, by termination or truncation; [H * E]. */
  readonly ends: Uint8Array;
}

/**
 * Reward to go: G_h = r_h + γ G_{h+1} within an episode. At an episode's last step in the sequence, and at the
 * sequence's own end, what would follow is γ d_h V(s_{h+1}): nothing after a termination, the value after a truncation.
 *
 * @param gamma - γ in [0, 1].
 * @param nextValue - V(s_{h+1}), what was seen after each step, [H * E]; 0 everywhere where absent.
 * @returns [H * E], the caller's.
 */
export function discountedReturns(
  sequence: RewardSequence,
  gamma: number,
  nextValue?: Float32Array,
): Float32Array {
  const { copies, length, reward, discount, ends } = sequence;
  const returns = new Float32Array(copies * length);
  for (let row = copies * length - 1; row >= 0; row -= 1) {
    const last = ends[row] === 1 || row >= copies * (length - 1);
    const follows = last
      ? (discount[row] as number) * (nextValue?.[row] ?? 0)
      : (returns[row + copies] as number);
    returns[row] = (reward[row] as number) + gamma * follows;
  }
  return returns;
}
