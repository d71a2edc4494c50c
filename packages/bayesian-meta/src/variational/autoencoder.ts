import type { Rng } from '@tasklearn/core';
import { type Model, mlp, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gaussianDivergence } from '../engine/gaussian-trees.js';
import { repeatSamples, separateSamples } from '../engine/sample-axis.js';
import type { MeanField } from './evidence-bound.js';

/** What a variational autoencoder is made of. */
export type AutoencoderOptions = {
  /** D, numbers in x. */
  readonly inputSize: number;
  /** Numbers in z. */
  readonly latentSize: number;
  /** Hidden layers of the encoder; the decoder has them in reverse. */
  readonly hidden: readonly number[];
  /** `bernoulli`: x in [0, 1], outputs are logits; `gaussian`: x ~ N(output, σ²). */
  readonly likelihood: 'bernoulli' | 'gaussian';
  /** σ > 0; `gaussian` only. */
  readonly noise: number;
  /** β >= 0, factor of the divergence; 1 is the evidence bound. */
  readonly divergenceWeight: number;
};

/** Two latent numbers, 64 hidden units, logits. */
export const autoencoderDefaults: Omit<AutoencoderOptions, 'inputSize'> = {
  latentSize: 2,
  hidden: [64],
  likelihood: 'bernoulli',
  noise: 0.1,
  divergenceWeight: 1,
};

/** Parameters of both networks. */
export type AutoencoderParameters = { readonly encoder: Parameters; readonly decoder: Parameters };

/** A variational autoencoder: pure functions of its parameters. Items are rows, [B, D]. */
export interface Autoencoder {
  /** First weights of both networks. The caller disposes. */
  init(rng: Rng): AutoencoderParameters;
  /** q(z | x), [B, Z]. */
  encode(parameters: AutoencoderParameters, x: Tensor): MeanField;
  /** E[x | z], [B, D]. */
  decode(parameters: AutoencoderParameters, z: Tensor): Tensor;
  /** E_q log p(x | z) − β KL(q(z | x) ‖ N(0, I)) of every item by S samples, nats, [B]. */
  bound(parameters: AutoencoderParameters, x: Tensor, rng: Rng, samples?: number): Tensor;
  /** Mean over items of −bound, to be minimised. */
  loss(parameters: AutoencoderParameters, x: Tensor, rng: Rng): Scalar;
  /** x ~ E[x | z], z ~ N(0, I): [count, D]. */
  sample(parameters: AutoencoderParameters, count: number, rng: Rng): Tensor;
}

/** log p(x | outputs), [B]. */
function logLikelihoodOf({ likelihood, noise }: AutoencoderOptions, outputs: Tensor, x: Tensor): Tensor {
  if (likelihood === 'gaussian') {
    const constant = Math.log(noise) + 0.5 * Math.log(2 * Math.PI);
    return tf.sum(
      tf
        .square(x.sub(outputs))
        .mul(-0.5 / noise ** 2)
        .sub(constant),
      1,
    );
  }
  // x l − log(1 + e^l), and log(1 + e^l) = relu(l) + log(1 + e^−|l|).
  const softplus = tf.relu(outputs).add(tf.log(tf.exp(tf.neg(tf.abs(outputs))).add(1)));
  return tf.sum(x.mul(outputs).sub(softplus), 1);
}

/**
 * A variational autoencoder: an encoder gives q(z | x), a decoder p(x | z), both trained for the evidence bound
 * log p(x) >= E_q log p(x | z) − KL(q(z | x) ‖ N(0, I)).
 *
 * @see Kingma, Welling. Auto-Encoding Variational Bayes. ICLR 2014. arXiv:1312.6114.
 */
export function variationalAutoencoder(
  options: Pick<AutoencoderOptions, 'inputSize'> & Partial<AutoencoderOptions>,
): Autoencoder {
  const all: AutoencoderOptions = { ...autoencoderDefaults, ...options };
  const { inputSize, latentSize, hidden, divergenceWeight } = all;
  const encoder = mlp({ inputShape: [inputSize], hidden, outputSize: 2 * latentSize, activation: 'tanh' });
  const decoder = mlp({
    inputShape: [latentSize],
    hidden: [...hidden].reverse(),
    outputSize: inputSize,
    activation: 'tanh',
  });
  const rows = (model: Model, parameters: Parameters, x: Tensor) =>
    model.apply(parameters, x.expandDims(0)).squeeze([0]) as Tensor;
  const encode = (parameters: AutoencoderParameters, x: Tensor): MeanField => {
    const [mean, logDeviation] = tf.split(rows(encoder, parameters.encoder, x), 2, 1) as [Tensor, Tensor];
    return { mean, logDeviation };
  };
  const bound: Autoencoder['bound'] = (parameters, x, rng, samples = 1) => {
    const q = encode(parameters, x);
    const [mean, log] = [repeatSamples(q.mean, samples), repeatSamples(q.logDeviation, samples)];
    const z = mean.add(tf.exp(log).mul(rng.normal(mean.shape))); // [B · S, Z]
    const each = logLikelihoodOf(all, rows(decoder, parameters.decoder, z), repeatSamples(x, samples));
    const zero = tf.zerosLike(q.mean);
    const divergence = tf.sum(gaussianDivergence(q.mean, q.logDeviation, zero, zero), 1);
    return tf.mean(separateSamples(each, samples), 1).sub(divergence.mul(divergenceWeight));
  };
  const decode: Autoencoder['decode'] = (parameters, z) => {
    const outputs = rows(decoder, parameters.decoder, z);
    return all.likelihood === 'bernoulli' ? tf.sigmoid(outputs) : outputs;
  };
  return {
    init: (rng) => ({
      encoder: encoder.init(rng.split('encoder')),
      decoder: decoder.init(rng.split('decoder')),
    }),
    encode,
    decode,
    bound,
    loss: (parameters, x, rng) => tf.neg(tf.mean(bound(parameters, x, rng))) as Scalar,
    sample: (parameters, count, rng) => decode(parameters, rng.normal([count, latentSize])),
  };
}
