import { type ControlLearner, requireControlTask } from '@tasklearn/core';
import { capabilitiesOf } from '../learners/capabilities.js';
import { openPlayLmpAgent, type PlayLmpTaskState } from './play-lmp-agent.js';
import { type PlayLmpOptions, playLmpDefaults, validatePlayLmp } from './play-lmp-options.js';
import { openPlayLmpTraining } from './play-lmp-training.js';

/**
 * Latent motor plans from play: goal-conditioned imitation in which what a goal leaves open is a latent plan.
 *
 * ```text
 * collect play of a reference policy, once
 * gradientSteps times per update
 *   windows τ of play; s_c its first state, s_g what was achieved at its end
 *   z ~ q(z|τ);  θ ← Adam, descent of mean −log π(a_t|s_t, s_g, z) + β KL(q(z|τ) ‖ p(z|s_c, s_g))
 * acting: every 10 steps z ~ p(z|s, g);  a = mode of π(·|s, g, z)
 * ```
 *
 * @throws `INVALID_OPTION`; on opening `UNSUPPORTED_TASK` without goals or the reference policy.
 *
 * @see Lynch et al. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 */
export function createPlayLmp(options: Partial<PlayLmpOptions> = {}): ControlLearner<PlayLmpTaskState> {
  const complete = { ...playLmpDefaults, ...options };
  validatePlayLmp('play-lmp', complete);
  return {
    kind: 'control',
    async openTraining(context, saved) {
      requireControlTask('play-lmp', capabilitiesOf('play-lmp'), context.distribution);
      return openPlayLmpTraining(complete, context, saved);
    },
    openAgent: async (parameters, context) => openPlayLmpAgent(complete, parameters, context),
  };
}
