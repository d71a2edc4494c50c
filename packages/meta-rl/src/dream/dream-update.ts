import { type GradientTransformation, type Rng, type TreeSpec, unflattenTree } from '@tasklearn/core';
import { stopGradient } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type FlatState, flatUpdate } from '../networks/flat-update.js';
import { asDreamParameters, type DreamNetworks, type DreamParameters } from './dream-networks.js';
import { bottleneckDivergence, decodingError, doubleQLoss, explorationRewards } from './dream-objectives.js';
import type { DreamOptions } from './dream-options.js';
import { type DreamField, type DreamLayout, unpackDreamRows } from './dream-rows.js';

/** What a gradient step takes: state, target parameters [P] and rows of trials [B, F]. */
export type DreamStepInput<Leaf = Tensor> = FlatState<Leaf> & { readonly target: Leaf; readonly rows: Leaf };

/** Names of the numbers that a step reports. */
export const dreamReport = [
  'loss',
  'executionLoss',
  'decoderLoss',
  'explorationLoss',
  'bottleneck',
  'information',
] as const;

/** What the losses are made of. */
export interface DreamSetting {
  readonly networks: DreamNetworks;
  readonly layout: DreamLayout;
  readonly options: DreamOptions;
}

type Rows = Readonly<Record<DreamField, Tensor>>;

const maskedMean = (x: Tensor, mask: Tensor) =>
  tf.sum(x.mul(mask)).div(tf.maximum(tf.sum(mask), 1)) as Scalar;

/** All but the first, or all but the last, of the middle axis of [B, L, K]. */
function shifted(x: Tensor, first: 0 | 1): Tensor {
  const [trials, length, size] = x.shape as [number, number, number];
  return tf.slice(x, [0, first, 0], [trials, length - 1, size]);
}

/** z of each trial, [B, 1, Z]: f(μ) + ρ ε, or in a share of the trials what exploration told. */
function latents(
  { latentVariance, decodedShare }: DreamOptions,
  embedding: Tensor,
  decoded: Tensor,
  rng: Rng,
): Tensor {
  const noisy = embedding.add(rng.split('latent').normal(embedding.shape).mul(Math.sqrt(latentVariance)));
  const told = tf.less(rng.split('told').uniform([embedding.shape[0] as number, 1]), decodedShare);
  const share = told.cast('float32');
  return noisy.mul(tf.sub(1, share)).add(stopGradient(decoded).mul(share)).expandDims(1);
}

function executionLoss(
  { networks, options }: DreamSetting,
  online: DreamParameters,
  target: DreamParameters,
  rows: Rows,
  z: Tensor,
): Scalar {
  const { execution, actions } = networks;
  const fixed = stopGradient(z);
  const values = execution.apply(online.execution, rows.observation, z); // [B, H, A]
  const nextValues = execution.apply(online.execution, rows.next, fixed);
  const nextTargets = execution.apply(target.execution, rows.next, fixed);
  return doubleQLoss(values, nextValues, nextTargets, {
    chosen: tf.oneHot(rows.executed.cast('int32'), actions),
    reward: rows.reward,
    discount: rows.discount.mul(options.discount),
    mask: rows.executedMask,
  });
}

function explorationLoss(
  { networks, options }: DreamSetting,
  online: DreamParameters,
  target: DreamParameters,
  rows: Rows,
  rewards: Tensor,
): Scalar {
  const values = networks.unroll(online.explorer, rows.inputs); // [B, X + 1, A]
  const targets = networks.unroll(target.explorer, rows.inputs);
  return doubleQLoss(shifted(values, 0), shifted(values, 1), shifted(targets, 1), {
    chosen: tf.oneHot(rows.explored.cast('int32'), networks.actions),
    reward: rewards,
    discount: tf.sub(1, rows.exploredLast).mul(options.explorationDiscount),
    mask: rows.exploredMask,
  });
}

/** Mask of the moments 0..X from that of the steps 0..X−1: a moment counts if the step to it was made. */
function momentMask(mask: Tensor): Tensor {
  return tf.concat([tf.ones([mask.shape[0] as number, 1]), mask], 1);
}

/** g(τ) at the last moment of each exploration, [B, Z]. */
function lastDecoded(decoded: Tensor, mask: Tensor): Tensor {
  const count = tf.sum(mask, 1).cast('int32'); // steps made = index of the last moment
  const chosen = tf.oneHot(count, decoded.shape[1] as number).expandDims(2); // [B, X + 1, 1]
  return tf.sum(decoded.mul(chosen), 1);
}

/**
 * The sum of DREAM's losses; stopped gradients give each to its own parameters: execution to Q and f, the bottleneck to
 * f, decoding to g, exploration to its own Q.
 */
export function dreamLosses(
  setting: DreamSetting,
  online: DreamParameters,
  target: DreamParameters,
  rows: Rows,
  rng: Rng,
): { readonly loss: Scalar; readonly report: readonly Scalar[] } {
  const { networks, options } = setting;
  const embedding = tf.gather(online.embedding, rows.problem as tf.Tensor1D); // [B, Z]
  const decoded = networks.unroll(online.decoder, rows.inputs); // [B, X + 1, Z]
  const errors = decodingError(embedding, decoded);
  const z = latents(options, embedding, lastDecoded(decoded, rows.exploredMask), rng);
  const execution = executionLoss(setting, online, target, rows, z);
  const bottleneck = tf.mean(bottleneckDivergence(embedding, options.latentVariance)) as Scalar;
  const decoding = maskedMean(errors, momentMask(rows.exploredMask));
  const rewards = explorationRewards(errors, options.latentVariance, options.explorationCost);
  const exploration = explorationLoss(setting, online, target, rows, rewards);
  const information = tf.mean(tf.sum(rewards.add(options.explorationCost).mul(rows.exploredMask), 1));
  const loss = tf.addN([execution, bottleneck.mul(options.bottleneck), decoding, exploration]) as Scalar;
  return { loss, report: [execution, decoding, exploration, bottleneck, information as Scalar] };
}

/** One gradient step on all parts, and the target parameters' step after it. */
export function dreamStep(setting: DreamSetting, spec: TreeSpec, optimizer: GradientTransformation) {
  const { targetRate } = setting.options;
  return (
    input: DreamStepInput,
    rng: Rng,
  ): FlatState & { readonly target: Tensor; readonly report: Tensor } => {
    const rows = unpackDreamRows(input.rows, setting.layout);
    const target = asDreamParameters(unflattenTree(input.target, spec));
    let report: readonly Tensor[] = [];
    const { state, loss } = flatUpdate(input, spec, optimizer, (parameters) => {
      const found = dreamLosses(setting, asDreamParameters(parameters), target, rows, rng);
      report = found.report.map((value) => tf.keep(value.clone()));
      return found.loss;
    });
    const numbers = tf.stack([loss, ...report]);
    for (const value of report) value.dispose();
    const moved = input.target.add(state.theta.sub(input.target).mul(targetRate));
    return { ...state, target: moved, report: numbers };
  };
}
