import { type HostTensor, requireInteger, requirePositive, TasklearnError } from '@tasklearn/core';
import type { Density } from './density.js';
import { fromSaved, pointsIn, toSaved, weightsOf } from './density-shape.js';

/** What {@link histogramDensity} is made of. */
export interface HistogramDensityOptions {
  /** Least value of each number, [D]; what is smaller counts in the first cell. */
  readonly minimum: readonly number[];
  /** Greatest value of each number, [D]; what is greater counts in the last cell. */
  readonly maximum: readonly number[];
  /** Cells along each number, >= 1. */
  readonly bins: number;
  /** Added to every cell's share of the mass, ε > 0: (share + ε) / (1 + cells · ε). Default 1e-3 over the cells. */
  readonly smoothing?: number;
}

/** Number of the cell that holds each point; [N * D] in, [N] out. */
function cellsOf(options: HistogramDensityOptions, points: Float32Array): Int32Array {
  const { minimum, maximum, bins } = options;
  const size = minimum.length;
  const count = pointsIn('histogramDensity', points, size);
  return Int32Array.from({ length: count }, (_, point) => {
    let cell = 0;
    for (let axis = 0; axis < size; axis += 1) {
      const low = minimum[axis] as number;
      const share = ((points[point * size + axis] as number) - low) / ((maximum[axis] as number) - low);
      cell = cell * bins + Math.min(bins - 1, Math.max(0, Math.floor(share * bins)));
    }
    return cell;
  });
}

function fitted(options: HistogramDensityOptions, shares: Float64Array, logVolume: number): Density {
  const epsilon = options.smoothing ?? 1e-3 / shares.length;
  const total = 1 + shares.length * epsilon;
  const logDensity = shares.map((share) => Math.log((share + epsilon) / total) - logVolume);
  return {
    size: options.minimum.length,
    logDensity: (points) => Float64Array.from(cellsOf(options, points), (cell) => logDensity[cell] as number),
    fit(points, weights) {
      const cells = cellsOf(options, points);
      const own = weightsOf('histogramDensity.fit', cells.length, weights);
      const sums = new Float64Array(shares.length);
      let sum = 0;
      for (let point = 0; point < cells.length; point += 1) {
        const weight = own[point] as number;
        const cell = cells[point] as number;
        sums[cell] = (sums[cell] as number) + weight;
        sum += weight;
      }
      return fitted(
        options,
        sums.map((value) => value / sum),
        logVolume,
      );
    },
    save: () => toSaved(shares),
    restore: (saved) => fitted(options, fromSaved(saved as HostTensor), logVolume),
  };
}

/**
 * Shares of the points in equal boxes, over their volume. Before any fit it is uniform.
 *
 * @throws `INVALID_OPTION` for limits that do not fit each other, or more than a million cells.
 *
 * @example
 * ```ts
 * import { histogramDensity } from '@tasklearn/goal-rl';
 *
 * const density = histogramDensity({ minimum: [0], maximum: [1], bins: 2, smoothing: 1e-9 });
 * const fitted = density.fit(Float32Array.of(0.1, 0.2, 0.3, 0.9)); // Three of four in the left half.
 * fitted.logDensity(Float32Array.of(0.25)).map((log) => Math.exp(log))[0].toFixed(3); // => '1.500'
 * ```
 */
export function histogramDensity(options: HistogramDensityOptions): Density {
  const owner = 'histogramDensity';
  const bins = requireInteger(owner, options, 'bins');
  if (options.smoothing !== undefined) requirePositive(owner, { value: options.smoothing }, 'value');
  const { minimum, maximum } = options;
  const cells = bins ** minimum.length;
  const ordered = minimum.every((low, axis) => low < (maximum[axis] ?? Number.NEGATIVE_INFINITY));
  if (minimum.length < 1 || maximum.length !== minimum.length || !ordered || cells > 1e6) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: \`minimum\` and \`maximum\` must be as many numbers, the least below the greatest, with at most a million cells; ` +
        `got [${minimum}] and [${maximum}] with ${bins} bins each. For many numbers take another density.`,
      { key: 'maximum', received: maximum },
    );
  }
  const logVolume = minimum.reduce(
    (sum, low, axis) => sum + Math.log(((maximum[axis] as number) - low) / bins),
    0,
  );
  return fitted(options, new Float64Array(cells).fill(1 / cells), logVolume);
}
