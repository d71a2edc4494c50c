import {
  type ControlAgent,
  type ControlAgentContext,
  type ControlLearner,
  type ControlSpec,
  type HostTensor,
  packHostTree,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { Policy } from '../policies/policy.js';
import { observationSizeOf } from '../policies/policy-for.js';
import { type CompiledActor, compiledActor } from '../roll-outs/compiled-actor.js';
import type { OffPolicyAlgorithm } from './off-policy-algorithm.js';
import type { OffPolicyLoop } from './off-policy-loop.js';
import { openOffPolicyTraining } from './off-policy-training.js';

/** What a learner of one policy for all tasks is made of. */
export interface OffPolicyLearnerOptions<State extends Tree<Tensor>> {
  /** Who it is, for messages. */
  readonly name: string;
  /** The algorithm for an environment. @throws `UNSUPPORTED_TASK`. */
  readonly algorithm: (spec: ControlSpec) => OffPolicyAlgorithm<State>;
  readonly loop: OffPolicyLoop;
  /** Whether agents draw from the policy or take its mode. */
  readonly evaluation: 'sample' | 'mode';
}

/**
 * An agent that acts by one policy and does not adapt.
 *
 * @param parameters - of the policy, as its `init` gives them.
 */
export function policyAgent(
  policy: Policy,
  parameters: Tree<HostTensor>,
  { spec, executor }: ControlAgentContext,
  choice: 'sample' | 'mode',
): ControlAgent<null> {
  const packed = packHostTree(parameters);
  const actors = new Map<number, CompiledActor>();
  const actorFor = (copies: number) => {
    const found = actors.get(copies);
    if (found !== undefined) return found;
    const observationSize = observationSizeOf(spec);
    const actor = compiledActor(policy, packed.spec, executor, { copies, observationSize, choice });
    actor.setParameters(packed.vector.data as Float32Array);
    actors.set(copies, actor);
    return actor;
  };
  return {
    beginTrials: () => null,
    async act(state, steps, _active, rng) {
      const { actions } = await actorFor(steps.stepType.length).act(steps, rng);
      return { actions, state };
    },
    observe: (state) => state,
    endEpisode: (state) => state,
    adapt: async (state) => state,
    dispose() {
      for (const actor of actors.values()) actor.dispose();
      actors.clear();
    },
  };
}

/**
 * A control learner around an off-policy algorithm. It is told nothing about tasks: trained on several it learns one policy
 * for all, goal-conditioned where goals are part of the observation.
 */
export function offPolicyLearner<State extends Tree<Tensor>>(
  options: OffPolicyLearnerOptions<State>,
): ControlLearner<null> {
  const { name: owner, algorithm, loop, evaluation } = options;
  return {
    kind: 'control',
    openTraining: async (context, saved) =>
      openOffPolicyTraining({ owner, context, algorithm: algorithm(context.distribution.spec), loop, saved }),
    openAgent: async (parameters, context) =>
      policyAgent(algorithm(context.spec).policy, parameters, context, evaluation),
  };
}
