import type { ControlSpec, HostTensor, Rng, TreeSpec } from '@tasklearn/core';
import { mlp, oneHot, type Parameters } from '@tasklearn/nn';
import {
  type ActionDistribution,
  discreteActionsOf,
  gaussianActions,
  observationSizeOf,
  type Policy,
  parameterSpec,
  policyFor,
} from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Sizes of a latent plan model. */
export interface LatentPlanOptions {
  /** Units of each hidden layer, of all networks. */
  readonly hidden: readonly number[];
  /** Z: numbers of a plan z. */
  readonly latentSize: number;
  /** Heads of the attention over a window, each of as many numbers as a plan has. */
  readonly heads: number;
  /** β ≥ 0: weight of the KL divergence. */
  readonly divergenceWeight: number;
}

/** Windows of play: B sequences of at most W steps, all observations with the goal at the window's end. */
export type PlayWindows<Leaf = Tensor> = {
  /** [B, W, O]. */
  readonly observations: Leaf;
  /** [B, W, A]; indices are [B, W, 1]. */
  readonly actions: Leaf;
  /** 1 where there is a step, [B, W]. */
  readonly mask: Leaf;
};

/** Parameters of the three networks. */
export type LatentPlanParameters = {
  readonly decoder: Parameters;
  readonly encoder: Parameters;
  readonly posterior: Parameters;
  readonly prior: Parameters;
};

/** What the loss consists of. */
export interface LatentPlanLoss {
  /** Mean −log π(a|s, g, z) of a step + β KL, []. */
  readonly loss: Scalar;
  /** Mean −log π(a|s, g, z) of a step, []. */
  readonly actionLoss: Scalar;
  /** Mean KL(q(z|τ) ‖ p(z|s_c, s_g)) of a window, []. */
  readonly divergence: Scalar;
}

/** q(z|τ), p(z|s_c, s_g) and π(a|s, s_g, z), pure. */
export interface LatentPlanModel {
  /** π(a|s, s_g, z): observations hold s and s_g, the context is z. */
  readonly decoder: Policy;
  /** Structure of all parameters in one vector. */
  readonly structure: TreeSpec;
  /** Structure of the prior's parameters in one vector. */
  readonly priorStructure: TreeSpec;
  /** First parameters. The caller disposes. */
  init(rng: Rng): LatentPlanParameters;
  /** q(z|τ) of each window, numbers [1, B, 2Z]. */
  posterior(parameters: LatentPlanParameters, windows: PlayWindows): ActionDistribution;
  /** p(z|s_c, s_g), [1, B, 2Z], of observations [1, B, O]. */
  prior(parameters: Parameters, observations: Tensor): ActionDistribution;
  /** The negative evidence bound of play, z ~ q by `rng`. Recordable. */
  loss(parameters: LatentPlanParameters, windows: PlayWindows, rng: Rng): LatentPlanLoss;
}

/** μ and log σ from what a network puts out, log σ in [−5, 2]. */
function planDistribution(outputs: Tensor): ActionDistribution {
  const [mean, raw] = tf.split(outputs, 2, -1) as [Tensor, Tensor];
  return gaussianActions(tf.concat([mean, tf.tanh(raw).mul(3.5).sub(1.5)], -1));
}

/** Steps as what the encoder reads: observation, action, place in the window; [1, B * W, I]. */
function stepsOf({ observations, actions }: PlayWindows, discrete: number | undefined): Tensor {
  const [items, length] = observations.shape as [number, number, number];
  const taken =
    discrete === undefined ? actions : oneHot(actions.reshape([1, items * length]).cast('int32'), discrete); // [.., A]
  const places = tf
    .linspace(0, 1, length)
    .reshape([1, length, 1])
    .add(tf.zeros([items, 1, 1]));
  return tf.concat(
    [observations, taken.reshape([items, length, -1]), places].map((part) =>
      part.reshape([1, items * length, part.shape[2] as number]),
    ),
    -1,
  );
}

/**
 * Σ_k softmax_k(score) value, each head over the steps that there are; [1, B, heads * Z].
 *
 * @param encoded - scores, then values, of each step, [1, B * W, heads + heads * Z].
 */
function attend(encoded: Tensor, mask: Tensor, heads: number): Tensor {
  const [items, length] = mask.shape as [number, number];
  const width = (encoded.shape[2] as number) - heads;
  const [scores, values] = tf.split(encoded.reshape([items, length, heads + width]), [heads, width], -1) as [
    Tensor,
    Tensor,
  ];
  const present = mask.expandDims(-1); // [B, W, 1]
  const masked = scores.add(present.sub(1).mul(1e9));
  const weights = tf.exp(masked.sub(tf.max(masked, 1, true))).mul(present); // [B, W, heads]
  const shares = weights.div(tf.sum(weights, 1, true)).expandDims(-1); // [B, W, heads, 1]
  const pooled = tf.sum(shares.mul(values.reshape([items, length, heads, width / heads])), 1); // [B, heads, Z]
  return pooled.reshape([1, items, width]);
}

/** The four networks, by the names of their parameters; the decoder is a policy. */
function networksOf(spec: ControlSpec, { hidden, latentSize, heads }: LatentPlanOptions) {
  const observed = observationSizeOf(spec);
  const decoder = policyFor(spec, {
    family: 'gaussian',
    hidden,
    contextSize: latentSize,
    activation: 'relu',
  });
  const network = (inputs: number, units: readonly number[], outputSize: number) =>
    mlp({ inputShape: [inputs], hidden: units, outputSize });
  const step = observed + (discreteActionsOf(spec) ?? decoder.head.actionSize) + 1;
  return {
    decoder,
    encoder: network(step, hidden, heads * (1 + latentSize)),
    posterior: network(heads * latentSize, hidden.slice(0, 1), 2 * latentSize),
    prior: network(observed, hidden, 2 * latentSize),
  };
}

/** The loss of {@link latentPlanModel}, with z ~ q drawn by `rng`. */
function planLoss(
  model: LatentPlanModel,
  parameters: LatentPlanParameters,
  windows: PlayWindows,
  divergenceWeight: number,
  rng: Rng,
): LatentPlanLoss {
  const { observations, actions, mask } = windows;
  const [items, length, observed] = observations.shape as [number, number, number];
  const rows = items * length;
  const posterior = model.posterior(parameters, windows);
  const first = tf.slice(observations, [0, 0, 0], [items, 1, observed]).reshape([1, items, observed]);
  const divergence = tf.mean(posterior.divergence(model.prior(parameters.prior, first))) as Scalar;
  const plan = posterior.sample(rng); // [1, B, Z]
  const size = plan.shape[2] as number;
  const everywhere = plan.reshape([items, 1, size]).add(tf.zeros([items, length, size])); // [B, W, Z]
  const pi = model.decoder.apply(
    parameters.decoder,
    observations.reshape([1, rows, observed]),
    everywhere.reshape([1, rows, size]),
  );
  const taken = model.decoder.head.discrete ? actions.reshape([1, rows]) : actions.reshape([1, rows, -1]);
  const likelihood = pi.logProbability(taken).reshape([items, length]).mul(mask);
  const actionLoss = tf.neg(tf.sum(likelihood).div(tf.sum(mask))) as Scalar;
  return { loss: actionLoss.add(divergence.mul(divergenceWeight)) as Scalar, actionLoss, divergence };
}

/**
 * The model of latent plans: an encoder that attends to a whole window, a prior that sees its ends, and a decoder that acts.
 *
 * L = mean_t −log π(a_t|s_t, s_g, z) + β KL(q(z|τ) ‖ p(z|s_c, s_g)), z ~ q(z|τ)
 *
 * @see Lynch et al. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 */
export function latentPlanModel(spec: ControlSpec, options: LatentPlanOptions): LatentPlanModel {
  const { decoder, encoder, posterior, prior } = networksOf(spec, options);
  const discrete = discreteActionsOf(spec);
  const init = (rng: Rng) => ({
    decoder: decoder.init(rng.split('decoder')),
    encoder: encoder.init(rng.split('encoder')),
    posterior: posterior.init(rng.split('posterior')),
    prior: prior.init(rng.split('prior')),
  });
  const model: LatentPlanModel = {
    decoder,
    structure: parameterSpec(init as never),
    priorStructure: parameterSpec(prior.init),
    init,
    posterior(parameters, windows) {
      const encoded = encoder.apply(parameters.encoder, stepsOf(windows, discrete));
      const pooled = attend(encoded, windows.mask, options.heads);
      return planDistribution(posterior.apply(parameters.posterior, pooled));
    },
    prior: (parameters, observations) => planDistribution(prior.apply(parameters, observations)),
    loss: (parameters, windows, rng) => planLoss(model, parameters, windows, options.divergenceWeight, rng),
  };
  return model;
}

/** The parameters of one network out of the vector of all, [P′]: its leaves lie side by side there. */
export function partOf(
  vector: HostTensor,
  structure: TreeSpec,
  part: keyof LatentPlanParameters,
): HostTensor {
  const leaves = structure.leaves.filter(({ path }) => path.startsWith(`${part}/`));
  const from = leaves[0]?.offset ?? 0;
  const size = leaves.reduce((sum, leaf) => sum + leaf.size, 0);
  const data = (vector.data as Float32Array).slice(from, from + size);
  return { dtype: 'float32', shape: [size], data };
}
