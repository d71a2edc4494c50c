import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Weights of a dense layer, with or without the leading task axis. */
export interface DenseParameters {
  /** W, [in, out] shared by all tasks, or [T, in, out]. */
  readonly weight: Tensor;
  /** b, [out] or [T, out]; absent for a linear map. */
  readonly bias?: Tensor;
}

function assertShapes(x: Tensor, weight: Tensor): void {
  const inputs = weight.shape[weight.rank - 2];
  const perTask = weight.rank === 3;
  const fits =
    (weight.rank === 2 || perTask) &&
    x.rank >= weight.rank &&
    x.shape[x.rank - 1] === inputs &&
    (!perTask || x.shape[0] === weight.shape[0]);
  if (fits) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `dense: expected x [T, B, in] with weight [in, out] or [T, in, out], got x [${x.shape}] and weight [${weight.shape}].`,
    { expected: weight.shape, actual: x.shape },
  );
}

/** x W with every axis of x between the first (where W is per task) and the last taken as batch. */
function product(x: Tensor, weight: Tensor): Tensor {
  if (x.rank === weight.rank) return tf.matMul(x, weight);
  const outputs = weight.shape[weight.rank - 1] as number;
  const lead = weight.rank === 3 ? [x.shape[0] as number] : [];
  const rows = x.size / (x.shape[x.rank - 1] as number) / (lead[0] ?? 1);
  const flat = x.reshape([...lead, rows, x.shape[x.rank - 1] as number]);
  return tf.matMul(flat, weight).reshape([...x.shape.slice(0, -1), outputs]);
}

function addBias(y: Tensor, bias: Tensor): Tensor {
  if (bias.rank === 1) return y.add(bias);
  const [tasks, outputs] = bias.shape as [number, number];
  return y.add(bias.reshape([tasks, ...Array<number>(y.rank - 2).fill(1), outputs]));
}

/**
 * A fully connected layer: y = x W + b, with one W for all tasks or one for each.
 *
 * @param x - [T, B, in]; more batch axes are allowed, and none of T, B is needed where W is shared.
 * @param parameters - W and b; each may or may not carry the task axis.
 * @returns [T, B, out]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if x and W do not fit.
 */
export function dense(x: Tensor, parameters: DenseParameters): Tensor {
  assertShapes(x, parameters.weight);
  const y = product(x, parameters.weight);
  return parameters.bias === undefined ? y : addBias(y, parameters.bias);
}
