import { type Rng, requireInRange, requireInteger, requirePositive } from '@tasklearn/core';
import { crossEntropy, dense, dropout, gradients } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ProbeHead } from './probe-head.js';

/** How a perceptron probe is fitted. */
export interface MlpHeadOptions {
  /** Hidden units, >= 1. */
  readonly hidden: number;
  /** Share of hidden units dropped while fitting, in [0, 1). */
  readonly dropout: number;
  /** Adam steps, >= 1. */
  readonly steps: number;
  /** Adam's rate, > 0. */
  readonly learningRate: number;
}

/** Weights and biases of two layers, each with a task axis. */
export type TwoLayers = {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
};

type Moments = { readonly m: Tensor; readonly v: Tensor };

/**
 * A perceptron of one hidden layer with dropout, fitted to each support set by a fixed number of Adam steps from random weights.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Hsu, Levine, Finn. Unsupervised Learning via Meta-Learning. ICLR 2019, appendix, for this baseline.
 */
export function mlpHead(options: MlpHeadOptions): ProbeHead<TwoLayers> {
  requireInteger('mlpHead', options, 'hidden');
  requireInRange('mlpHead', options, 'dropout', 0, 0.99);
  requireInteger('mlpHead', options, 'steps');
  requirePositive('mlpHead', options, 'learningRate');
  return {
    name: 'mlp',
    fit(features, { targets, mask }, classes, rng) {
      let phi = firstWeights(features, classes, options.hidden, rng);
      let moments = mapLayers(phi, (leaf): Moments => ({ m: tf.zerosLike(leaf), v: tf.zerosLike(leaf) }));
      for (let step = 1; step <= options.steps; step++) {
        const noise = rng.split(`dropout ${step}`);
        const loss = (at: TwoLayers) => {
          const hidden = dropout(hiddenUnits(at, features), options.dropout, noise);
          return tf
            .sum(crossEntropy(dense(hidden, { weight: at.w2, bias: at.b2 }), targets, mask))
            .asScalar();
        };
        const slope = gradients(loss, phi);
        moments = mapLayers(phi, (_leaf, key) => nextMoments(moments[key], slope[key]));
        phi = mapLayers(phi, (leaf, key) => adamStep(leaf, moments[key], step, options.learningRate));
      }
      return phi;
    },
    logits: (phi, features) => dense(hiddenUnits(phi, features), { weight: phi.w2, bias: phi.b2 }),
  };
}

/** Glorot's rule with normal numbers; every task has weights of its own. */
function firstWeights(features: Tensor, classes: number, hidden: number, rng: Rng): TwoLayers {
  const [tasks = 0, , size = 0] = features.shape;
  const weights = (label: string, inputs: number, outputs: number) =>
    tf.mul(rng.split(label).normal([tasks, inputs, outputs]), Math.sqrt(2 / (inputs + outputs)));
  return {
    w1: weights('w1', size, hidden),
    b1: tf.zeros([tasks, hidden]),
    w2: weights('w2', hidden, classes),
    b2: tf.zeros([tasks, classes]),
  };
}

function hiddenUnits({ w1, b1 }: TwoLayers, features: Tensor): Tensor {
  return tf.relu(dense(features, { weight: w1, bias: b1 })); // [T, B, hidden]
}

function mapLayers<To>(
  layers: TwoLayers,
  fn: (leaf: Tensor, key: keyof TwoLayers) => To,
): Record<keyof TwoLayers, To> {
  const { w1, b1, w2, b2 } = layers;
  return { w1: fn(w1, 'w1'), b1: fn(b1, 'b1'), w2: fn(w2, 'w2'), b2: fn(b2, 'b2') };
}

function nextMoments({ m, v }: Moments, g: Tensor): Moments {
  return {
    m: tf.add(tf.mul(m, 0.9), tf.mul(g, 0.1)),
    v: tf.add(tf.mul(v, 0.999), tf.mul(tf.square(g), 0.001)),
  };
}

function adamStep(leaf: Tensor, { m, v }: Moments, step: number, rate: number): Tensor {
  const scale = rate / (1 - 0.9 ** step);
  const root = tf.add(tf.sqrt(tf.mul(v, 1 / (1 - 0.999 ** step))), 1e-8);
  return tf.sub(leaf, tf.div(tf.mul(m, scale), root));
}
