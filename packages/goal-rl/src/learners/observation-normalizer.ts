import type { HostTensor } from '@tasklearn/core';
import { type FieldLayout, placeOf } from '@tasklearn/rl';
import { fromSaved, toSaved } from '../densities/density-shape.js';

/** Shift and scale of every number of an observation, [2 * O]. */
export type Normalization = Float32Array;

/** Numbers that vary less are only shifted. */
const LEAST_DEVIATION = 1e-2;

/** (x − shift) · scale of rows of O numbers that lie `stride` apart, in place. */
export function normalizeInPlace(
  values: Float32Array,
  normalization: Normalization,
  offset = 0,
  stride = normalization.length / 2,
): void {
  const size = normalization.length / 2;
  for (let row = offset; row + size <= values.length; row += stride) {
    for (let index = 0; index < size; index += 1) {
      const shifted = (values[row + index] as number) - (normalization[index] as number);
      values[row + index] = shifted * (normalization[size + index] as number);
    }
  }
}

/** Running moments of observations. */
export interface ObservationNormalizer {
  /** Takes note of all observations of some episodes, [L * F] each. */
  observe(episodes: readonly Float32Array[]): void;
  /** Shift and scale by the moments so far; none before anything was observed, or where it is switched off. */
  normalization(): Normalization;
  /** Exact state. */
  save(): HostTensor;
  /** Puts exactly that state back. */
  restore(saved: HostTensor): void;
}

/** Moments of the O numbers of an observation; switched off it leaves everything as it is. */
export function observationNormalizer(fields: FieldLayout, enabled: boolean): ObservationNormalizer {
  const { offset, size } = placeOf(fields, 'observation');
  let moments = new Float64Array(1 + 2 * size); // Count, sums, sums of squares.
  return {
    observe(episodes) {
      if (!enabled) return;
      for (const rows of episodes) {
        for (let row = offset; row < rows.length; row += fields.size) {
          moments[0] = (moments[0] as number) + 1;
          for (let index = 0; index < size; index += 1) {
            const value = rows[row + index] as number;
            moments[1 + index] = (moments[1 + index] as number) + value;
            moments[1 + size + index] = (moments[1 + size + index] as number) + value * value;
          }
        }
      }
    },
    normalization() {
      const count = moments[0] as number;
      const result = new Float32Array(2 * size).fill(1, size);
      if (count === 0) return result;
      for (let index = 0; index < size; index += 1) {
        const mean = (moments[1 + index] as number) / count;
        const variance = Math.max(0, (moments[1 + size + index] as number) / count - mean * mean);
        const deviation = Math.sqrt(variance);
        result[index] = mean;
        result[size + index] = deviation < LEAST_DEVIATION ? 1 : 1 / deviation;
      }
      return result;
    },
    save: () => toSaved(moments),
    restore(saved) {
      moments = fromSaved(saved) as Float64Array<ArrayBuffer>;
    },
  };
}
