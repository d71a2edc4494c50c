import { type ControlLearner, type PartialOptions, packHostTree } from '@tasklearn/core';
import { type MamlTaskState, mamlAgent } from './maml-agent.js';
import { mamlSetting } from './maml-functions.js';
import {
  type MamlRlOptions,
  mamlRlDefaults,
  mamlTrpoDefaults,
  prompDefaults,
  resolveMamlOptions,
} from './maml-options.js';
import { mamlPolicy, openMamlTraining } from './maml-training.js';

function gradientLearner(options: MamlRlOptions): ControlLearner<MamlTaskState> {
  return {
    kind: 'control',
    openTraining: (context, saved) => openMamlTraining(context, options, saved),
    async openAgent(parameters, context) {
      const { vector, spec } = packHostTree(parameters);
      const { policy, layout } = mamlPolicy(context.spec, options);
      return mamlAgent(mamlSetting(policy, spec, layout, options), vector, context);
    },
  };
}

/**
 * MAML for reinforcement learning with TRPO outside: an initial policy from which a few steps of policy gradient suffice.
 *
 * φ_i = θ + α ∇_θ J_i(θ) from episodes of task i;  max_θ Σ_i J_i(φ_i) within KL(π_φold ‖ π_φ) ≤ δ
 *
 * @param options - those given; the rest are `mamlTrpoDefaults`.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, section 5.3. arXiv:1703.03400.
 */
export function createMamlTrpo(options: PartialOptions<MamlRlOptions> = {}): ControlLearner<MamlTaskState> {
  return gradientLearner(resolveMamlOptions('maml-trpo', mamlTrpoDefaults, options));
}

/**
 * The same with Adam outside: one step per update, or clipped epochs with `outer: 'ppo'`.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createMamlRl(options: PartialOptions<MamlRlOptions> = {}): ControlLearner<MamlTaskState> {
  return gradientLearner(resolveMamlOptions('maml', mamlRlDefaults, options));
}

/**
 * ProMP: clipped epochs on the policies adapted by a likelihood-ratio inner step, whose curvature credits the policy before
 * adaptation: J^CLIP(φ(θ)) − η KL(π_θold ‖ π_θ), φ(θ) = θ + α ∇_θ Σ_t (π_θ / π_θold) Â_t.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Rothfuss, Lee, Clavera, Asfour, Abbeel. ProMP: Proximal Meta-Policy Search. ICLR 2019. arXiv:1810.06784.
 */
export function createPromp(options: PartialOptions<MamlRlOptions> = {}): ControlLearner<MamlTaskState> {
  return gradientLearner(resolveMamlOptions('promp', prompDefaults, options));
}
