import { requireInRange, requireInteger } from '@tasklearn/core';
import {
  type CellParameters,
  type DenseParameters,
  dense,
  lstmCell,
  oneHot,
  softplus,
  stopGradient,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { StepCore } from '../engine/sequence-core.js';
import { denseParameters } from './dense-parameters.js';

/** What a {@link memoryAugmentedCore} is made of. */
export interface MemoryAugmentedOptions {
  /** Units of the LSTM that controls it. */
  readonly controller: number;
  /** Rows of the memory. */
  readonly slots: number;
  /** Numbers in a row. */
  readonly width: number;
  /** R, read heads, each with a write head. */
  readonly heads: number;
  /** γ in [0, 1): how long use is remembered. */
  readonly decay: number;
  /**
   * Whether the controller also gives a strength β ≥ 1 of each key, softmax(β cos): without it, as in the paper, a perfect
   * match among n empty rows gets but e / (e + n) of a read.
   */
  readonly keyStrength: boolean;
  /**
   * Whether the memory is read after the write of the same step, as equations 2 to 4 of the paper have it, or before. After it, a
   * read points at the row just written, and the next step can add to that row the label that comes one step late.
   */
  readonly readAfterWrite: boolean;
}

type Parameters = {
  readonly controller: CellParameters;
  readonly keys: Required<DenseParameters>;
  readonly gates: Required<DenseParameters>;
  readonly strengths?: Required<DenseParameters>;
};

type State = {
  readonly controller: Tensor;
  /** [T, R', slots, width]. */
  readonly memory: Tensor;
  /** w^u, [T, R', slots]. */
  readonly usage: Tensor;
  /** w^r, [T, R', heads, slots]. */
  readonly reads: Tensor;
  /** What was read, [T, R', heads · width]. */
  readonly read: Tensor;
};

/** cos(k, M_i) of keys [..., H, W] with rows [..., N, W], [..., H, N]. */
export function cosineSimilarity(keys: Tensor, rows: Tensor): Tensor {
  const length = (x: Tensor) => tf.sqrt(tf.sum(tf.square(x), -1, true).add(1e-8));
  return tf.matMul(keys.div(length(keys)), rows.div(length(rows)), false, true);
}

/**
 * 1 for the `count` slots of least use, and 1 in a second mask for the very least: [..., N]. Of equal slots, such as all of
 * an empty memory, the lower index counts as less used. No gradient passes.
 */
export function leastUsed(usage: Tensor, count: number): { readonly least: Tensor; readonly first: Tensor } {
  const slots = usage.shape.at(-1) as number;
  const own = stopGradient(usage);
  const lowest = (of: Tensor) => oneHot(tf.argMin(of, -1), slots); // [..., N]
  const first = lowest(own);
  let least = first;
  // One minimum after another: a comparison of all pairs of slots took more time than all the rest of a step.
  for (let found = 1; found < count; found += 1) least = least.add(lowest(own.add(least.mul(TAKEN))));
  return { least, first };
}

const TAKEN = 1e9;

/** β = 1 + softplus(·), [T, R', H] → [T, R', H, 1]. */
function strength(raw: Tensor): Tensor {
  return softplus(raw).add(1).expandDims(3);
}

/**
 * A memory-augmented network: an LSTM that reads rows of a memory by the similarity of keys, and writes each key either
 * where it last read or where the memory is least used.
 *
 * w^w = σ(α) w^r_{t−1} + (1 − σ(α)) w^lu_{t−1}; M ← M with its least used row emptied, + w^w kᵀ;
 * w^r = softmax cos(k, M); w^u = γ w^u + Σ w^r + Σ w^w. What is read is of the memory before the write, so that a key cannot
 * find itself, or with `readAfterWrite` of the memory after it.
 *
 * @throws `INVALID_OPTION` for a size out of range, or more heads than slots.
 * @see Santoro, Bartunov, Botvinick, Wierstra, Lillicrap. One-shot Learning with Memory-Augmented Neural Networks. 2016,
 * eq. 2-8. arXiv:1605.06065.
 */
export function memoryAugmentedCore(owner: string, options: MemoryAugmentedOptions): StepCore {
  const { controller, slots, width, heads, decay, keyStrength, readAfterWrite } = options;
  for (const key of ['controller', 'slots', 'width', 'heads'] as const)
    requireInteger(owner, options, key, 1);
  requireInRange(owner, options, 'heads', 1, slots);
  requireInRange(owner, options, 'decay', 0, 1);
  const cellFor = (itemSize: number) => lstmCell({ inputSize: itemSize + heads * width, size: controller });
  return {
    name: owner,
    outputSize: () => controller + heads * width,
    init: ({ itemSize }, rng) => ({
      controller: cellFor(itemSize).init(rng.split('controller')),
      keys: denseParameters(controller, heads * width, rng.split('keys')),
      gates: denseParameters(controller, heads, rng.split('gates')),
      ...(keyStrength && { strengths: denseParameters(controller, heads, rng.split('strengths')) }),
    }),
    start: (_parameters, tasks) => ({
      controller: tf.zeros([tasks, 1, 2 * controller]),
      memory: tf.fill([tasks, 1, slots, width], 1e-6),
      usage: tf.zeros([tasks, 1, slots]),
      reads: tf.fill([tasks, 1, heads, slots], 1 / slots),
      read: tf.zeros([tasks, 1, heads * width]),
    }),
    step(parameters, state, item) {
      const {
        controller: cellParameters,
        keys: toKeys,
        gates: toGates,
        strengths: toStrengths,
      } = parameters as unknown as Parameters;
      const { controller: before, memory, usage, reads, read: lastRead } = state as unknown as State;
      const [tasks, rows, itemSize] = item.shape as [number, number, number];
      const cell = cellFor(itemSize);
      const input = tf.concat([item, lastRead], 2);
      const after = cell.advance(cellParameters, cell.project(cellParameters, input), before);
      const h = tf.slice(after, [0, 0, 0], [tasks, rows, controller]);
      const keys = tf.tanh(dense(h, toKeys)).reshape([tasks, rows, heads, width]);
      const gates = tf.sigmoid(dense(h, toGates)).expandDims(3); // [T, R', H, 1]
      const { least, first } = leastUsed(usage, heads); // [T, R', N]
      const writes = gates.mul(reads).add(tf.sub(1, gates).mul(least.expandDims(2))); // [T, R', H, N]
      const emptied = memory.mul(tf.sub(1, first).expandDims(3));
      const written = emptied.add(tf.matMul(writes, keys, true, false)); // [T, R', N, W]
      const source = readAfterWrite ? written : memory;
      const alike = cosineSimilarity(keys, source); // [T, R', H, N]
      const newReads = tf.softmax(
        toStrengths === undefined ? alike : alike.mul(strength(dense(h, toStrengths))),
      );
      const read = tf.matMul(newReads, source).reshape([tasks, rows, heads * width]);
      const used = usage.mul(decay).add(tf.sum(newReads, 2)).add(tf.sum(writes, 2));
      return {
        output: tf.concat([h, read], 2),
        state: { controller: after, memory: written, usage: used, reads: newReads, read },
      };
    },
  };
}
