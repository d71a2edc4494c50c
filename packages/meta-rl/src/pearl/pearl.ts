import { type ControlLearner, type PartialOptions, packHostTree, TasklearnError } from '@tasklearn/core';
import { type PearlTaskState, pearlAgent } from './pearl-agent.js';
import {
  type PearlOptions,
  pearlDefaults,
  posteriorSamplingDefaults,
  resolvePearlOptions,
} from './pearl-options.js';
import { openPearlTraining, pearlParts } from './pearl-training.js';

function latentLearner(
  owner: string,
  options: PearlOptions,
  actions: 'discrete' | 'continuous',
): ControlLearner<PearlTaskState> {
  return {
    kind: 'control',
    async openTraining(context, saved) {
      const { spec, id } = context.distribution;
      if ((spec.action.dtype === 'int32') === (actions === 'discrete'))
        return openPearlTraining(context, options, saved);
      throw new TasklearnError(
        'UNSUPPORTED_TASK',
        `${owner}: actions must be ${actions} (${id}). ${owner === 'pearl' ? '`posterior-sampling`' : '`pearl`'} takes the others.`,
        { distribution: id, expected: actions },
      );
    },
    async openAgent(parameters, context) {
      const { vector, spec } = packHostTree(parameters);
      const { parts, layout } = pearlParts(context.spec, options);
      return pearlAgent({ theta: () => vector, treeSpec: spec, parts, layout, context });
    },
  };
}

/**
 * PEARL: soft actor-critic on (s, z), with z inferred from what was seen of the task and drawn for each episode.
 *
 * q(z | c) ∝ Π_n N(z; f^μ(c_n), f^σ(c_n));  min E_q[Bellman error] + β KL(q(z | c) ‖ N(0, I))
 *
 * Off-policy: values learn from all experience of a task, the encoder from contexts as recent as those met at test.
 *
 * @param options - those given; the rest are `pearlDefaults`.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Rakelly, Zhou, Quillen, Finn, Levine. Efficient Off-Policy Meta-Reinforcement Learning via Probabilistic Context
 * Variables. ICML 2019. arXiv:1903.08254.
 */
export function createPearl(options: PartialOptions<PearlOptions> = {}): ControlLearner<PearlTaskState> {
  return latentLearner('pearl', resolvePearlOptions('pearl', pearlDefaults, options), 'continuous');
}

/**
 * Task-conditioned values with a learned posterior, for discrete actions: double Q-learning on (s, z), a draw of z from
 * q(z | c) for every episode, acted upon as if it were the task.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Rakelly et al. 2019. arXiv:1903.08254; Osband, Russo, Van Roy. (More) Efficient Reinforcement Learning via Posterior
 * Sampling. NeurIPS 2013. arXiv:1306.0940.
 */
export function createPosteriorSampling(
  options: PartialOptions<PearlOptions> = {},
): ControlLearner<PearlTaskState> {
  const all = resolvePearlOptions('posterior-sampling', posteriorSamplingDefaults, options);
  return latentLearner('posterior-sampling', all, 'discrete');
}
