import { type HostTensor, type Rng, requireInteger, requirePositive } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsModel, DynamicsSizes } from './dynamics-model.js';
import { rowWidth } from './normalizer.js';
import { solvePositiveDefinite } from './solve-positive-definite.js';

/** Features of a {@link randomFeatureModel}. */
export interface RandomFeatureOptions {
  /** F, random Fourier features besides the linear ones. */
  readonly features: number;
  /** Length over which the model may bend, > 0, in normalised units. */
  readonly bandwidth: number;
  /** λ > 0 of the ridge. */
  readonly regularization: number;
}

/** Parameters on the host, of the structure that `init` gives. */
export type HostParameters = { readonly [layer: string]: { readonly [name: string]: HostTensor } };

/** A model that is fitted in closed form. */
export interface SolvedModel extends DynamicsModel {
  /**
   * The best head for these transitions, the features as they are.
   *
   * @param rows - transitions, `rowWidth` numbers each.
   * @param normalizer - as `fitNormalizer` returns it.
   */
  solve(parameters: HostParameters, rows: Float32Array, normalizer: HostTensor): HostParameters;
}

/** Normalised inputs and changes of all rows, [n][D] and [n][O]. */
function normalizedRows(
  rows: Float32Array,
  sizes: DynamicsSizes,
  normalizer: HostTensor,
): { inputs: Float64Array; changes: Float64Array; count: number } {
  const { observation, action } = sizes;
  const [width, inputSize] = [rowWidth(sizes), observation + action];
  const half = width - 1;
  const count = Math.floor(rows.length / width);
  const inputs = new Float64Array(count * inputSize);
  const changes = new Float64Array(count * observation);
  const at = (index: number) => normalizer.data[index] as number;
  for (let row = 0; row < count; row += 1) {
    for (let index = 0; index < inputSize; index += 1)
      inputs[row * inputSize + index] =
        ((rows[row * width + index] as number) - at(index)) / at(half + index);
    for (let index = 0; index < observation; index += 1) {
      const change =
        (rows[row * width + inputSize + index] as number) - (rows[row * width + index] as number);
      changes[row * observation + index] = (change - at(inputSize + index)) / at(half + inputSize + index);
    }
  }
  return { inputs, changes, count };
}

type NormalizedRows = ReturnType<typeof normalizedRows>;

/** [cos(ωᵀx + b), x, 1] of one item, into `row`. */
function writeFeatures(
  { inputs }: NormalizedRows,
  item: number,
  { frequency, phase }: HostParameters[string],
  inputSize: number,
  row: Float64Array,
): void {
  const count = row.length - inputSize - 1;
  const [waves, shifts] = [(frequency as HostTensor).data, (phase as HostTensor).data];
  for (let feature = 0; feature < count; feature += 1) {
    let angle = shifts[feature] as number;
    for (let index = 0; index < inputSize; index += 1)
      angle += (inputs[item * inputSize + index] as number) * (waves[index * count + feature] as number);
    row[feature] = Math.cos(angle);
  }
  for (let index = 0; index < inputSize; index += 1)
    row[count + index] = inputs[item * inputSize + index] as number;
}

/** XᵀX, its lower triangle, and XᵀY. */
function normalEquations(
  data: NormalizedRows,
  features: HostParameters[string],
  { observation, action }: DynamicsSizes,
  size: number,
): { readonly gram: Float64Array; readonly right: Float64Array } {
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size * observation);
  const row = new Float64Array(size).fill(1);
  for (let item = 0; item < data.count; item += 1) {
    writeFeatures(data, item, features, observation + action, row);
    for (let a = 0; a < size; a += 1) {
      const value = row[a] as number;
      for (let b = 0; b <= a; b += 1)
        gram[a * size + b] = (gram[a * size + b] as number) + value * (row[b] as number);
      for (let c = 0; c < observation; c += 1)
        right[a * observation + c] =
          (right[a * observation + c] as number) + value * (data.changes[item * observation + c] as number);
    }
  }
  return { gram, right };
}

/**
 * The reference learner among models: ridge regression of the change on random Fourier features and linear terms,
 * Δ = Wᵀ [cos(ωᵀx + b), x, 1], solved exactly. It approximates a Gaussian process of the given bandwidth, needs no
 * tuning, and its fit has no noise.
 *
 * @throws `INVALID_OPTION` for a number out of range.
 * @see Rahimi, Recht. Random Features for Large-Scale Kernel Machines. NeurIPS 2007.
 */
export function randomFeatureModel(sizes: DynamicsSizes, options: RandomFeatureOptions): SolvedModel {
  const count = requireInteger('randomFeatureModel', options, 'features');
  const bandwidth = requirePositive('randomFeatureModel', options, 'bandwidth');
  const regularization = requirePositive('randomFeatureModel', options, 'regularization');
  const { observation } = sizes;
  const inputSize = observation + sizes.action;
  const size = count + inputSize + 1;
  return {
    members: 1,
    probabilistic: false,
    init: (rng: Rng): Parameters => ({
      features: tf.tidy(() => ({
        frequency: tf.div(rng.split('frequency').normal([1, inputSize, count]), bandwidth),
        phase: tf.mul(rng.split('phase').uniform([1, 1, count]), 2 * Math.PI),
      })),
      head: { weight: tf.zeros([1, size, observation]) },
    }),
    predict({ features, head }, inputs) {
      const { frequency, phase } = features as { readonly [name: string]: Tensor };
      const waves = tf.cos(tf.add(tf.matMul(inputs, frequency as Tensor), phase as Tensor)); // [1, R, F]
      const ones = tf.ones([...inputs.shape.slice(0, 2), 1]);
      const all = tf.concat([waves, inputs, ones], -1); // [1, R, F + D + 1]
      return { mean: tf.matMul(all, (head as { readonly [name: string]: Tensor }).weight as Tensor) };
    },
    penalty: () => tf.scalar(0) as Scalar,
    solve(parameters, rows, normalizer) {
      const data = normalizedRows(rows, sizes, normalizer);
      const { gram, right } = normalEquations(
        data,
        parameters.features as HostParameters[string],
        sizes,
        size,
      );
      for (let a = 0; a < size; a += 1) gram[a * size + a] = (gram[a * size + a] as number) + regularization;
      const weight = solvePositiveDefinite(gram, right, size, observation);
      const head = {
        dtype: 'float32',
        shape: [1, size, observation],
        data: Float32Array.from(weight),
      } as const;
      return { ...parameters, head: { weight: head } };
    },
  };
}
