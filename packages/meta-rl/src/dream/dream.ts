import { type ControlLearner, type HostTensor, type PartialOptions, packHostTree } from '@tasklearn/core';
import { type DreamTaskState, dreamAgent } from './dream-agent.js';
import { dreamNetworks } from './dream-networks.js';
import { type DreamOptions, resolveDreamOptions } from './dream-options.js';
import { openDreamTraining } from './dream-training.js';

/**
 * DREAM: exploration and execution learnt apart, without sacrificing the optimum.
 *
 * Execution is told the problem in training, through a bottleneck z ~ N(f(μ), ρ² I) that keeps only what it needs:
 * max E[Σ γ^t r_t] − λ KL. Exploration is paid for what it tells about z, r_t = (e_t − e_{t+1}) / 2ρ² − c with
 * e_t = ‖f(μ) − g(τ_{:t})‖². At test z is decoded from the exploration, z = g(τ).
 *
 * @param options - those given; the rest are `dreamDefaults`.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Liu, Raghunathan, Liang, Finn. Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without
 * Sacrifices. ICML 2021. arXiv:2008.02790.
 */
export function createDream(options: PartialOptions<DreamOptions> = {}): ControlLearner<DreamTaskState> {
  const all = resolveDreamOptions(options);
  return {
    kind: 'control',
    openTraining: (context, saved) => openDreamTraining(context, all, saved),
    async openAgent(parameters, context) {
      const { vector, spec } = packHostTree(parameters);
      const problems = (parameters as unknown as { readonly embedding: HostTensor }).embedding.shape[0];
      return dreamAgent({
        theta: () => vector,
        treeSpec: spec,
        networks: dreamNetworks(context.spec, problems as number, all),
        latentSize: all.latentSize,
        context,
      });
    },
  };
}
