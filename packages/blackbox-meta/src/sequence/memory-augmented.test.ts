import { createRng, type Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Memory } from '../engine/sequence-core.js';
import { cosineSimilarity, leastUsed, memoryAugmentedCore } from './memory-augmented.js';

beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const values = (tensor: unknown) => [...(tensor as Tensor).dataSync()];

describe('cosineSimilarity', () => {
  it('is the cosine, and 0 for a row of zeros', () => {
    const found = values(
      cosineSimilarity(
        tf.tensor2d([[3, 4]]),
        tf.tensor2d([
          [4, 3],
          [-6, -8],
          [0, 0],
        ]),
      ),
    );
    expect(found[0]).toBeCloseTo(24 / 25, 6);
    expect(found[1]).toBeCloseTo(-1, 6);
    expect(found[2]).toBe(0);
  });
});

describe('leastUsed', () => {
  it('finds the slots that sorting finds, ties to the lower index', () => {
    const rng = createRng(0);
    for (let trial = 0; trial < 30; trial++) {
      const usage = Array.from({ length: 9 }, () => rng.integer(4) / 4 + 2); // Many ties.
      const order = usage
        .map((_, slot) => slot)
        .sort((a, b) => (usage[a] as number) - (usage[b] as number) || a - b);
      const { least, first } = leastUsed(tf.tensor1d(usage), 3);
      expect(values(least)).toEqual(usage.map((_, slot) => (order.indexOf(slot) < 3 ? 1 : 0)));
      expect(values(first)).toEqual(usage.map((_, slot) => (order[0] === slot ? 1 : 0)));
    }
  });

  it('passes no gradient', () => {
    const gradient = tf.grad((usage) => leastUsed(usage, 2).least.mul(usage).sum())(tf.tensor1d([3, 1, 2]));
    expect(values(gradient)).toEqual([0, 1, 1]); // Of the factor alone.
  });
});

/** A core whose keys and gates are what is asked for, whatever the controller says. */
function handSet(heads: number, slots: number, key: readonly number[], gate: number, readAfterWrite = false) {
  const core = memoryAugmentedCore('mann', {
    controller: 2,
    slots,
    width: 2,
    heads,
    decay: 0.9,
    keyStrength: false,
    readAfterWrite,
  });
  const parameters = core.init({ itemSize: 3, supportSize: 4 }, createRng(1)) as Record<string, Tree<Tensor>>;
  const keys = { weight: tf.zeros([2, 2 * heads]), bias: tf.tensor1d(key.map((value) => Math.atanh(value))) };
  const gates = { weight: tf.zeros([2, heads]), bias: tf.fill([heads], gate) };
  const step = (state: Memory) =>
    core.step({ ...parameters, keys, gates } as Tree<Tensor>, state, tf.zeros([1, 1, 3]));
  return { core, parameters, step };
}

const unused = { controller: [1, 1, 4], read: [1, 1, 2] } as const;
const stateOf = (memory: number[][], usage: number[], reads: number[]): Memory => ({
  controller: tf.zeros(unused.controller),
  read: tf.zeros(unused.read),
  memory: tf.tensor(memory.flat(), [1, 1, memory.length, 2]),
  usage: tf.tensor(usage, [1, 1, usage.length]),
  reads: tf.tensor(reads, [1, 1, 1, reads.length]),
});

describe('memoryAugmentedCore', () => {
  const [e, half] = [Math.E, 0.5];

  it('reads what is stored by a key orthogonal to the rest, from the memory before the write', () => {
    const { step } = handSet(1, 3, [half, 0], -30);
    const { output, state } = step(
      stateOf(
        [
          [2, 0],
          [0, 3],
          [0, 0],
        ],
        [1, 1, 0],
        [0, 1, 0],
      ),
    );
    // cos = 1, 0, 0: w^r = (e, 1, 1) / (e + 2), r = (2e, 3) / (e + 2).
    const expected = [e, 1, 1].map((value) => value / (e + 2));
    for (const [slot, weight] of values(state.reads).entries())
      expect(weight).toBeCloseTo(expected[slot] as number, 6);
    const read = values(output).slice(2); // After the controller's two units.
    expect(read[0]).toBeCloseTo((2 * e) / (e + 2), 6);
    expect(read[1]).toBeCloseTo(3 / (e + 2), 6);
  });

  it('can read after the write: then a new key finds itself, and the next step writes beside it', () => {
    const { step } = handSet(1, 3, [half, 0], -30, true);
    const before = stateOf(
      [
        [0, 2],
        [0, 3],
        [0, 0],
      ],
      [1, 1, 0],
      [0, 1, 0],
    );
    const { output, state } = step(before);
    // The gate is closed: the key goes into the least used row, the third, and is read from there: cos = 0, 0, 1.
    expect(values(state.memory).slice(4)).toEqual([half, 0]);
    const expected = [1, 1, e].map((value) => value / (e + 2));
    for (const [slot, weight] of values(state.reads).entries())
      expect(weight).toBeCloseTo(expected[slot] as number, 6);
    const read = values(output).slice(2);
    expect(read[0]).toBeCloseTo((half * e) / (e + 2), 6);
    expect(read[1]).toBeCloseTo(5 / (e + 2), 6);
    // With an open gate the next step adds to rows as they were read, most of all to the new one.
    const next = handSet(1, 3, [half, 0], 30, true).step(state);
    const row = values(next.state.memory).slice(4);
    expect(row[0]).toBeCloseTo(half + (half * e) / (e + 2), 5);
  });

  it('reads more sharply with a strength of its own: softmax(β cos), β = 1 + log(1 + e^2)', () => {
    const shape = {
      controller: 2,
      slots: 3,
      width: 2,
      heads: 1,
      decay: 0.9,
      keyStrength: true,
      readAfterWrite: false,
    };
    const core = memoryAugmentedCore('mann', shape);
    const own = core.init({ itemSize: 3, supportSize: 4 }, createRng(1)) as Record<string, Tree<Tensor>>;
    const strengths = { weight: tf.zeros([2, 1]), bias: tf.tensor1d([2]) };
    const keys = { weight: tf.zeros([2, 2]), bias: tf.tensor1d([Math.atanh(half), 0]) };
    const state = stateOf(
      [
        [2, 0],
        [0, 3],
        [0, 0],
      ],
      [1, 1, 0],
      [0, 1, 0],
    );
    const next = core.step({ ...own, keys, strengths } as Tree<Tensor>, state, tf.zeros([1, 1, 3]));
    const match = Math.exp(1 + Math.log(1 + Math.exp(2)));
    expect(values(next.state.reads)[0]).toBeCloseTo(match / (match + 2), 5);
  });

  it('writes where least is used with a closed gate, and wears down usage by γ', () => {
    const { step } = handSet(1, 3, [half, 0], -30);
    const { state } = step(
      stateOf(
        [
          [2, 0],
          [0, 3],
          [1, 1],
        ],
        [1, 0.4, 0.2],
        [0, 1, 0],
      ),
    );
    // Slot 2 is emptied, then holds the key alone.
    const memory = [2, 0, 0, 3, half, 0];
    for (const [at, value] of values(state.memory).entries())
      expect(value).toBeCloseTo(memory[at] as number, 5);
    const cosines = [1, 0, Math.SQRT1_2].map(Math.exp);
    const total = cosines.reduce((sum, value) => sum + value, 0);
    const usage = [0.9 * 1, 0.9 * 0.4, 0.9 * 0.2 + 1].map(
      (used, slot) => used + (cosines[slot] as number) / total,
    );
    for (const [slot, value] of values(state.usage).entries())
      expect(value).toBeCloseTo(usage[slot] as number, 5);
  });

  it('writes where it last read with an open gate; the least used slot is emptied all the same', () => {
    const { step } = handSet(1, 3, [half, 0], 30);
    const { state } = step(
      stateOf(
        [
          [2, 0],
          [0, 3],
          [1, 1],
        ],
        [1, 0.4, 0.2],
        [0.25, 0.75, 0],
      ),
    );
    const memory = [2 + 0.25 * half, 0, 0.75 * half, 3, 0, 0];
    for (const [at, value] of values(state.memory).entries())
      expect(value).toBeCloseTo(memory[at] as number, 5);
  });

  it('mixes both by the gate: σ(0) = 1/2', () => {
    const { step } = handSet(1, 3, [half, 0], 0);
    const { state } = step(
      stateOf(
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        [1, 0.4, 0.2],
        [1, 0, 0],
      ),
    );
    const memory = [half / 2, 0, 0, 0, half / 2, 0];
    for (const [at, value] of values(state.memory).entries())
      expect(value).toBeCloseTo(memory[at] as number, 5);
  });

  it('has every head write its key to each of the R least used slots', () => {
    const { core, parameters, step } = handSet(2, 4, [half, 0, 0, half], -30);
    const { state } = step(core.start(parameters as Tree<Tensor>, 1));
    const written = values(state.memory);
    for (const [at, value] of [half, half, half, half, 0, 0, 0, 0].entries())
      expect(written[at]).toBeCloseTo(value, 5);
    const reads = values(state.reads);
    for (const head of [0, 1]) {
      const sum = reads.slice(4 * head, 4 * head + 4).reduce((total, weight) => total + weight, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
    // w^u = Σ w^r + Σ w^w: an empty memory is read evenly by both heads, and both write to slots 0 and 1.
    const usage = [0.5 + 2, 0.5 + 2, 0.5, 0.5];
    for (const [slot, value] of values(state.usage).entries())
      expect(value).toBeCloseTo(usage[slot] as number, 4);
  });

  it('refuses more heads than slots', () => {
    const options = {
      controller: 2,
      slots: 2,
      width: 2,
      heads: 3,
      decay: 0.9,
      keyStrength: false,
      readAfterWrite: false,
    };
    expect(() => memoryAugmentedCore('mann', options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
