import type { Tree } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LeafType, recordFunction, type TensorFunction } from '../record/record-function.js';
import { randomProgram } from './__fixtures__/random-program.js';
import { expectSameValues } from './__fixtures__/simplified-by.js';
import { defaultPasses } from './default-passes.js';
import { simplify } from './simplify.js';

type Named = Readonly<Record<string, tf.Tensor>>;

const floats = (...shape: number[]): LeafType => ({ dtype: 'float32', shape });
const integers = (...shape: number[]): LeafType => ({ dtype: 'int32', shape });

const [T, B, H] = [3, 4, 5];

/** Two layers per task, [T, B, 1] -> [T, B, 1]. */
function network(p: readonly tf.Tensor[], x: tf.Tensor): tf.Tensor {
  const [w1, b1, w2, b2] = p as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const h = tf.relu(tf.matMul(x, w1).add(b1.reshape([T, 1, H])));
  return tf.matMul(h, w2).add(b2.reshape([T, 1, 1]));
}

const taskLosses = (p: readonly tf.Tensor[], x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.mean(tf.square(tf.sub(network(p, x), y)), [1, 2]);

/** One outer update of MAML on a packed vector, second order, with momentum. */
function metaStep(steps: number) {
  const shapes = [[1, H], [H], [H, 1], [1]];
  return ({ theta, momentum, x, y, xq, yq }: Named) => {
    let offset = 0;
    const leaves = shapes.map((shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      offset += size;
      return tf.slice(theta as tf.Tensor, [offset - size], [size]).reshape(shape);
    });
    const outer = (...start: tf.Tensor[]) => {
      let phi = start.map((leaf) => tf.add(leaf.expandDims(0), tf.zeros([T, ...leaf.shape.map(() => 1)])));
      for (let step = 0; step < steps; step++) {
        const inner = (...at: tf.Tensor[]) =>
          tf.sum(taskLosses(at, x as tf.Tensor, y as tf.Tensor)).asScalar();
        const gradients = tf.grads(inner)(phi);
        phi = phi.map((leaf, index) => tf.sub(leaf, tf.mul(0.1, gradients[index] as tf.Tensor)));
      }
      return tf.mean(taskLosses(phi, xq as tf.Tensor, yq as tf.Tensor)).asScalar();
    };
    const { value, grads } = tf.valueAndGrads(outer)(leaves);
    const vector = tf.concat(grads.map((leaf) => leaf.reshape([leaf.size])));
    const change = tf.add(tf.mul(0.9, momentum as tf.Tensor), vector);
    return { value, theta: tf.sub(theta as tf.Tensor, tf.mul(0.01, change)), momentum: change };
  };
}

const metaInputs = {
  theta: floats(16),
  momentum: floats(16),
  x: floats(T, B, 1),
  y: floats(T, B, 1),
  xq: floats(T, B, 1),
  yq: floats(T, B, 1),
};

/** Convolution, pooling, softmax: a classifier's loss and its gradients. */
function classifier({ images, filter, head, labels }: Named) {
  const loss = (kernel: tf.Tensor, weight: tf.Tensor) => {
    const maps = tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same');
    const centred = tf.sub(maps, tf.mean(maps, [0, 1, 2], true));
    const normal = tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), [0, 1, 2], true), 0.1)));
    const pooled = tf.maxPool(tf.relu(normal) as tf.Tensor4D, 2, 2, 'valid');
    const logits = tf.matMul(pooled.reshape([2, 12]), weight as tf.Tensor2D);
    const targets = tf.oneHot(labels as tf.Tensor1D, 5).cast('float32');
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))).asScalar();
  };
  const { value, grads } = tf.valueAndGrads(loss)([filter as tf.Tensor, head as tf.Tensor]);
  return { value, grads };
}

/** Attention over a set, with a mask. */
function attention({ q, k, v, mask }: Named) {
  const scores = tf.matMul(q as tf.Tensor, k as tf.Tensor, false, true).mul(1 / Math.sqrt(4));
  const masked = tf.where(
    tf.greater(mask as tf.Tensor, 0).broadcastTo(scores.shape),
    scores,
    tf.fill(scores.shape, -1e4),
  );
  const weights = tf.softmax(masked);
  return {
    out: tf.matMul(weights, v as tf.Tensor),
    entropy: tf.neg(tf.sum(tf.mul(weights, tf.log(tf.add(weights, 1e-6))))),
  };
}

/** Conjugate gradients, unrolled: many scalars that meet vectors. */
function conjugateGradients({ a, b }: Named) {
  const matrix = tf.add(tf.matMul(a as tf.Tensor, a as tf.Tensor, true), tf.eye(4));
  let [x, r] = [tf.zerosLike(b as tf.Tensor), b as tf.Tensor];
  let p = r;
  for (let step = 0; step < 3; step++) {
    const ap = tf.matMul(matrix, p);
    const rr = tf.sum(tf.square(r));
    const alpha = tf.div(rr, tf.sum(tf.mul(p, ap)));
    x = tf.add(x, tf.mul(alpha, p));
    r = tf.sub(r, tf.mul(alpha, ap));
    p = tf.add(r, tf.mul(tf.div(tf.sum(tf.square(r)), rr), p));
  }
  return { x };
}

const FUNCTIONS: Readonly<Record<string, readonly [TensorFunction, Tree<LeafType>]>> = {
  'one second-order meta-gradient step': [metaStep(1) as TensorFunction, metaInputs],
  'three second-order meta-gradient steps': [metaStep(3) as TensorFunction, metaInputs],
  'a classifier and its gradients': [
    classifier as TensorFunction,
    { images: floats(2, 4, 4, 1), filter: floats(3, 3, 1, 3), head: floats(12, 5), labels: integers(2) },
  ],
  attention: [
    attention as TensorFunction,
    { q: floats(2, 3, 4), k: floats(2, 5, 4), v: floats(2, 5, 3), mask: floats(2, 1, 5) },
  ],
  'conjugate gradients': [conjugateGradients as TensorFunction, { a: floats(4, 4), b: floats(4, 1) }],
  'drawn numbers': [
    (({ x }: Named, rng: Parameters<TensorFunction>[1]) => {
      const [first, second] = [rng.split('a').normal([4]), rng.split('b').normal([4])];
      return { y: tf.add(x as tf.Tensor, tf.sub(first, second)) };
    }) as TensorFunction,
    { x: floats(2, 4) },
  ],
};

describe('simplified functions', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(Object.entries(FUNCTIONS))('%s: the same values as unsimplified', async (_name, [fn, input]) => {
    const { graph } = recordFunction(fn, input);
    const simplified = simplify(graph, defaultPasses);
    expect(simplified.graph.inputs).toEqual(graph.inputs);
    expect(simplified.graph.outputs.map(({ name }) => name)).toEqual(graph.outputs.map(({ name }) => name));
    await expectSameValues(graph, simplified.graph, 1e-4);
    expect(simplified.report.at(-1)?.round ?? 0).toBeLessThan(20);
  });

  it('each pass alone keeps the values of a meta-gradient step', async () => {
    const { graph } = recordFunction(metaStep(2) as TensorFunction, metaInputs);
    const early = simplify(
      graph,
      defaultPasses.filter(({ late }) => late !== true),
    ).graph;
    for (const pass of defaultPasses)
      await expectSameValues(graph, pass.run(pass.late ? early : graph), 1e-4);
  });

  it.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'random program %i and its derivatives',
    async (seed) => {
      const { fn, input } = randomProgram(seed);
      const { graph } = recordFunction(fn, input);
      const simplified = simplify(graph, defaultPasses);
      await expectSameValues(graph, simplified.graph, 2e-4);
      expect(simplified.report.at(-1)?.round).toBeLessThan(20);
    },
  );
});
