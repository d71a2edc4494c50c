import type { HostTensor } from '@tasklearn/core';

/** Mean and variance of vectors seen so far, in double precision. */
export interface RunningMoments {
  /** Takes in N vectors, [N * D]; those with mask 0 are left out. */
  add(values: ArrayLike<number>, mask?: Float32Array): void;
  /** [D]. */
  readonly mean: Float64Array;
  /** [D]; 1 before anything was seen. */
  readonly variance: Float64Array;
  /** Exact state: counts, means and sums of squares bit for bit. */
  save(): HostTensor;
  /** Goes on from what `save` gave. */
  restore(saved: HostTensor): void;
}

/**
 * Running moments of vectors of D numbers, merged vector by vector.
 *
 * @see Welford. Note on a Method for Calculating Corrected Sums of Squares and Products. Technometrics 4, 1962.
 */
export function runningMoments(size: number): RunningMoments {
  const state = new Float64Array(1 + 2 * size); // Count, means, sums of squared deviations.
  const mean = state.subarray(1, 1 + size);
  const squares = state.subarray(1 + size);
  const variance = new Float64Array(size).fill(1);
  const refresh = () => {
    const count = state[0] as number;
    for (let i = 0; i < size; i += 1) variance[i] = count > 1 ? (squares[i] as number) / count : 1;
  };
  return {
    mean,
    variance,
    add(values, mask) {
      const rows = values.length / size;
      for (let row = 0; row < rows; row += 1) {
        if (mask !== undefined && mask[row] === 0) continue;
        const count = (state[0] as number) + 1;
        state[0] = count;
        for (let i = 0; i < size; i += 1) {
          const delta = (values[row * size + i] as number) - (mean[i] as number);
          mean[i] = (mean[i] as number) + delta / count;
          squares[i] =
            (squares[i] as number) + delta * ((values[row * size + i] as number) - (mean[i] as number));
        }
      }
      refresh();
    },
    save: () => ({
      dtype: 'int32',
      shape: [2 * state.length],
      data: new Int32Array(state.slice().buffer),
    }),
    restore({ data }) {
      state.set(new Float64Array((data as Int32Array).slice().buffer));
      refresh();
    },
  };
}
