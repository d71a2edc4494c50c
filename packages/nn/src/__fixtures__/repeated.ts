import * as tf from '@tensorflow/tfjs';

/** A row of numbers repeated for B items of one task: [1, B, ...shape]. */
export function repeated(
  values: readonly number[],
  items: number,
  shape: readonly number[] = [values.length],
): tf.Tensor {
  return tf.tile(tf.tensor(values as number[], [1, 1, ...shape]), [1, items, ...shape.map(() => 1)]);
}
