import { flattenTree, type Tree, unflattenTree } from '@tasklearn/core';
import { adam, type Parameters, valueAndGradients } from '@tasklearn/nn';
import {
  type OffPolicyAlgorithm,
  parameterSpec,
  policyFor,
  type StateOf,
  type TransitionBatch,
} from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CreateBase } from './base.js';

/** A cloned policy under training. */
type ImitationState<Leaf = Tensor> = {
  /** [P]. */
  readonly actor: Leaf;
  readonly sum: Leaf;
  readonly sumOfSquares: Leaf;
  /** Gradient steps made, []. */
  readonly step: Leaf;
};

/**
 * Behaviour cloning: the policy maximises log π(a|s, z) of the actions in the batch. With goals that were achieved in
 * hindsight, every trajectory is a demonstration of how to reach where it went.
 *
 * @see Lynch et al. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 * @see Ghosh et al. Learning to Reach Goals via Iterated Supervised Learning. ICLR 2021. arXiv:1912.06088.
 */
export const imitationBase: CreateBase = (spec, { hidden, contextSize, learningRate }) => {
  const settings = { family: 'gaussian', hidden, contextSize, activation: 'relu' } as const;
  const policy = policyFor(spec, settings);
  const optimizer = adam({ learningRate });
  const structure = parameterSpec(policy.init);
  const update = (state: ImitationState, batch: TransitionBatch) => {
    const { observation, action, context } = batch;
    const taken = policy.head.discrete ? action.squeeze([-1]) : action;
    const { value, gradients } = valueAndGradients(
      (own: Parameters) =>
        tf.mean(policy.apply(own, observation, context).logProbability(taken)).neg() as Scalar,
      unflattenTree<Parameters>(state.actor, structure),
    );
    const { vector } = flattenTree(gradients);
    const moments = { sum: state.sum, sumOfSquares: state.sumOfSquares };
    const next = optimizer.update(vector, moments, state.actor, state.step);
    return {
      state: { actor: state.actor.add(next.change), ...next.state, step: state.step.add(1) },
      metrics: { actorLoss: value },
    };
  };
  const algorithm: OffPolicyAlgorithm<ImitationState> = {
    name: 'imitation',
    policy,
    exploration: 'sample',
    period: 1,
    init(rng) {
      const actor = tf.tidy(() => flattenTree(policy.init(rng)).vector);
      return { actor, ...optimizer.init(actor.size), step: tf.scalar(0) };
    },
    update,
    acting: <Leaf>(state: StateOf<ImitationState, Leaf>) => state.actor as Leaf,
  };
  return algorithm as unknown as OffPolicyAlgorithm<Tree<Tensor>>;
};
