import {
  type ControlAgent,
  type ControlAgentContext,
  type ControlLearner,
  type HostTensor,
  packHostTree,
  type Tree,
  treeSpec,
} from '@tasklearn/core';
import { actorCriticFor } from '../policy-gradients/actor-critic.js';
import { preparedActing } from './acting.js';
import type { OnPolicyAlgorithm, OnPolicyOptions } from './on-policy-algorithm.js';
import { openOnPolicyTraining } from './on-policy-training.js';

/** What an agent remembers within an episode. */
export type OnPolicyTaskState = {
  /** [T * S]; absent without memory, or before the first step. */
  readonly memory?: Float32Array;
};

function openAgent(
  options: OnPolicyOptions,
  parameters: Tree<HostTensor>,
  { spec, executor }: ControlAgentContext,
): ControlAgent<OnPolicyTaskState> {
  const model = actorCriticFor(spec, options.network);
  const acting = preparedActing(model, treeSpec(parameters), executor, options.evaluation);
  const vector = packHostTree(parameters).vector.data as Float32Array;
  return {
    beginTrials: () => ({}),
    async act(state, steps, _active, rng) {
      const { actions, memory } = await acting.act(vector, steps, state.memory, rng);
      return { actions, state: memory === undefined ? {} : { memory } };
    },
    observe: (state) => state,
    endEpisode: (state) => state, // The next episode's first step empties the memory.
    adapt: async (state) => state,
    dispose: () => acting.dispose(),
  };
}

/**
 * A single-task control learner around an on-policy method. It is told nothing about tasks: trained on a distribution of several it
 * learns one policy for all.
 */
export function onPolicyLearner(algorithm: OnPolicyAlgorithm): ControlLearner<OnPolicyTaskState> {
  return {
    kind: 'control',
    openTraining: (context, saved) => openOnPolicyTraining(algorithm, context, saved),
    openAgent: async (parameters, context) => openAgent(algorithm.options, parameters, context),
  };
}
