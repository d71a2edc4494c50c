import type { ControlSpec, Rng } from '@tasklearn/core';
import { type ActionLimits, actionLimits, actionSizeOf, clipAction, discreteActionsOf } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Exploration } from './base.js';

/** Uniformly random actions of E copies, [1, E, A], or indices [1, E, 1]. */
function uniformActions(spec: ControlSpec, copies: number, rng: Rng): Tensor {
  const actions = discreteActionsOf(spec);
  if (actions !== undefined) return tf.floor(rng.uniform([1, copies, 1]).mul(actions));
  const { centre, reach }: ActionLimits = actionLimits(spec.action);
  return rng
    .uniform([1, copies, actionSizeOf(spec)])
    .mul(2 * reach)
    .add(centre - reach);
}

/**
 * Actions with noise on them, some of them replaced by random ones: the exploration of hindsight experience replay.
 *
 * @param actions - [1, E, A], or indices [1, E, 1], to which no noise is added.
 */
export function explored(spec: ControlSpec, actions: Tensor, exploration: Exploration, rng: Rng): Tensor {
  const copies = actions.shape[1] as number;
  const limits = actionLimits(spec.action);
  const noisy =
    discreteActionsOf(spec) === undefined
      ? clipAction(
          actions.add(rng.split('noise').normal(actions.shape).mul(exploration.noise).mul(limits.reach)),
          limits,
        )
      : actions;
  const random = rng.split('which').uniform([1, copies, 1]).less(exploration.rate).cast('float32'); // [1, E, 1]
  return random.mul(uniformActions(spec, copies, rng.split('random'))).add(tf.sub(1, random).mul(noisy));
}
