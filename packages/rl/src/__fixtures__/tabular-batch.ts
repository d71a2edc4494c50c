import type { ControlSpec, HostTensor, TabularModel } from '@tasklearn/core';
import { fieldLayout } from '../replay/field-layout.js';

/** Spec of a tabular world with one-hot observations. */
export function tabularSpec({ states, actions }: TabularModel): ControlSpec {
  return {
    observation: { shape: [states], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: actions - 1 },
    horizon: 100,
    hasSuccess: false,
  };
}

/** Every transition of a model once, with its probability as weight: a batch whose mean is an exact expectation. */
export function everyTransition(model: TabularModel, copies = 1) {
  const { states, actions, transition, reward, terminal } = model;
  const layout = fieldLayout({ observation: states, action: 1, reward: 1, next: states, discount: 1 });
  const rows: number[] = [];
  const weights: number[] = [];
  const oneHot = (state: number) => Array.from({ length: states }, (_, index) => Number(index === state));
  for (let state = 0; state < states; state += 1)
    for (let action = 0; action < actions; action += 1)
      for (let next = 0; next < states; next += 1) {
        const index = (state * actions + action) * states + next;
        if (terminal[state] === 1 || transition[index] === 0) continue;
        weights.push(transition[index] as number);
        rows.push(
          ...oneHot(state),
          action,
          reward[index] as number,
          ...oneHot(next),
          1 - (terminal[next] as number),
        );
      }
  const repeated = (values: number[]) =>
    Float32Array.from(
      { length: copies * values.length },
      (_, index) => values[index % values.length] as number,
    );
  const host = (shape: readonly number[], data: Float32Array): HostTensor => ({
    dtype: 'float32',
    shape,
    data,
  });
  return {
    layout,
    rows: host([copies, 1, weights.length, layout.size], repeated(rows)),
    weights: host([copies, 1, weights.length], repeated(weights)),
  };
}

/** Three states and an end, two actions; chance in the middle. */
export const smallModel: TabularModel = (() => {
  const [states, actions] = [4, 2];
  const transition = new Float64Array(states * actions * states);
  const reward = new Float64Array(states * actions * states);
  const set = (state: number, action: number, next: number, probability: number, gain: number) => {
    const index = (state * actions + action) * states + next;
    transition[index] = probability;
    reward[index] = gain;
  };
  set(0, 0, 0, 1, 0.1);
  set(0, 1, 1, 1, 0);
  set(1, 0, 0, 1, 0.3);
  set(1, 1, 2, 0.7, 0);
  set(1, 1, 0, 0.3, -0.2);
  set(2, 0, 1, 1, 0.2);
  set(2, 1, 3, 1, 1);
  set(3, 0, 3, 1, 0);
  set(3, 1, 3, 1, 0);
  return {
    states,
    actions,
    initial: Float64Array.of(1, 0, 0, 0),
    transition,
    reward,
    terminal: Uint8Array.of(0, 0, 0, 1),
  };
})();
