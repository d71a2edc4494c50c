import type { ControlDistribution, ControlTask, TimeSteps } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { isTabular } from '../tabular/tabular-distribution.js';
import { wrappedEnvironment } from './wrapped-environment.js';

/**
 * The same worlds without reward and success: for learning from the world alone. Episodes end as before.
 */
export function withoutReward(base: ControlDistribution): ControlDistribution {
  const spec = { ...base.spec, hasSuccess: false };
  return {
    ...base,
    id: `${base.id} (without reward)`,
    spec,
    reward: (_, { next }) => new Float32Array(next.length / (base.spec.observation.shape[0] ?? 1)),
    recordableReward: (_task, observation) => tf.zeros(observation.shape.slice(0, -1)),
    ...(isTabular(base) && {
      tabularModel(task: ControlTask) {
        const model = base.tabularModel(task);
        return { ...model, reward: new Float64Array(model.reward.length) };
      },
    }),
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = base.createEnvironment(tasks, copiesPerTask, rng);
      let shown: TimeSteps | undefined;
      return wrappedEnvironment(environment, spec, {
        show(steps) {
          shown ??= {
            ...steps,
            reward: new Float32Array(environment.copies),
            success: new Uint8Array(environment.copies),
          };
          return shown;
        },
      });
    },
  };
}
