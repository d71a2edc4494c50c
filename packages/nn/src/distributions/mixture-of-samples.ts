import { type PredictiveDistribution, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { logSumExp } from '../linear-algebra/log-sum-exp.js';

/** A mixture whose spread is told apart: what the samples agree on, and what they disagree on. */
export interface MixtureOfSamples extends PredictiveDistribution {
  /** Mean of the entropies, nats, [T, B]: label noise. Absent where the components have none. */
  aleatoricEntropy?(): Tensor;
  /** H(mean p) − mean H(p), nats, [T, B]: what the samples disagree on. Categorical components only. */
  mutualInformation?(): Tensor;
  /** Variance of the means, shape of `mean()`. Absent for categorical components. */
  epistemicVariance?(): Tensor;
}

function average(tensors: readonly Tensor[]): Tensor {
  return tf.addN([...tensors]).mul(1 / tensors.length);
}

/** −Σ p log p over classes, with 0 log 0 = 0. */
function entropyOf(probabilities: Tensor): Tensor {
  return tf.neg(tf.sum(probabilities.mul(tf.log(tf.maximum(probabilities, 1e-30))), -1));
}

/** One of the samples, chosen for each item by itself. */
function choose(samples: readonly Tensor[], uniform: Tensor): Tensor {
  const [first] = samples as [Tensor];
  const index = tf
    .floor(uniform.mul(samples.length))
    .reshape([first.shape[0] as number, first.shape[1] as number, ...Array<number>(first.rank - 2).fill(1)]);
  const chosen = samples.map((sample, m) => tf.equal(index, m).cast('float32').mul(sample.cast('float32')));
  return tf.addN(chosen).cast(first.dtype);
}

function parametersOf(components: readonly PredictiveDistribution[]): Record<string, Tensor> {
  const named = components.flatMap(({ parameters }, m) =>
    Object.entries(parameters).map(([name, tensor]) => [`${m}/${name}`, tensor] as const),
  );
  return Object.fromEntries(named);
}

function requireOneFamily(components: readonly PredictiveDistribution[]): string {
  const families = [...new Set(components.map(({ family }) => family))];
  if (families.length === 1) return families[0] as string;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `mixtureOfSamples: expected one or more components of one family, got ${components.length} of [${families}].`,
    { families },
  );
}

/**
 * The empirical predictive of M samples of φ: p(y | x) = (1/M) Σ_m p(y | x, φ_m). An ensemble is one too.
 *
 * For classes its uncertainty splits in two: H(mean p) = mean H(p) + MI, where the mutual information MI between label
 * and φ is what more support data could remove. For numbers the variance splits likewise.
 *
 * @param components - p(y | x, φ_m), of one family and shape.
 * @throws `SHAPE_MISMATCH` for no component, or components of several families.
 * @see Depeweg, Hernández-Lobato, Doshi-Velez, Udluft. ICML 2018. arXiv:1710.07283.
 */
export function mixtureOfSamples(components: readonly PredictiveDistribution[]): MixtureOfSamples {
  const family = requireOneFamily(components);
  const count = components.length;
  const mean = () => average(components.map((component) => component.mean()));
  const have = (method: 'entropy' | 'variance') =>
    components.every((component) => component[method] !== undefined);
  const meanEntropy = () => average(components.map((component) => component.entropy?.() as Tensor));
  const spread = () =>
    average(components.map((component) => tf.square(component.mean()))).sub(tf.square(mean()));
  const categorical = family === 'categorical';
  return {
    family: 'mixture',
    parameters: parametersOf(components),
    mean,
    logProbability(targets) {
      const each = components.map((component) => {
        const logProbability = component.logProbability(targets); // [T, B]
        return logProbability.reshape([...logProbability.shape, 1]);
      });
      return logSumExp(tf.concat(each, 2)).sub(Math.log(count));
    },
    sample(rng) {
      const samples = components.map((component, m) => component.sample(rng.split(m)));
      const [tasks, items] = (samples[0] as Tensor).shape as [number, number];
      return choose(samples, rng.split('component').uniform([tasks, items]));
    },
    ...(have('entropy') ? { aleatoricEntropy: meanEntropy } : {}),
    ...(categorical
      ? { entropy: () => entropyOf(mean()), mutualInformation: () => entropyOf(mean()).sub(meanEntropy()) }
      : { epistemicVariance: spread }),
    ...(have('variance')
      ? {
          variance: () =>
            average(components.map((component) => component.variance?.() as Tensor)).add(spread()),
        }
      : {}),
  };
}
