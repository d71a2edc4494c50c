import type { ControlDistribution, Environment, Rng, TimeSteps } from '@tasklearn/core';

/** What one copy needs to be restored: bit, time. */
function recallEnvironment(copies: number, horizon: number, rng: Rng): Environment {
  const state = new Int32Array(2 * copies);
  const steps: TimeSteps = {
    stepType: new Uint8Array(copies),
    observation: new Float32Array(3 * copies),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies).fill(1),
    success: new Uint8Array(copies),
  };
  const bit = (copy: number) => state[2 * copy] as number;
  const time = (copy: number) => state[2 * copy + 1] as number;
  const show = (copy: number) => {
    const sign = time(copy) === 0 ? 2 * bit(copy) - 1 : 0;
    steps.observation.set([sign, time(copy) === horizon - 1 ? 1 : 0, 1], 3 * copy);
  };
  return {
    copies,
    spec: recallDistribution(horizon).spec,
    reset(which) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (which !== undefined && which[copy] !== 1) continue;
        state.set([rng.integer(2), 0], 2 * copy);
        steps.stepType[copy] = 0;
        steps.reward[copy] = 0;
        steps.discount[copy] = 1;
        show(copy);
      }
      return steps;
    },
    step(actions, active) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (active !== undefined && active[copy] !== 1) continue;
        const last = time(copy) === horizon - 1;
        steps.reward[copy] = last && actions[copy] === bit(copy) ? 1 : 0;
        state[2 * copy + 1] = time(copy) + 1;
        steps.stepType[copy] = last ? 2 : 1;
        steps.discount[copy] = last ? 0 : 1;
        show(copy);
      }
      return steps;
    },
    snapshot: () => new Uint8Array(state.buffer.slice(0)),
    restore: (snapshot) => state.set(new Int32Array(snapshot.slice().buffer)),
    dispose: () => undefined,
  };
}

/** A sign at the first step says which action is worth 1 at the last; nothing shows it in between. Without a memory: 1/2. */
export function recallDistribution(horizon: number): ControlDistribution {
  return {
    kind: 'control',
    id: 'recall',
    spec: {
      observation: { shape: [3], dtype: 'float32' },
      action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
      horizon,
      hasSuccess: false,
    },
    varies: [],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    task: (split, index) => ({ id: `${split}-${index}`, parameters: {} }),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      recallEnvironment(tasks.length * copiesPerTask, horizon, rng),
  };
}
