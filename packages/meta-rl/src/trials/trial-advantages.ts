import type { TrialBatch } from './trial-batch.js';

/** Advantages and returns of a whole trial, [C, L] each; 0 in the padding. */
export interface TrialAdvantages {
  readonly advantages: Float32Array;
  /** Targets of the value function. */
  readonly returns: Float32Array;
}

/**
 * Generalised advantages over whole trials: the recursion runs on across the ends of episodes, since what is done in one
 * is paid in the next, and stops with the trial.
 *
 * δ_t = w_t r_t + γ V_{t+1} − V_t,  Â_t = δ_t + γλ Â_{t+1}
 *
 * @param values - V, [C, L].
 * @param options - γ `discount`, λ `trace`, and w: `exploreRewardWeight` in the first `explorationEpisodes` episodes, 1
 * after them.
 */
export function trialAdvantages(
  batch: TrialBatch,
  values: Float32Array,
  options: {
    readonly discount: number;
    readonly trace: number;
    readonly exploreRewardWeight: number;
    readonly explorationEpisodes: number;
  },
): TrialAdvantages {
  const { discount, trace, exploreRewardWeight, explorationEpisodes } = options;
  const advantages = new Float32Array(values.length);
  const returns = new Float32Array(values.length);
  for (let copy = 0; copy < batch.copies; copy += 1) {
    let [advantage, next] = [0, 0];
    for (let time = (batch.lengths[copy] as number) - 1; time >= 0; time -= 1) {
      const at = copy * batch.length + time;
      const weight = (batch.episode[at] as number) < explorationEpisodes ? exploreRewardWeight : 1;
      const value = values[at] as number;
      advantage =
        weight * (batch.reward[at] as number) + discount * next - value + discount * trace * advantage;
      next = value;
      advantages[at] = advantage;
      returns[at] = advantage + value;
    }
  }
  return { advantages, returns };
}

/** Centres and scales values to mean 0 and deviation 1 where `mask` is 1, in place. */
export function standardize(values: Float32Array, mask: Float32Array): void {
  let [count, sum, square] = [0, 0, 0];
  for (let at = 0; at < values.length; at += 1) {
    if (mask[at] !== 1) continue;
    const value = values[at] as number;
    count += 1;
    sum += value;
    square += value * value;
  }
  const mean = sum / Math.max(count, 1);
  const deviation = Math.sqrt(Math.max(square / Math.max(count, 1) - mean * mean, 0)) + 1e-8;
  for (let at = 0; at < values.length; at += 1)
    values[at] = mask[at] === 1 ? ((values[at] as number) - mean) / deviation : 0;
}
