import type { Tensor } from '@tensorflow/tfjs';

/**
 * An immutable nested structure. Parameters are `Tree<Tensor>`: plain tensors, never `tf.Variable`.
 *
 * A leaf is anything that is not a plain object or an array: a number, a typed array, a tensor, a
 * {@link HostTensor} (an object with `dtype` and `shape`).
 */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** Element types that cross the boundary between host and device. */
export type DataType = 'float32' | 'int32' | 'bool';

/** A tensor whose values live in host memory: what samplers fill, checkpoints store and engines take. */
export interface HostTensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Row-major values; `Float32Array` for float32, `Int32Array` for int32, `Uint8Array` for bool. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** The same structure with every tensor held on the host. */
export type Hosted<T> = T extends Tensor
  ? HostTensor
  : T extends readonly (infer Item)[]
    ? readonly Hosted<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Hosted<T[Key]> }
      : T;
