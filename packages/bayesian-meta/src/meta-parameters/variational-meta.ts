import {
  type EpisodicLearner,
  leavesOf,
  pathsOf,
  type Rng,
  TasklearnError,
  type Tree,
  treeFromLeaves,
} from '@tasklearn/core';
import { mixtureOfSamples } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gaussianDivergence } from '../engine/gaussian-trees.js';

/** How a learner's meta-parameters are made uncertain. */
export type VariationalMetaOptions = {
  /** Which leaves of θ have a distribution, by path, e.g. `members/layer1/weight`. */
  readonly select: (path: string) => boolean;
  /** β >= 0, factor of KL(q(θ) ‖ N(0, I)). */
  readonly divergenceWeight: number;
  /** First value of log σ. */
  readonly logDeviation: number;
  /** Samples of θ at meta-test, whose predictions are averaged; 0 predicts from the mean of q(θ). */
  readonly testSamples: number;
};

/** θ as a distribution: all the leaves' values or means, and log σ of those selected, in the order of their paths. */
export type VariationalTheta = { readonly mean: Tree<Tensor>; readonly logDeviation: readonly Tensor[] };

/** φ of every sample of θ, with the sample it belongs to: adapting and predicting must use the same weights. */
type SampledPhi = { readonly theta: Tree<Tensor>; readonly phi: Tree<Tensor> }[];

/** Places of the selected leaves among all. */
function selectedPlaces(tree: Tree<unknown>, select: (path: string) => boolean): number[] {
  return pathsOf(tree).flatMap((path, place) => (select(path) ? [place] : []));
}

/** θ ~ q(θ), one draw for all tasks. */
function drawTheta(
  { mean, logDeviation }: VariationalTheta,
  places: readonly number[],
  rng: Rng,
): Tree<Tensor> {
  const leaves = leavesOf(mean).map((leaf: Tensor, place) => {
    const at = places.indexOf(place);
    if (at < 0) return leaf;
    return leaf.add(tf.exp(logDeviation[at] as Tensor).mul(rng.split(at).normal(leaf.shape)));
  });
  return treeFromLeaves(mean, leaves);
}

/** KL(q(θ) ‖ N(0, I)) over the selected leaves, []. */
export function metaDivergence(
  { mean, logDeviation }: VariationalTheta,
  select: (path: string) => boolean,
): Scalar {
  const leaves = leavesOf(mean);
  const parts = selectedPlaces(mean, select).map((place, at) => {
    const zero = tf.zerosLike(leaves[place] as Tensor);
    return tf.sum(gaussianDivergence(leaves[place] as Tensor, logDeviation[at] as Tensor, zero, zero));
  });
  return (parts.length === 0 ? tf.scalar(0) : tf.addN(parts)) as Scalar;
}

/**
 * Any learner with uncertain meta-parameters: q(θ) = N(μ, diag σ²) on chosen leaves, trained for the learner's own meta-loss at a
 * sample plus β KL(q(θ) ‖ N(0, I)). What θ can know of the training tasks is paid for, which leaves it to the support set to say
 * what the task is: meta-regularisation against memorising tasks that do not exclude each other.
 *
 * One sample serves a whole update, support and query alike. With β = 0 and no noise it is the learner itself.
 *
 * @throws `INVALID_PLUGIN` for a learner without a meta-loss; `INVALID_OPTION` from `init` where no leaf is selected.
 * @see Yin, Tucker, Zhou, Levine, Finn. Meta-Learning without Memorization. ICLR 2020. arXiv:1912.03820.
 */
export function variationalMeta(
  learner: EpisodicLearner,
  options: VariationalMetaOptions,
): EpisodicLearner<Tree<Tensor>, Tree<Tensor>> {
  const { select, divergenceWeight, testSamples } = options;
  const { metaLoss, optimizer } = learner;
  if (metaLoss === undefined || optimizer === undefined) {
    throw new TasklearnError(
      'INVALID_PLUGIN',
      'variationalMeta: the learner has no `metaLoss` to add a divergence to. Wrap one that has.',
      { path: 'metaLoss' },
    );
  }
  const wrapped: EpisodicLearner<VariationalTheta & Tree<Tensor>, Tree<Tensor>> = {
    kind: 'episodic',
    init(spec, rng) {
      const mean = learner.init(spec, rng);
      const places = selectedPlaces(mean, select);
      if (places.length === 0) {
        tf.dispose(mean as tf.TensorContainer);
        throw new TasklearnError('INVALID_OPTION', 'variationalMeta: `select` chose no leaf of θ.', {
          key: 'select',
          paths: pathsOf(mean),
        });
      }
      const leaves = leavesOf(mean);
      const fill = (place: number) => tf.fill((leaves[place] as Tensor).shape, options.logDeviation);
      return { mean, logDeviation: places.map(fill) };
    },
    metaLoss(theta, episodes, rng, spec) {
      const drawn = drawTheta(theta, selectedPlaces(theta.mean, select), rng.split('theta'));
      const { loss, metrics } = metaLoss(drawn, episodes, rng.split('learner'), spec);
      const divergence = metaDivergence(theta, select);
      return {
        loss: loss.add(divergence.mul(divergenceWeight)) as Scalar,
        metrics: { ...metrics, metaDivergence: divergence },
      };
    },
    optimizer,
    adapt(theta, support, rng, spec) {
      if (testSamples === 0) return learner.adapt(theta.mean, support, rng, spec);
      const places = selectedPlaces(theta.mean, select);
      return Array.from({ length: testSamples }, (_, sample) => {
        const own = rng.split(sample);
        const drawn = drawTheta(theta, places, own.split('theta'));
        return { theta: drawn, phi: learner.adapt(drawn, support, own.split('learner'), spec) };
      }) as Tree<Tensor>;
    },
    predict(theta, phi, inputs, rng, spec) {
      if (testSamples === 0) return learner.predict(theta.mean, phi, inputs, rng, spec);
      const each = (phi as SampledPhi).map((own, sample) =>
        learner.predict(own.theta, own.phi, inputs, rng.split(sample), spec),
      );
      return mixtureOfSamples(each);
    },
  };
  return wrapped as unknown as EpisodicLearner<Tree<Tensor>, Tree<Tensor>>;
}
