import type { PredictiveDistribution, Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** The factors of an autoregressive product. */
export interface AutoregressiveOptions {
  /** T. */
  readonly tasks: number;
  /** B, per task. */
  readonly items: number;
  /** D, numbers per item. */
  readonly size: number;
  /**
   * p(y_d | y_1 .. y_{d−1}).
   *
   * @param prefix - [T, B, D] float32, with 0 from position d on.
   * @param position - d, counted from 0.
   * @returns a distribution of one number (or class) per item, [T, B].
   */
  readonly conditional: (prefix: Tensor, position: number) => PredictiveDistribution;
}

/** Values [T, B, ...] of successive positions, side by side on axis 2. */
function sideBySide(values: readonly Tensor[]): Tensor {
  return tf.concat(
    values.map((value) => value.reshape([...value.shape.slice(0, 2), 1, ...value.shape.slice(2)])),
    2,
  );
}

/** The first positions of D, with zeros after them. */
function prefixOf(values: readonly Tensor[], options: AutoregressiveOptions): Tensor {
  const { tasks, items, size } = options;
  const left = size - values.length;
  const padding = left === 0 ? [] : [tf.zeros([tasks, items, left])];
  if (values.length === 0) return padding[0] as Tensor;
  const known = sideBySide(values.map((value) => value.cast('float32').reshape([tasks, items])));
  return tf.concat([known, ...padding], 2); // [T, B, D]
}

/** Goes through the positions, feeding back what `next` makes of each factor. */
function unroll(
  options: AutoregressiveOptions,
  next: (factor: PredictiveDistribution, position: number) => Tensor,
): { readonly values: readonly Tensor[]; readonly factors: readonly PredictiveDistribution[] } {
  const values: Tensor[] = [];
  const factors: PredictiveDistribution[] = [];
  for (let position = 0; position < options.size; position++) {
    const factor = options.conditional(prefixOf(values, options), position);
    factors.push(factor);
    values.push(next(factor, position));
  }
  return { values, factors };
}

/** The value that stands for a factor: its mean, or its most likely class. */
function centre(factor: PredictiveDistribution): Tensor {
  return factor.family === 'categorical' ? tf.argMax(factor.mean(), -1) : factor.mean();
}

/**
 * A product of conditionals: p(y) = Π_d p(y_d | y_<d). Samples are drawn position by position.
 *
 * `mean` follows the conditional means, feeding each back: exact where they are linear in what precedes them, else
 * the path of the most central values ([T, B, D], or [T, B, D, N] for categorical factors). There is no closed form of
 * the entropy.
 *
 * @param options - sizes, all static, and the conditionals.
 * @returns targets [T, B, D].
 */
export function autoregressive(options: AutoregressiveOptions): PredictiveDistribution {
  const { tasks, items, size } = options;
  return {
    family: 'autoregressive',
    parameters: {},
    mean: () =>
      tf.stack(
        unroll(options, centre).factors.map((factor) => factor.mean()),
        2,
      ),
    logProbability(targets) {
      const all = targets.reshape([tasks, items, size]);
      const at = (position: number) =>
        tf.slice(all, [0, 0, position], [tasks, items, 1]).reshape([tasks, items]);
      const { values, factors } = unroll(options, (_factor, position) => at(position));
      const each = factors.map((factor, position) => factor.logProbability(values[position] as Tensor));
      return each.reduce((sum, term) => sum.add(term)); // [T, B]
    },
    sample(rng: Rng) {
      const { values } = unroll(options, (factor, position) => factor.sample(rng.split(position)));
      return sideBySide(values);
    },
  };
}
