import type { Initializer } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';

/** Takes from row `row` what lies along the rows before it, and gives it length 1. */
function orthonormalize(rows: readonly Float64Array[], row: Float64Array): void {
  for (const earlier of rows) {
    const along = row.reduce((sum, x, i) => sum + x * (earlier[i] as number), 0);
    for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) - along * (earlier[i] as number);
  }
  const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) / length;
}

/**
 * An orthogonal matrix times a gain: every singular value is the gain, so that signals keep their length through many layers.
 * Drawn on the host: not for recorded functions.
 *
 * @param gain - > 0; √2 before rectifiers.
 * @see Saxe, McClelland, Ganguli. Exact solutions to the nonlinear dynamics of learning. ICLR 2014. arXiv:1312.6120.
 */
export function orthogonal(gain = 1): Initializer {
  return (shape, _fans, rng) => {
    const columns = shape[shape.length - 1] as number;
    const rows = shape.reduce((product, length) => product * length, 1) / columns;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const basis: Float64Array[] = [];
    for (let index = 0; index < count; index += 1) {
      const row = Float64Array.from({ length }, () => rng.gaussian());
      orthonormalize(basis, row);
      basis.push(row);
    }
    const at = (r: number, c: number) => (rows <= columns ? basis[r]?.[c] : basis[c]?.[r]) as number;
    const values = Float32Array.from(
      { length: rows * columns },
      (_, i) => gain * at(Math.floor(i / columns), i % columns),
    );
    return tf.tensor(values, [...shape]);
  };
}
