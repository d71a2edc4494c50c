import {
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  type LossName,
  leavesOf,
  type Rng,
} from '@tasklearn/core';
import {
  type ActivationName,
  type ConvolutionalNetworkOptions,
  convolutionalNetwork,
  type Model,
  mlp,
  outputSizeOf,
} from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { difference, outerGradient, rebuild, smallParts } from '../__fixtures__/small-regression.js';
import { fixedRate } from './inner-rate.js';
import { metaLearner } from './meta-learner.js';
import { reverseHvp } from './reverse-hvp.js';

// A second derivative may be wrong without any error. So the meta-gradient itself is compared with differences, for every
// layer, activation and loss that may stand in an inner loop.

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('layers');

function episodesOf(spec: EpisodeSpec, noise: Rng): EpisodeBatch {
  const set = (label: string, items: number) => {
    const own = noise.split(label);
    const inputs = own.split('inputs').normal([2, items, ...spec.input.shape]);
    if (spec.target.kind === 'regression')
      return { inputs, targets: own.split('y').normal([2, items, ...spec.target.shape]) };
    const { classes } = spec.target;
    const labels = Int32Array.from({ length: 2 * items }, (_, index) => index % classes);
    return { inputs, targets: tf.tensor2d(labels, [2, items], 'int32') };
  };
  return { support: { labelled: set('support', spec.supportSize) }, query: set('query', spec.querySize) };
}

function specOf(shape: readonly number[], loss: LossName): EpisodeSpec {
  const classifies = loss === 'crossEntropy' || loss === 'bernoulli';
  return {
    input: { shape, dtype: 'float32' },
    target: classifies
      ? { kind: 'classification', classes: loss === 'bernoulli' ? 2 : 3 }
      : { kind: 'regression', shape: [2] },
    loss,
    supportSize: 4,
    querySize: 4,
  };
}

/** Rectifiers make the loss after inner steps jump here and there; a jump between two points spoils one step size, not all. */
const stepSizes = [1e-2, 1e-3, 3e-4, 1e-4];

/** The slope of the outer loss along its own gradient must be that gradient's norm; and both exact ways must agree. */
function check(spec: EpisodeSpec, model: (spec: EpisodeSpec) => Model, steps: number): void {
  const parts = smallParts({ model, rate: fixedRate(0.2), steps: { train: steps, test: steps } });
  const learner = metaLearner(parts);
  const episodes = episodesOf(spec, rng);
  const outer = learner.metaLoss as NonNullable<typeof learner.metaLoss>;
  const theta = learner.init(spec, rng.split('theta'));
  const gradient = outerGradient(learner, theta, episodes, spec);
  const norm = Math.hypot(...gradient);
  const leaves = leavesOf<tf.Tensor>(theta);
  const lossAt = (distance: number) => {
    let offset = 0;
    const moved = leaves.map((leaf) => {
      const part = tf.tensor(gradient.slice(offset, offset + leaf.size), leaf.shape);
      offset += leaf.size;
      return tf.add(leaf, tf.mul(part, distance / norm));
    });
    const { loss } = outer(rebuild(theta, moved), episodes, rng, spec);
    return loss.dataSync()[0] as number;
  };
  const slopes = stepSizes.map((step) => tf.tidy(() => (lossAt(step) - lossAt(-step)) / (2 * step)));
  expect(Math.min(...slopes.map((slope) => Math.abs(slope / norm - 1)))).toBeLessThan(0.02);
  const backward = metaLearner({ ...parts, metaGradient: reverseHvp() });
  expect(difference(outerGradient(backward, theta, episodes, spec), gradient)).toBeLessThan(1e-3);
}

describe('activations', () => {
  const names: ActivationName[] = [
    'relu',
    'leakyRelu',
    'elu',
    'gelu',
    'sigmoid',
    'softplus',
    'swish',
    'tanh',
  ];
  for (const activation of names) {
    it(activation, () => {
      const model = (spec: EpisodeSpec) =>
        mlp({
          inputShape: spec.input.shape,
          hidden: [6, 5],
          outputSize: outputSizeOf(spec),
          activation,
          initializer: { name: 'heNormal' },
        });
      check(specOf([3], 'crossEntropy'), model, 2);
    });
  }
});

describe('losses', () => {
  for (const loss of ['crossEntropy', 'bernoulli', 'meanSquaredError', 'gaussian', 'huber'] as const) {
    it(loss, () => {
      const model = (spec: EpisodeSpec) =>
        mlp({
          inputShape: spec.input.shape,
          hidden: [6],
          outputSize: outputSizeOf(spec),
          activation: 'tanh',
        });
      check(specOf([3], loss), model, 2);
    });
  }
});

describe('convolutional blocks', () => {
  const variants: Record<string, Partial<ConvolutionalNetworkOptions>> = {
    'stride, batch': { downsample: 'stride', normalization: 'batch' },
    'maximum, batch': { downsample: 'maxPool', normalization: 'batch' },
    'stride, batch per step': { downsample: 'stride', normalization: 'batchPerStep', steps: 3 },
    'maximum, layer': { downsample: 'maxPool', normalization: 'layer' },
    'stride, none, all numbers': { downsample: 'stride', normalization: 'none', features: 'flatten' },
  };
  for (const [name, options] of Object.entries(variants)) {
    it(name, () => {
      const model = (spec: EpisodeSpec) =>
        convolutionalNetwork({
          inputShape: spec.input.shape,
          blocks: 1,
          filters: 3,
          outputSize: outputSizeOf(spec),
          ...options,
        });
      check(specOf([5, 5, 1], 'crossEntropy'), model, 1);
    });
  }
});
