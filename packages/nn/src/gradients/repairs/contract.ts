import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A tensor whose axes have letters. */
export interface Lettered {
  readonly tensor: Tensor;
  readonly letters: string;
}

/** Sums over letters that are not in `wanted`, then orders the rest as `wanted` has them. */
function arrange({ tensor, letters }: Lettered, wanted: string): Tensor {
  const dropped = [...letters].flatMap((letter, axis) => (wanted.includes(letter) ? [] : [axis]));
  const kept = [...letters].filter((letter) => wanted.includes(letter));
  const summed = dropped.length > 0 ? tf.sum(tensor, dropped) : tensor;
  return tf.transpose(
    summed,
    [...wanted].filter((letter) => kept.includes(letter)).map((letter) => kept.indexOf(letter)),
  );
}

function only(letters: string, keep: (letter: string) => boolean): string {
  return [...letters].filter(keep).join('');
}

/**
 * Σ a · b over every letter that is not in `result`: Einstein's convention, as one batched matrix product.
 *
 * @param a - operand; no letter twice.
 * @param b - operand; no letter twice.
 * @param result - letters of the result, each in a or b.
 */
export function contract(a: Lettered, b: Lettered, result: string): Tensor {
  const sizes = new Map<string, number>();
  for (const { tensor, letters } of [a, b]) {
    for (const [axis, letter] of [...letters].entries()) sizes.set(letter, tensor.shape[axis] as number);
  }
  const sizeOf = (letters: string) =>
    [...letters].reduce((product, letter) => product * (sizes.get(letter) as number), 1);
  const inA = (letter: string) => a.letters.includes(letter);
  const inB = (letter: string) => b.letters.includes(letter);
  const batch = only(result, (letter) => inA(letter) && inB(letter));
  const rows = only(result, (letter) => inA(letter) && !inB(letter));
  const columns = only(result, (letter) => !inA(letter) && inB(letter));
  const inner = only(a.letters, (letter) => inB(letter) && !result.includes(letter));
  const left = arrange(a, batch + rows + inner).reshape([sizeOf(batch), sizeOf(rows), sizeOf(inner)]);
  const right = arrange(b, batch + inner + columns).reshape([sizeOf(batch), sizeOf(inner), sizeOf(columns)]);
  const order = batch + rows + columns;
  const product = tf.matMul(left, right).reshape([...order].map((letter) => sizes.get(letter) as number));
  return arrange({ tensor: product, letters: order }, result);
}

/** Sums over every letter that is not in `result`. */
export function contractOne(a: Lettered, result: string): Tensor {
  return arrange(a, result);
}
