import { type ControlSpec, TasklearnError } from '@tasklearn/core';

/** Number of discrete actions, or 0 where actions are continuous. */
export function discreteActions(spec: ControlSpec): number {
  return spec.action.dtype === 'int32' ? (spec.action.maximum ?? 0) + 1 : 0;
}

/** Numbers in an observation, O. */
export function observationSizeOf(spec: ControlSpec): number {
  return spec.observation.shape[0] ?? 1;
}

/** Numbers in an action as `step` takes it: A, or 1 for an index. */
export function actionSizeOf(spec: ControlSpec): number {
  return spec.action.shape[0] ?? 1;
}

/** @throws `SHAPE_MISMATCH` unless each moving copy's action is an index below `count`. */
export function checkIndices(
  caller: string,
  actions: Float32Array,
  count: number,
  active?: Uint8Array,
): void {
  for (let copy = 0; copy < actions.length; copy += 1) {
    if (active !== undefined && active[copy] !== 1) continue;
    const action = actions[copy] as number;
    if (action >= 0 && action < count && Math.floor(action) === action) continue;
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `${caller}: expected the index of one of ${count} actions for copy ${copy}, got ${action}.`,
      { copy, expected: count, received: action },
    );
  }
}

/**
 * Writes each moving copy's action into `into`, within its limits.
 *
 * @throws `NOT_FINITE` for NaN (an infinite number has a limit to be clipped to).
 */
export function clipActions(
  caller: string,
  actions: Float32Array,
  spec: ControlSpec,
  into: Float32Array,
  active?: Uint8Array,
): void {
  const size = actionSizeOf(spec);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = spec.action;
  for (let index = 0; index < actions.length; index += 1) {
    const value = actions[index] as number;
    if (value >= minimum && value <= maximum) into[index] = value;
    else if (value < minimum) into[index] = minimum;
    else if (value > maximum) into[index] = maximum;
    else if (active === undefined || active[Math.floor(index / size)] === 1)
      throw new TasklearnError(
        'NOT_FINITE',
        `${caller}: expected numbers as actions, got ${value} for copy ${Math.floor(index / size)}.`,
        { copy: Math.floor(index / size), received: value },
      );
  }
}
