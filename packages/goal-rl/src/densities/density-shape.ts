import { type HostTensor, TasklearnError } from '@tasklearn/core';

/** Number of points in an array of points of `size` numbers. @throws `SHAPE_MISMATCH` where it is not whole, or 0. */
export function pointsIn(called: string, points: ArrayLike<number>, size: number): number {
  const count = points.length / size;
  if (Number.isInteger(count) && count > 0) return count;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${called}: expected points of ${size} numbers each, got ${points.length} numbers.`,
    { expected: size, received: points.length },
  );
}

/** Weight of each point, 1 where none are given. @throws `SHAPE_MISMATCH` unless there is one for each. */
export function weightsOf(called: string, count: number, weights?: ArrayLike<number>): ArrayLike<number> {
  if (weights === undefined) return new Float64Array(count).fill(1);
  if (weights.length === count) return weights;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${called}: ${count} points need ${count} weights, got ${weights.length}.`,
    { expected: count, received: weights.length },
  );
}

/** Numbers of double precision as a host tensor: two float32 each, the second what the first leaves over. */
export function toSaved(values: ArrayLike<number>): HostTensor {
  const data = new Float32Array(2 * values.length);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    data[2 * index] = value;
    data[2 * index + 1] = value - (data[2 * index] as number);
  }
  return { dtype: 'float32', shape: [data.length], data };
}

/** The reverse of {@link toSaved}. */
export function fromSaved({ data }: HostTensor): Float64Array {
  return Float64Array.from(
    { length: data.length / 2 },
    (_, index) => (data[2 * index] as number) + (data[2 * index + 1] as number),
  );
}
