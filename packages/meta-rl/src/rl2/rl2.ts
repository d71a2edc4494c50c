import { type ControlLearner, type PartialOptions, packHostTree } from '@tasklearn/core';
import { type Rl2TaskState, rl2Agent } from './rl2-agent.js';
import { type Rl2Options, resolveRl2Options } from './rl2-options.js';
import { openRl2Training } from './rl2-training.js';

/**
 * RL²: a policy with memory, trained by PPO on whole trials, so that its memory becomes the learning algorithm.
 *
 * h_t = f(h_{t−1}; o_t, a_{t−1}, r_{t−1}, d_{t−1}),  a_t ~ π(·| h_t),  max E[Σ over all episodes of a trial of γ^t r_t]
 *
 * The memory is kept across the episodes of a trial and empty at the start of each trial; parameters do not change at
 * test. With `exploreRewardWeight: 0` rewards of exploration episodes are seen, but not counted (E-RL²).
 *
 * @param options - those given; the rest are `rl2Defaults`.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Duan, Schulman, Chen, Bartlett, Sutskever, Abbeel. RL²: Fast Reinforcement Learning via Slow Reinforcement
 * Learning. 2016. arXiv:1611.02779. Wang et al. Learning to reinforcement learn. 2016. arXiv:1611.05763.
 */
export function createRl2(options: PartialOptions<Rl2Options> = {}): ControlLearner<Rl2TaskState> {
  const all = resolveRl2Options(options);
  return {
    kind: 'control',
    openTraining: (context, saved) => openRl2Training(context, all, saved),
    async openAgent(parameters, context) {
      const { vector, spec } = packHostTree(parameters);
      return rl2Agent({ theta: () => vector, treeSpec: spec, context, options: all });
    },
  };
}
