import type { Rng } from '@tasklearn/core';

const SCALE = 1 / 0x100000000;

/**
 * Random numbers of E copies while they step: one counter-based stream per copy, without allocation. Number n of copy c
 * is a keyed hash of n, so the streams are independent of each other, of how many copies there are and of the order in
 * which they step; key and counter are the whole state.
 *
 * A stream gives 2³² words before it repeats. For sampling inside environments only: it is cheaper and weaker than the
 * Philox generator from which its keys are drawn.
 */
export class StepRandom {
  /** Keys of the streams, two words each, [2 * E]. */
  readonly keys: Uint32Array;
  /** Words drawn so far, [E]. */
  readonly counters: Uint32Array;

  /**
   * @param rng - the key of copy c is drawn from `rng.split(c)`.
   */
  constructor(rng: Rng, copies: number) {
    this.keys = new Uint32Array(2 * copies);
    this.counters = new Uint32Array(copies);
    for (let copy = 0; copy < copies; copy += 1) {
      const stream = rng.split(copy);
      this.keys[2 * copy] = stream.integer(0x100000000);
      this.keys[2 * copy + 1] = stream.integer(0x100000000);
    }
  }

  /** The next word of a copy's stream, an integer in [0, 2³²). */
  word(copy: number): number {
    const counter = this.counters[copy] as number;
    this.counters[copy] = counter + 1;
    // Two rounds of a bijective mixer (constants of Wellons' `prospector` search), each under one word of the key.
    let x = counter ^ (this.keys[2 * copy] as number);
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    x = ((x ^ (x >>> 15)) + (this.keys[2 * copy + 1] as number)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return (x ^ (x >>> 16)) >>> 0;
  }

  /** A number in [0, 1), a multiple of 2⁻³². */
  uniform(copy: number): number {
    return this.word(copy) * SCALE;
  }

  /** An integer in [0, bound), for bounds far below 2³² (the bias is bound / 2³²). */
  integer(copy: number, bound: number): number {
    return Math.floor(this.word(copy) * SCALE * bound);
  }

  /** A standard normal number (Box-Muller, of two words). */
  gaussian(copy: number): number {
    const radius = Math.sqrt(-2 * Math.log((this.word(copy) + 1) * SCALE));
    return radius * Math.cos(2 * Math.PI * SCALE * this.word(copy));
  }
}
