import { type ControlSpec, TasklearnError } from '@tasklearn/core';
import { type FieldLayout, observationSizeOf, placeOf } from '@tasklearn/rl';

/**
 * Which numbers of an observation count as the state: those listed; else what the environment calls achieved; else all.
 *
 * @throws `INVALID_OPTION` for an index outside of the observation.
 */
export function featureIndices(
  name: string,
  spec: ControlSpec,
  listed: readonly number[] | null,
): readonly number[] {
  const size = observationSizeOf(spec);
  if (listed === null) {
    const { size: count, achieved } = spec.goal ?? { size, achieved: 0 };
    return Array.from({ length: count }, (_, index) => achieved + index);
  }
  const wrong = listed.find((index) => !Number.isInteger(index) || index < 0 || index >= size);
  if (wrong === undefined && listed.length > 0) return listed;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${name}: option \`features\` must be indices of the ${size} numbers of an observation, or null; got [${listed}].`,
    { key: 'features', received: listed },
  );
}

/** Features of the states that rows lead to, [N * D]. */
export function nextFeatures(
  fields: FieldLayout,
  rows: Float32Array,
  indices: readonly number[],
): Float32Array {
  const { offset } = placeOf(fields, 'next');
  const count = rows.length / fields.size;
  const features = new Float32Array(count * indices.length);
  for (let row = 0; row < count; row += 1) {
    for (const [place, index] of indices.entries())
      features[row * indices.length + place] = rows[row * fields.size + offset + index] as number;
  }
  return features;
}

/** Writes r ← w r + scale · bonus into rows. Returns the mean bonus. */
export function writeRewards(
  fields: FieldLayout,
  rows: Float32Array,
  bonus: ArrayLike<number>,
  weights: { readonly environment: number; readonly scale: number },
): number {
  const { offset } = placeOf(fields, 'reward');
  let sum = 0;
  for (let row = 0; row < bonus.length; row += 1) {
    const at = row * fields.size + offset;
    const extra = bonus[row] as number;
    rows[at] = weights.environment * (rows[at] as number) + weights.scale * extra;
    sum += extra;
  }
  return sum / bonus.length;
}
