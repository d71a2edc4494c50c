/** Rewards of H steps of E copies. */
export interface RewardSequence {
  /** E. */
  readonly copies: number;
  /** H. */
  readonly length: number;
  /** `time`, the default: step h of copy e is row h * E + e. `copy`: row e * H + h. */
  readonly order?: 'time' | 'copy';
  /** [H * E]. */
  readonly reward: Float32Array;
  /** 0 where the step terminated the episode, else 1; [H * E]. */
  readonly discount: Float32Array;
  /** 1 where the step ended the episode, by termination or truncation; [H * E]. */
  readonly ends: Uint8Array;
}

/**
 * Visits the rows of a sequence from the last step to the first, with the row of the next step of the same episode, or −1
 * where the episode or the sequence ends there.
 */
export function backwardsThrough(
  { copies, length, order = 'time', ends }: RewardSequence,
  visit: (row: number, following: number) => void,
): void {
  const [timeStride, copyStride] = order === 'time' ? [copies, 1] : [1, length];
  for (let time = length - 1; time >= 0; time -= 1) {
    for (let copy = 0; copy < copies; copy += 1) {
      const row = time * timeStride + copy * copyStride;
      visit(row, time === length - 1 || ends[row] === 1 ? -1 : row + timeStride);
    }
  }
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
  const { reward, discount } = sequence;
  const returns = new Float32Array(reward.length);
  backwardsThrough(sequence, (row, following) => {
    const follows =
      following >= 0 ? (returns[following] as number) : (discount[row] as number) * (nextValue?.[row] ?? 0);
    returns[row] = (reward[row] as number) + gamma * follows;
  });
  return returns;
}
