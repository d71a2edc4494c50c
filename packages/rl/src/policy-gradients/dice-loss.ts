import { stopGradient } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Whole episodes of H steps, padded. */
export interface DiceBatch {
  /** log π_θ(a_h | s_h), differentiable in θ; [T, E, H]. */
  readonly logProbability: Tensor;
  /** r_h, constants, already multiplied by γ^h where returns are discounted; [T, E, H]. */
  readonly rewards: Tensor;
  /** b(s_h), constants, in the units of the return from the start (γ^h b); [T, E, H]. Default 0. */
  readonly baseline?: Tensor;
  /** 0 for what was padded, [T, E, H]. Default 1. */
  readonly mask?: Tensor;
  /** Weights of the episodes, [T, E]. Default 1 / E each. */
  readonly weights?: Tensor;
}

/** Ones on and above the diagonal, [H, H]: x U sums each row from its start. */
function running(length: number): Tensor {
  const values = new Float32Array(length * length);
  for (let row = 0; row < length; row += 1) values.fill(1, row * length + row, (row + 1) * length);
  return tf.tensor2d(values, [length, length]);
}

/** exp(x − stop(x)): 1, with the derivatives of every order that e^x has where it is 1. */
function magicBox(x: Tensor): Tensor {
  return tf.exp(x.sub(stopGradient(x)));
}

/**
 * The infinitely differentiable Monte Carlo estimator: derivatives of every order estimate those of the expected return
 * without bias.
 *
 * L = −Σ_h ▣(a_0..a_h) r_h − Σ_h (1 − ▣(a_h)) b_h,  ▣(W) = exp(Σ_W log π − stop(Σ_W log π))
 *
 * @returns [T], the mean over episodes. Its value is minus the mean return.
 * @see Foerster, Farquhar, Al-Shedivat, Rocktäschel, Xing, Whiteson. DiCE. ICML 2018. arXiv:1802.05098; the baseline is
 * eq. 9.
 */
export function diceLoss(batch: DiceBatch): Tensor {
  const { rewards, baseline, mask, weights } = batch;
  const [tasks, episodes, length] = rewards.shape as [number, number, number];
  const logs = mask === undefined ? batch.logProbability : batch.logProbability.mul(mask);
  const flat = logs.reshape([tasks * episodes, length]);
  const past = tf.matMul(flat, running(length)).reshape(rewards.shape); // Σ_{h′ ≤ h} log π
  let perStep = magicBox(past).mul(rewards); // [T, E, H]
  if (baseline !== undefined) perStep = perStep.add(tf.sub(1, magicBox(logs)).mul(baseline));
  if (mask !== undefined) perStep = perStep.mul(mask);
  const perEpisode = tf.sum(perStep, 2); // [T, E]
  const weighted = weights === undefined ? perEpisode.div(episodes) : perEpisode.mul(weights);
  return tf.neg(tf.sum(weighted, 1));
}
