import { createRng, mapTree, type Tree } from '@tasklearn/core';
import { type DenseParameters, dense } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snailCore } from './snail.js';

beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const values = (tensor: unknown) => [...(tensor as Tensor).dataSync()];
const [S, I] = [7, 5];
const sizes = { itemSize: I, supportSize: S };
const items = (seed = 0) => createRng(seed).normal([2, S, I]);
const query = () => createRng(99).normal([2, 3, I]);
const distance = (a: Tensor, b: Tensor) => Math.max(...values(tf.abs(a.sub(b))));
const deep = snailCore('snail', { filters: 4, attention: [4, 3, 4, 3, 4, 3], paperDilations: false });
const flat = snailCore('snail', { filters: 4, attention: [4, 3], paperDilations: false });
type Blocks = { readonly [name: string]: { readonly [part: string]: Required<DenseParameters> } };

describe('snailCore', () => {
  it('is causal: what it makes of a step does not change with the steps after it', () => {
    const own = deep.init(sizes, createRng(1));
    const before = deep.observe(own, items(), undefined);
    const changed = tf.concat([tf.slice(items(), [0, 0, 0], [2, 4, I]), createRng(5).normal([2, 3, I])], 1);
    const after = deep.observe(own, changed, undefined);
    const blocks = Object.values(before).filter((left) => 'keys' in (left as object));
    expect(blocks.length).toBe(3);
    for (const [name, left] of Object.entries(before)) {
      const keys = (left as { keys?: Tensor }).keys;
      if (keys === undefined) continue;
      const other = (after[name] as { keys: Tensor }).keys;
      const part = (of: Tensor, from: number, count: number) => tf.slice(of, [0, from, 0], [2, count, 4]);
      expect(distance(part(keys, 0, 4), part(other, 0, 4))).toBe(0);
      expect(distance(part(keys, 4, 3), part(other, 4, 3))).toBeGreaterThan(0.01);
    }
  });

  it('makes of a query what it makes of the same item at the end of the support', () => {
    const own = deep.init({ itemSize: I, supportSize: S }, createRng(1));
    const support = tf.slice(items(), [0, 0, 0], [2, S - 1, I]);
    const last = tf.slice(items(), [0, S - 1, 0], [2, 1, I]);
    const answer = deep.answer(own, deep.observe(own, support, undefined), last); // [2, 1, D]
    const whole = deep.observe(own, items(), undefined);
    const name = Object.keys(whole).sort().at(-1) as string;
    // An answer is the input of the last attention block, and what that block read.
    const input = tf.slice(answer, [0, 0, 0], [2, 1, (answer.shape[2] as number) - 3]);
    const key = dense(
      input,
      ((own as unknown as Blocks)[name] as Blocks[string]).key as Required<DenseParameters>,
    );
    const expected = tf.slice((whole[name] as { keys: Tensor }).keys, [0, S - 1, 0], [2, 1, 4]);
    expect(distance(key, expected)).toBeLessThan(1e-5);
  });

  /** How far an answer moves, attention deaf, when the item at an index changes. */
  function reach(paperDilations: boolean, index: number): number {
    const core = snailCore('snail', { filters: 4, attention: [4, 3, 4, 3], paperDilations });
    const own = core.init(sizes, createRng(1)) as unknown as Blocks;
    const deaf = Object.fromEntries(
      Object.entries(own).map(([name, block]) => [
        name,
        block.value === undefined
          ? block
          : { ...block, value: mapTree(block.value as Tree<Tensor>, tf.zerosLike) },
      ]),
    ) as Tree<Tensor>;
    const rows = tf.unstack(items(), 1);
    rows[index] = createRng(6).normal([2, I]);
    const answer = (given: Tensor) => core.answer(deaf, core.observe(deaf, given, undefined), query());
    return distance(answer(items()), answer(tf.stack(rows, 1)));
  }

  it('reaches back to every step by its temporal convolutions alone', () => {
    for (let index = 0; index < S; index++) expect(reach(false, index)).toBeGreaterThan(1e-6);
  });

  it('skips odd distances with the dilations of the paper', () => {
    // A query is step S; distances of 1, 3, 5 and 7 are odd.
    for (const index of [6, 4, 2, 0]) expect(reach(true, index)).toBe(0);
    for (const index of [5, 3, 1]) expect(reach(true, index)).toBeGreaterThan(1e-6);
  });

  it('weighs steps by weights that sum to 1', () => {
    const own = flat.init(sizes, createRng(1)) as unknown as Blocks;
    const [name] = Object.keys(own) as [string];
    const ones = { weight: tf.zeros([I, 3]), bias: tf.ones([3]) };
    const constant = { [name]: { ...own[name], value: ones } } as unknown as Tree<Tensor>;
    const mask = tf.tensor2d([1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1], [2, S]);
    for (const given of [undefined, mask]) {
      const read = tf.slice(
        flat.answer(constant, flat.observe(constant, items(), given), query()),
        [0, 0, I],
        [2, 3, 3],
      );
      expect(distance(read, tf.ones([2, 3, 3]))).toBeLessThan(1e-6);
    }
  });

  it('does not see the order of the support by attention alone, and does with convolutions', () => {
    const reversed = tf.reverse(items(), 1);
    const change = (core: typeof deep) => {
      const own = core.init(sizes, createRng(1));
      const answer = (given: Tensor) => core.answer(own, core.observe(own, given, undefined), query());
      return distance(answer(items()), answer(reversed));
    };
    expect(change(flat)).toBeLessThan(1e-6);
    expect(change(deep)).toBeGreaterThan(1e-3);
  });

  it('has the dilations 1, 2, 4, ... that a support needs', () => {
    const blocks = (supportSize: number) =>
      Object.keys(deep.init({ itemSize: I, supportSize }, createRng(0))).length;
    // Three attention blocks and twice ⌈log2(S + 1)⌉ dense blocks.
    expect([1, 3, 4, 7, 25].map(blocks)).toEqual([5, 7, 9, 9, 13]);
  });
});
