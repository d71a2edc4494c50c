import { outputSizeOf } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { mapLeaves, selectLeaves, tileOverTasks } from './adapted-leaves.js';
import type { Start } from './meta-learner-parts.js';

/** φ⁰ = θ, one copy per task: the initialisation is what is meta-learned. */
export function learnedStart(): Start {
  return {
    name: 'learned',
    phi0: (theta, adapted, tasks) => tileOverTasks(selectLeaves(theta.model, adapted), tasks),
  };
}

/**
 * φ⁰ = θ with the last layer replaced by zeros of the episode's own size: the classes of a new task are not those of
 * pre-training. The head is adapted whatever the mask says.
 */
export function newHeadStart(): Start {
  return {
    name: 'newHead',
    phi0(theta, adapted, tasks, spec) {
      const chosen = selectLeaves(theta.model, (path) => isHead(path) || adapted(path));
      const outputs = outputSizeOf(spec);
      return mapLeaves(tileOverTasks(chosen, tasks), (leaf, path) =>
        isHead(path) ? tf.zeros([...leaf.shape.slice(0, -1), outputs]) : leaf,
      );
    },
  };
}

function isHead(path: string): boolean {
  return path.startsWith('head/');
}
