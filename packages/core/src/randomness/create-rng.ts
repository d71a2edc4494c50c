import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { TasklearnError } from '../errors.js';
import { sizeOf } from '../tree/tree-spec.js';
import { fillNormal } from './fill-normal.js';
import { fillUniform } from './fill-uniform.js';
import { labelWords } from './label-words.js';
import { philox } from './philox.js';
import type { Rng } from './rng.js';

/** A stream's identity: 64 bits of Philox key and 64 bits of counter, which leaves 64 bits to count draws. */
type StreamKey = readonly [key0: number, key1: number, stream0: number, stream1: number];

/** Splitting runs under a key of its own, so that no child's key is ever a value its parent draws. */
const SPLIT_0 = 0x7461736b;
const SPLIT_1 = 0x6c726e21;
const ROOT: StreamKey = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]; // Digits of π: nothing up the sleeve.

/**
 * A splittable, counter-based random stream: Philox4x32-10. The same seed gives the same numbers everywhere.
 *
 * Every number is a function of (seed, labels split by, draws made from this stream), so drawing in one place
 * moves no other stream, and a run that stops can go on without saving any generator state.
 *
 * @param seed - an integer in [0, 2^53) or any string.
 * @throws `INVALID_OPTION` for any other number.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 *
 * const rng = createRng(1);
 * const before = rng.split('tasks').next();
 * rng.next();
 * rng.split('tasks').next() === before; // => true
 * ```
 *
 * @see Salmon, Moraes, Dror, Shaw. Parallel Random Numbers: As Easy as 1, 2, 3. SC 2011.
 */
export function createRng(seed: number | string): Rng {
  return new PhiloxRng(childKey(ROOT, seed));
}

function childKey(parent: StreamKey, label: string | number): StreamKey {
  const [label0, label1] = labelWords(label);
  const words = new Uint32Array(4);
  philox(parent[0] ^ SPLIT_0, parent[1] ^ SPLIT_1, label0, label1, parent[2], parent[3], words);
  return [words[0] as number, words[1] as number, words[2] as number, words[3] as number];
}

/** State is real here: how many words were drawn, and the second of a pair of normal numbers. */
class PhiloxRng implements Rng {
  readonly #key: StreamKey;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #used = 4;
  #spare: number | undefined;

  constructor(key: StreamKey) {
    this.#key = key;
  }

  split(label: string | number): Rng {
    return new PhiloxRng(childKey(this.#key, label));
  }

  next(): number {
    // 26 + 27 bits: every double in [0, 1) that is a multiple of 2^-53.
    const high = this.#word() >>> 6;
    return (high * 0x8000000 + (this.#word() >>> 5)) / 0x20000000000000;
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new TasklearnError(
        'INVALID_OPTION',
        `rng.integer: \`bound\` must be an integer in [1, 2^32], got ${bound}.`,
        { key: 'bound', received: bound },
      );
    }
    const limit = 0x100000000 - (0x100000000 % bound); // Words at or above it would favour small results.
    for (;;) {
      const word = this.#word();
      if (word < limit) return word % bound;
    }
  }

  gaussian(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    // Box-Muller; + 1 keeps the logarithm's argument in (0, 1].
    const radius = Math.sqrt(-2 * Math.log((this.#word() + 1) / 0x100000000));
    const angle = (2 * Math.PI * this.#word()) / 0x100000000;
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, index) => index);
    for (let last = n - 1; last > 0; last--) {
      const chosen = this.integer(last + 1);
      const moved = order[last] as number;
      order[last] = order[chosen] as number;
      order[chosen] = moved;
    }
    return order;
  }

  normal(shape: readonly number[]): Tensor {
    return tf.tensor(fillNormal(this, new Float32Array(sizeOf(shape))), [...shape], 'float32');
  }

  uniform(shape: readonly number[]): Tensor {
    return tf.tensor(fillUniform(this, new Float32Array(sizeOf(shape))), [...shape], 'float32');
  }

  #word(): number {
    if (this.#used === 4) {
      const key = this.#key;
      const high = Math.floor(this.#block / 0x100000000);
      philox(key[0], key[1], this.#block | 0, high, key[2], key[3], this.#words);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++] as number;
  }
}
