import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CellParameters, RecurrentCell } from './recurrent-cell.js';

/** Where an unrolling starts, and where it starts anew. */
export interface UnrollOptions {
  /** [T, B, S]. Default zeros. */
  readonly state?: Tensor;
  /** [T, B, L], 1 where the state is set to zero before the step, as where an episode begins. Default nowhere. */
  readonly resets?: Tensor;
}

/** What came of an unrolling; the caller disposes. */
export interface Unrolled {
  /** The first D numbers of the states, [T, B, L, D]. */
  readonly outputs: Tensor;
  /** After every step, [T, B, L, S]. */
  readonly states: Tensor;
  /** After the last step, [T, B, S]: where the next call goes on. */
  readonly state: Tensor;
}

function assertShapes(cell: RecurrentCell, inputs: Tensor, { state, resets }: UnrollOptions): void {
  const [tasks, items, length] = inputs.shape as [number, number, number];
  const fits =
    inputs.rank === 4 &&
    inputs.shape[3] === cell.inputSize &&
    (state === undefined || state.shape.join() === `${tasks},${items},${cell.stateSize}`) &&
    (resets === undefined || resets.shape.join() === `${tasks},${items},${length}`);
  if (fits) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `unrollCell: expected inputs [T, B, L, ${cell.inputSize}], state [T, B, ${cell.stateSize}] and resets [T, B, L], got [${inputs.shape}], [${state?.shape ?? 'none'}] and [${resets?.shape ?? 'none'}].`,
    { inputs: inputs.shape, state: state?.shape, resets: resets?.shape },
  );
}

/**
 * A recurrent cell over sequences: s_l = step(x_l, (1 − reset_l) s_{l−1}). What needs no state is computed for all steps at
 * once. Two calls with the state carried over give what one call gives; `stopGradient` on that state truncates
 * back-propagation.
 *
 * @param inputs - [T, B, L, I].
 * @throws `SHAPE_MISMATCH` if inputs, state or resets do not fit the cell.
 */
export function unrollCell(
  cell: RecurrentCell,
  parameters: CellParameters,
  inputs: Tensor,
  options: UnrollOptions = {},
): Unrolled {
  assertShapes(cell, inputs, options);
  const [tasks, items, length] = inputs.shape as [number, number, number];
  const projected = tf.unstack(cell.project(parameters, inputs), 2); // L times [T, B, G]
  const kept =
    options.resets === undefined ? undefined : tf.unstack(tf.sub(1, options.resets.expandDims(3)), 2); // [T, B, 1]
  let state = options.state ?? tf.zeros([tasks, items, cell.stateSize]);
  const states: Tensor[] = [];
  for (let step = 0; step < length; step += 1) {
    const before = kept === undefined ? state : state.mul(kept[step] as Tensor);
    state = cell.advance(parameters, projected[step] as Tensor, before); // [T, B, S]
    states.push(state);
  }
  const all = tf.stack(states, 2); // [T, B, L, S]
  const outputs =
    cell.stateSize === cell.size ? all : tf.slice(all, [0, 0, 0, 0], [tasks, items, length, cell.size]);
  return { outputs: outputs === all ? all.clone() : outputs, states: all, state };
}
