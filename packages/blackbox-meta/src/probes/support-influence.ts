import {
  type EpisodeBatch,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Executor,
  type HostTensor,
  mapTree,
  type Rng,
  requireInteger,
  type Split,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What {@link supportInfluence} looks at. */
export interface SupportInfluenceOptions {
  readonly learner: EpisodicLearner;
  readonly theta: Tree<HostTensor>;
  readonly distribution: EpisodicDistribution;
  readonly executor: Executor;
  readonly split: Split;
  /** Episodes, ≥ 2. */
  readonly count: number;
  readonly rng: Rng;
}

/**
 * How much predictions change when every task is given the support set of another one: the mean of |ŷ − ŷ′| over all numbers
 * of the predicted means (class probabilities, or values). 0 for a learner that memorised its training tasks completely,
 * since then nothing of a prediction comes from the support.
 *
 * @throws `INVALID_OPTION` for fewer than two episodes.
 * @see Yin, Tucker, Zhou, Levine, Finn. Meta-Learning without Memorization. ICLR 2020, definition 1. arXiv:1912.03820.
 */
export async function supportInfluence(options: SupportInfluenceOptions): Promise<number> {
  const { learner, theta, distribution, executor, split, count, rng } = options;
  requireInteger('supportInfluence', { count }, 'count', 2);
  const { spec } = distribution;
  const prepared = executor.prepare(
    (input: { readonly theta: Tree<Tensor>; readonly episodes: EpisodeBatch }, noise: Rng) => {
      const { support, query } = input.episodes;
      const predicted = (given: typeof support) =>
        learner
          .predict(input.theta, learner.adapt(input.theta, given, noise, spec), query.inputs, noise, spec)
          .mean();
      return { change: tf.mean(tf.abs(predicted(support).sub(predicted(othersOf(support, count))))) };
    },
    { name: 'support influence' },
  );
  try {
    const { support, query } = distribution.episodes(split, 0, count, rng.split('episodes'));
    const { change } = await prepared.run(
      { theta, episodes: { support, query } } as never,
      rng.split('noise'),
    );
    return (change as unknown as HostTensor).data[0] as number;
  } finally {
    prepared.dispose();
  }
}

/** Each task with the support of the one before it. */
function othersOf<T>(support: T, count: number): T {
  const moved = (leaf: Tensor) => {
    const rest = leaf.shape.slice(1);
    const zeros = rest.map(() => 0);
    return tf.concat([
      tf.slice(leaf, [count - 1, ...zeros], [1, ...rest]),
      tf.slice(leaf, [0, ...zeros], [count - 1, ...rest]),
    ]);
  };
  return mapTree(support as Tree<Tensor>, moved) as T;
}
