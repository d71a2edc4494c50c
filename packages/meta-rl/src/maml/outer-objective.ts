import type { Tree } from '@tasklearn/core';
import { type Parameters, stopGradient } from '@tasklearn/nn';
import { type ActionDistribution, unpackParameters } from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { forEachTask, type InnerLoop, innerStep, logProbabilityOf, rateOf } from './inner-step.js';
import type { MamlRlOptions } from './maml-options.js';
import { type Decisions, decisionsOf } from './policy-rows.js';

/** The data of one update, packed rows [T, B, W]: `before` each inner step, in order, and `after` all of them. */
export type MamlBatch<Leaf = Tensor> = {
  readonly before: readonly Leaf[];
  readonly after: Leaf;
  /** How well each task went after adaptation, centred and scaled, [T]; used by `e-maml`. */
  readonly outcome: Leaf;
};

/** The outer objective and what it is made of. */
export interface OuterLoop extends InnerLoop {
  readonly options: Pick<
    MamlRlOptions,
    | 'surrogate'
    | 'innerRate'
    | 'laterRate'
    | 'laterFactor'
    | 'order'
    | 'credit'
    | 'creditWeight'
    | 'clip'
    | 'outer'
  >;
}

const taskMean = (x: Tensor, mask: Tensor) => tf.sum(x.mul(mask), 1).div(tf.maximum(tf.sum(mask, 1), 1)); // [T]

/** φ after all inner steps, [T, P], with the decisions of each step and log π of them where φ was. */
export function adaptedFrom(loop: InnerLoop, theta: Tensor, batch: MamlBatch) {
  let phi = forEachTask(theta, batch.after.shape[0] as number);
  const steps = batch.before.map((rows, step) => {
    const decisions = decisionsOf(rows, loop.layout);
    const at = phi;
    phi = innerStep(loop, phi, decisions, rateOf(loop.options, step));
    return { at, decisions };
  });
  return { phi, steps };
}

/**
 * Σ over decisions of log π(a | s) times the outcome of the task, the mean over tasks, divided by H: what made the data
 * is credited with what the data led to (formulation II of E-MAML).
 *
 * @param logProbability - [T, B]. @param outcome - R(τ′), constant, [T].
 * @see Stadie et al. 2018. arXiv:1803.01118, eq. 5.
 */
export function creditGain(logProbability: Tensor, mask: Tensor, outcome: Tensor, horizon: number): Scalar {
  return tf.mean(tf.sum(logProbability.mul(mask), 1).mul(outcome)).div(horizon) as Scalar;
}

function clipped(ratio: Tensor, advantages: Tensor, clip: number): Tensor {
  const near = tf.minimum(tf.maximum(ratio, 1 - clip), 1 + clip);
  return tf.minimum(ratio.mul(advantages), near.mul(advantages));
}

/**
 * How much better the policies adapted from θ are than those that made the data `after`, to be raised: the mean over
 * tasks of mean (π_φ′ / π_acting) Â (clipped for `ppo`), and the credit of `e-maml`.
 */
export function outerGain(loop: OuterLoop, theta: Tensor, batch: MamlBatch): Scalar {
  const { options, layout } = loop;
  const { phi, steps } = adaptedFrom(loop, theta, batch);
  const after = decisionsOf(batch.after, layout);
  const ratio = tf.exp(logProbabilityOf(loop, phi, after).sub(after.oldLogProbability)); // [T, B]
  const worth =
    options.outer === 'ppo' ? clipped(ratio, after.advantages, options.clip) : ratio.mul(after.advantages);
  let gain = tf.mean(taskMean(worth, after.mask)) as Scalar;
  if (options.credit !== 'e-maml') return gain;
  for (const { at, decisions } of steps) {
    const logProbability = logProbabilityOf(loop, at, decisions);
    const credit = creditGain(logProbability, decisions.mask, batch.outcome, layout.horizon);
    gain = gain.add(credit.mul(options.creditWeight));
  }
  return gain;
}

function distributionOf(
  { policy, treeSpec }: InnerLoop,
  parameters: Tensor,
  decisions: Decisions,
): ActionDistribution {
  const tree = unpackParameters<Parameters & Tree<Tensor>>(parameters, treeSpec);
  return policy.apply(tree, decisions.observations);
}

/** The action distributions of adapted policies at the decisions `after`, as numbers [T, B, K], constant. */
export function adaptedNumbers(loop: InnerLoop, theta: Tensor, batch: MamlBatch): Tensor {
  const after = decisionsOf(batch.after, loop.layout);
  return stopGradient(distributionOf(loop, adaptedFrom(loop, theta, batch).phi, after).numbers);
}

/** Mean KL(π_old ‖ π_φ′(θ)) over the decisions `after`: what the trust region bounds. */
export function adaptedDivergence(loop: InnerLoop, theta: Tensor, batch: MamlBatch, old: Tensor): Scalar {
  const after = decisionsOf(batch.after, loop.layout);
  const now = distributionOf(loop, adaptedFrom(loop, theta, batch).phi, after);
  const divergence = loop.policy.head.distribution(old).divergence(now); // [T, B]
  return tf.mean(taskMean(divergence, after.mask)) as Scalar;
}

/** Mean KL(π_θold ‖ π_θ) over the decisions of the first inner step: ProMP's penalty. */
export function startDivergence(loop: InnerLoop, theta: Tensor, oldTheta: Tensor, batch: MamlBatch): Scalar {
  const rows = batch.before[0] as Tensor;
  const decisions = decisionsOf(rows, loop.layout);
  const tasks = rows.shape[0] as number;
  const at = (vector: Tensor) => distributionOf(loop, forEachTask(vector, tasks), decisions);
  const old = loop.policy.head.distribution(stopGradient(at(oldTheta).numbers));
  return tf.mean(taskMean(old.divergence(at(theta)), decisions.mask)) as Scalar;
}
