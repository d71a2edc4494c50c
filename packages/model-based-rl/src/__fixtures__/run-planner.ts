import { type Rng, toDevice } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { Planner, PlanShape, PlanState, ScorePlans } from '../planners/planner.js';

/** All iterations of a planner, eagerly; the last state's tensors are the caller's. */
export function runPlanner(
  planner: Planner,
  shape: PlanShape,
  score: ScorePlans,
  rng: Rng,
  warm = new Float32Array(shape.trials * shape.horizon * shape.action),
  iterations = planner.iterations,
): PlanState {
  let state = toDevice(planner.begin(shape, warm, rng.split('begin')) as never) as unknown as PlanState;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const next = tf.tidy(
      () => planner.improve(state, score, rng.split(iteration)) as unknown as tf.TensorContainer,
    ) as unknown as PlanState;
    state = next;
  }
  return state;
}
