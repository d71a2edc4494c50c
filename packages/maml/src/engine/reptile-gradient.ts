import * as tf from '@tensorflow/tfjs';
import { allLeaves, leafAt, mapLeaves } from './adapted-leaves.js';
import { refusesDirect, refusesLearned, refusesTerms } from './meta-gradient.js';
import type { MetaGradient, MetaLearnerParts } from './meta-learner-parts.js';

/**
 * Reptile's direction: θ − mean_t φ_t, where every task descends on support and query together.
 *
 * With an outer step of plain SGD at rate ε: θ ← θ + ε mean_t(φ_t − θ). For one inner step it is α times the gradient of
 * joint training.
 *
 * @see Nichol, Achiam, Schulman. On First-Order Meta-Learning Algorithms. 2018, Algorithm 2. arXiv:1803.02999.
 */
export function reptileGradient(): MetaGradient {
  return {
    name: 'reptile',
    refuses,
    gradient({ theta, solve }) {
      const { phi, losses } = solve(theta, 'pooled');
      const model = mapLeaves(theta.model, (leaf, path) => tf.sub(leaf, tf.mean(leafAt(phi, path), 0)));
      const tasks = Object.values(Object.values(phi)[0] ?? {})[0]?.shape[0] as number;
      const loss = tf.div(losses[0] ?? tf.scalar(0), tasks).asScalar();
      return { gradient: { model }, metrics: { loss } };
    },
  };
}

function refuses(parts: Omit<MetaLearnerParts, 'optimizer'>): string | undefined {
  if (parts.adapted !== allLeaves) {
    return 'reptile moves θ toward φ, so a leaf that is not adapted would never be trained; adapt all leaves';
  }
  if (parts.start.name !== 'learned') return `reptile needs φ to start at θ, not at ${parts.start.name}`;
  if (parts.steps.train < 1) return 'reptile with no inner step never moves θ';
  return refusesDirect(parts) ?? refusesLearned(parts, 'reptile') ?? refusesTerms(parts, 'reptile');
}
