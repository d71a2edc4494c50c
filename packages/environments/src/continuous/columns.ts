import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Numbers `first` .. `first + count - 1` of the last axis: [..., D] → [..., count]. */
export function columns(tensor: Tensor, first: number, count: number): Tensor {
  const leading = tensor.shape.slice(0, -1);
  return tf.slice(tensor, [...leading.map(() => 0), first], [...leading, count]);
}

/** Number `index` of the last axis: [..., D] → [...]. */
export function column(tensor: Tensor, index: number): Tensor {
  return tf.reshape(columns(tensor, index, 1), tensor.shape.slice(0, -1));
}

/** Euclidean length over the last axis: [..., D] → [...]. */
export function lengthOf(tensor: Tensor): Tensor {
  return tf.sqrt(tf.sum(tf.square(tensor), -1));
}

/** 1 where the condition holds, else 0, as float32. */
export function indicator(condition: Tensor): Tensor {
  return tf.cast(condition, 'float32');
}
