import { type ControlLearner, requireInRange, TasklearnError } from '@tasklearn/core';
import { cloning } from '../imitation/cloning.js';
import { type ExpertOptions, expertHooks } from '../imitation/expert-hooks.js';
import { policyAgent } from '../off-policy/off-policy-learner.js';
import { offPolicyLoopDefaults } from '../off-policy/off-policy-loop.js';
import { openOffPolicyTraining } from '../off-policy/off-policy-training.js';
import { type OffPolicyNetworkOptions, requireNetworkOptions } from './network-options.js';

/** Options of `behaviour-cloning` and `dagger`. */
export type ImitationLearnerOptions = OffPolicyNetworkOptions & ExpertOptions;

/** Complete defaults of `dagger`: the expert acts in the first outer update, the learner afterwards. */
export const daggerDefaults: ImitationLearnerOptions = {
  ...offPolicyLoopDefaults,
  copies: 4,
  cycles: 10,
  collectSteps: 25,
  gradientSteps: 20,
  batchSize: 64,
  warmUpSteps: 0,
  hidden: [64, 64],
  activation: 'tanh',
  learningRate: 1e-3,
  clipNorm: 0,
  targetRate: 1,
  evaluation: 'mode',
  expert: 'oracle',
  expertDecay: 0,
};

/** Complete defaults of `behaviour-cloning`: the expert always acts, for 5,000 steps. */
export const behaviourCloningDefaults: ImitationLearnerOptions = {
  ...daggerDefaults,
  collectLimit: 5000,
  expertDecay: 1,
};

function create(owner: string, all: ImitationLearnerOptions): ControlLearner<null> {
  requireNetworkOptions(owner, all);
  requireInRange(owner, all, 'expertDecay', 0, 1);
  if (all.nStep !== 1 || all.relabel !== 'none' || all.renewTasks !== 0) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: options \`nStep\`, \`relabel\` and \`renewTasks\` have no meaning in imitation.`,
      { key: 'nStep', received: all.nStep },
    );
  }
  return {
    kind: 'control',
    openTraining: async (context, saved) =>
      openOffPolicyTraining({
        owner,
        context,
        algorithm: cloning(context.distribution.spec, all),
        loop: all,
        hooks: expertHooks(owner, context, all, all),
        saved,
      }),
    openAgent: async (parameters, context) =>
      policyAgent(cloning(context.spec, all).policy, parameters, context, all.evaluation),
  };
}

/**
 * Behaviour cloning: maximum likelihood of an expert's actions in the states that the expert visits. With `randomActions`
 * or `noise` the expert is disturbed as it shows what to do, so that it also shows how to come back.
 *
 * @throws `INVALID_OPTION`; on opening `UNSUPPORTED_TASK` where the distribution has no such reference policy.
 *
 * @see Pomerleau. ALVINN. NeurIPS 1988; Laskey, Lee, Fox, Dragan, Goldberg. DART: Noise Injection for Robust Imitation
 * Learning. CoRL 2017. arXiv:1703.09327.
 */
export function createBehaviourCloning(options: Partial<ImitationLearnerOptions> = {}): ControlLearner<null> {
  return create('behaviour-cloning', { ...behaviourCloningDefaults, ...options });
}

/**
 * DAgger: the learner acts, the expert says what it would have done, and all of it is learned from.
 *
 * @throws `INVALID_OPTION`; on opening `UNSUPPORTED_TASK` where the distribution has no such reference policy.
 *
 * @see Ross, Gordon, Bagnell. A Reduction of Imitation Learning and Structured Prediction to No-Regret Online Learning.
 * AISTATS 2011, Algorithm 3.1. arXiv:1011.0686.
 */
export function createDagger(options: Partial<ImitationLearnerOptions> = {}): ControlLearner<null> {
  return create('dagger', { ...daggerDefaults, ...options });
}
