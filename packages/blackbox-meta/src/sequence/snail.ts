import { type Rng, requireInteger, requireIntegers, type Tree } from '@tasklearn/core';
import { type DenseParameters, dense } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CoreSizes, Memory, SequenceCore } from '../engine/sequence-core.js';
import { denseParameters } from './dense-parameters.js';

/** What a {@link snailCore} is made of. */
export interface SnailOptions {
  /** D, filters of a dense block. */
  readonly filters: number;
  /** Key and value sizes of the attention blocks, in turn: k1, v1, k2, v2, ... Between two of them stands a TC block. */
  readonly attention: readonly number[];
  /** Dilations 2, 4, 8, ... as the paper has them instead of 1, 2, 4, ...: the convolutions skip odd distances then. */
  readonly paperDilations: boolean;
}

/** One block: of a whole sequence, and of one more step after it from what it left behind. */
interface Block {
  readonly outputSize: number;
  init(rng: Rng): Tree<Tensor>;
  /** [T, S, C] → [T, S, C'], and what a later step needs. */
  run(
    parameters: Tree<Tensor>,
    u: Tensor,
    mask: Tensor | undefined,
  ): { readonly output: Tensor; readonly memory: Memory };
  /** Step S + 1 of Q sequences that share their first S: [T, Q, C] → [T, Q, C']. */
  next(parameters: Tree<Tensor>, memory: Memory, x: Tensor): Tensor;
}

/** x_{t − R}, zeros before the beginning. */
function delayed(u: Tensor, dilation: number): Tensor {
  const [tasks, length, size] = u.shape as [number, number, number];
  if (dilation >= length) return tf.zerosLike(u);
  return tf.concat(
    [tf.zeros([tasks, dilation, size]), tf.slice(u, [0, 0, 0], [tasks, length - dilation, size])],
    1,
  );
}

type Gated = { readonly filter: Required<DenseParameters>; readonly gate: Required<DenseParameters> };

/** concat(u, tanh(f * u) ∘ σ(g * u)), causal convolutions of size 2 and dilation R. */
function denseBlock(inputs: number, filters: number, dilation: number): Block {
  const activate = (parameters: Tree<Tensor>, now: Tensor, before: Tensor) => {
    const { filter, gate } = parameters as unknown as Gated;
    const both = tf.concat([before, now], 2);
    return tf.concat([now, tf.tanh(dense(both, filter)).mul(tf.sigmoid(dense(both, gate)))], 2);
  };
  return {
    outputSize: inputs + filters,
    init: (rng) => ({
      filter: denseParameters(2 * inputs, filters, rng.split('filter')),
      gate: denseParameters(2 * inputs, filters, rng.split('gate')),
    }),
    run(parameters, u) {
      const [tasks, length, size] = u.shape as [number, number, number];
      const past =
        dilation > length
          ? tf.zeros([tasks, 1, size])
          : tf.slice(u, [0, length - dilation, 0], [tasks, 1, size]);
      return { output: activate(parameters, u, delayed(u, dilation)), memory: { past } };
    },
    next(parameters, { past }, x) {
      const before = tf.tile(past as Tensor, [1, x.shape[1] as number, 1]);
      return activate(parameters, x, before);
    },
  };
}

type Attention = {
  readonly query: Required<DenseParameters>;
  readonly key: Required<DenseParameters>;
  readonly value: Required<DenseParameters>;
};

const HIDDEN = -1e9;

/** concat(u, softmax(Q Kᵀ / √k) V), each step over itself and those before it. */
function attentionBlock(inputs: number, keySize: number, valueSize: number): Block {
  const scale = 1 / Math.sqrt(keySize);
  return {
    outputSize: inputs + valueSize,
    init: (rng) => ({
      query: denseParameters(inputs, keySize, rng.split('query')),
      key: denseParameters(inputs, keySize, rng.split('key')),
      value: denseParameters(inputs, valueSize, rng.split('value')),
    }),
    run(parameters, u, mask) {
      const own = parameters as unknown as Attention;
      const [, length] = u.shape as [number, number];
      const [queries, keys, values] = [dense(u, own.query), dense(u, own.key), dense(u, own.value)];
      const steps = tf.range(0, length, 1, 'float32');
      const future = tf.cast(steps.expandDims(0).greater(steps.expandDims(1)), 'float32').mul(HIDDEN); // [S, S]
      const hidden = mask === undefined ? future : future.add(tf.sub(1, mask).mul(HIDDEN).expandDims(1));
      const weights = tf.softmax(tf.matMul(queries, keys, false, true).mul(scale).add(hidden));
      const left = mask === undefined ? {} : { mask };
      return {
        output: tf.concat([u, tf.matMul(weights, values)], 2),
        memory: { keys, values, ...left },
      };
    },
    next(parameters, memory, x) {
      const own = parameters as unknown as Attention;
      const { keys, values, mask } = memory as { keys: Tensor; values: Tensor; mask?: Tensor };
      const [query, key, value] = [dense(x, own.query), dense(x, own.key), dense(x, own.value)]; // [T, Q, ·]
      const seen = tf.matMul(query, keys, false, true).mul(scale); // [T, Q, S]
      const shown = mask === undefined ? seen : seen.add(tf.sub(1, mask).mul(HIDDEN).expandDims(1));
      const itself = tf.sum(query.mul(key), 2, true).mul(scale); // [T, Q, 1]
      const weights = tf.softmax(tf.concat([shown, itself], 2)); // [T, Q, S + 1]
      const [tasks, queries, length] = shown.shape as [number, number, number];
      const past = tf.matMul(tf.slice(weights, [0, 0, 0], [tasks, queries, length]), values);
      const present = tf.slice(weights, [0, 0, length], [tasks, queries, 1]).mul(value);
      return tf.concat([x, past.add(present)], 2);
    },
  };
}

/** Items that count at the end, in their order, zeros before them: what masks leave out is as if it had never come. */
function packed(items: Tensor, mask: Tensor): { readonly items: Tensor; readonly mask: Tensor } {
  const [, length] = mask.shape as [number, number];
  const steps = tf.range(0, length, 1, 'float32');
  const notBefore = tf.cast(steps.expandDims(1).greaterEqual(steps.expandDims(0)), 'float32'); // [k, i]: k ≥ i
  const places = tf.sub(length, tf.matMul(mask, notBefore)); // [T, S]
  const moves = tf.cast(steps.expandDims(1).equal(places.expandDims(1)), 'float32').mul(mask.expandDims(1)); // [T, to, from]
  return {
    items: tf.matMul(moves, items),
    mask: tf.sum(moves, 2),
  };
}

/** The blocks: attention, TC, attention, ... Dilations 1, 2, 4, ... of a TC block reach over the whole sequence. */
function blocksOf(
  { filters, attention, paperDilations }: SnailOptions,
  { itemSize, supportSize }: CoreSizes,
): readonly Block[] {
  const depth = Math.max(1, Math.ceil(Math.log2(supportSize + 1)));
  const first = paperDilations ? 2 : 1;
  const blocks: Block[] = [];
  let size = itemSize;
  const add = (block: Block) => {
    blocks.push(block);
    size = block.outputSize;
  };
  for (let index = 0; index < attention.length; index += 2) {
    if (index > 0)
      for (let level = 0; level < depth; level += 1) add(denseBlock(size, filters, first * 2 ** level));
    add(attentionBlock(size, attention[index] as number, attention[index + 1] as number));
  }
  return blocks;
}

const blockName = (index: number) => `block ${String(index + 1).padStart(2, '0')}`;

/**
 * SNAIL: causal temporal convolutions that gather, and causal attention that picks out. Reads the support in order; each
 * query is one more step after it.
 *
 * @throws `INVALID_OPTION` for sizes that are no integers ≥ 1.
 * @see Mishra, Rohaninejad, Chen, Abbeel. A Simple Neural Attentive Meta-Learner. ICLR 2018, section 3. arXiv:1707.03141.
 */
export function snailCore(owner: string, options: SnailOptions): SequenceCore {
  requireInteger(owner, options, 'filters', 1);
  requireIntegers(owner, options, 'attention', 1);
  const of = (parameters: Tree<Tensor>, index: number) =>
    (parameters as { [name: string]: Tree<Tensor> })[blockName(index)] as Tree<Tensor>;
  /** The blocks that parameters were made for: their number tells the length of the support. */
  const blocksFor = (parameters: Tree<Tensor>, itemSize: number) => {
    const count = Object.keys(parameters).length;
    const attentions = options.attention.length / 2;
    const depth = attentions < 2 ? 1 : (count - attentions) / (attentions - 1);
    return blocksOf(options, { itemSize, supportSize: 2 ** depth - 1 });
  };
  return {
    name: owner,
    outputSize: (sizes) => blocksOf(options, sizes).at(-1)?.outputSize ?? sizes.itemSize,
    init: (sizes, rng) =>
      Object.fromEntries(
        blocksOf(options, sizes).map((block, index) => [blockName(index), block.init(rng.split(index))]),
      ),
    observe(parameters, given, givenMask) {
      const memory: Record<string, Memory> = {};
      const { items, mask } =
        givenMask === undefined ? { items: given, mask: undefined } : packed(given, givenMask);
      let u = items;
      for (const [index, block] of blocksFor(parameters, items.shape[2] as number).entries()) {
        const ran = block.run(of(parameters, index), u, mask);
        memory[blockName(index)] = ran.memory;
        u = mask === undefined ? ran.output : ran.output.mul(mask.expandDims(2));
      }
      return memory;
    },
    answer(parameters, memory, queries) {
      let x = queries;
      for (const [index, block] of blocksFor(parameters, queries.shape[2] as number).entries())
        x = block.next(of(parameters, index), memory[blockName(index)] as Memory, x);
      return x;
    },
  };
}
