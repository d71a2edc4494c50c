import type { ControlSpec, Environment, TimeSteps } from '@tasklearn/core';

export const countingSpec = (horizon: number): ControlSpec => ({
  observation: { shape: [2], dtype: 'float32' },
  action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
  horizon,
  hasSuccess: false,
});

/**
 * Shows [copy, steps made]; reward is 10 · copy + steps made + action / 2. Copy c terminates after lengths[c] steps, or is
 * truncated at the horizon.
 */
export function countingEnvironment(lengths: readonly number[], horizon: number): Environment {
  const copies = lengths.length;
  const spec = countingSpec(horizon);
  const time = new Int32Array(copies);
  const steps: TimeSteps = {
    stepType: new Uint8Array(copies),
    observation: new Float32Array(2 * copies),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies).fill(1),
    success: new Uint8Array(copies),
  };
  const show = (copy: number) => steps.observation.set([copy, time[copy] as number], 2 * copy);
  return {
    copies,
    spec,
    reset(which) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (which !== undefined && which[copy] !== 1) continue;
        time[copy] = 0;
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
        if (steps.stepType[copy] === 2) throw new Error('reset needed');
        time[copy] = (time[copy] as number) + 1;
        const terminated = time[copy] === lengths[copy];
        steps.reward[copy] = 10 * copy + (time[copy] as number) + (actions[copy] as number) / 2;
        steps.discount[copy] = terminated ? 0 : 1;
        steps.stepType[copy] = terminated || time[copy] === horizon ? 2 : 1;
        show(copy);
      }
      return steps;
    },
    snapshot: () => new Uint8Array(time.buffer.slice(0)),
    restore: () => undefined,
    dispose: () => undefined,
  };
}
