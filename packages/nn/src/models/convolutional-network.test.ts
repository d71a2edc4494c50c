import { createRng, mapTree } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { batchNormalize } from '../kernels/batch-normalize.js';
import { conv2d } from '../kernels/conv2d.js';
import { fromFeatureMaps, toFeatureMaps } from '../kernels/feature-maps.js';
import { maxPool } from '../kernels/pooling.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import { type ConvolutionalNetworkOptions, convolutionalNetwork } from './convolutional-network.js';
import type { Parameters } from './model.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const small = { inputShape: [8, 8, 1], blocks: 2, filters: 4 } as const;
const normalizations = ['batch', 'batchPerStep', 'layer', 'none'] as const;

function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return a.sub(b).abs().max().dataSync()[0] as number;
}

/** Parameters with gains and biases that are not their first values. */
function varied(options: ConvolutionalNetworkOptions): Parameters {
  const parameters = convolutionalNetwork(options).init(createRng(1));
  return mapTree(parameters, (leaf) =>
    (leaf as tf.Tensor).add(tf.randomNormal((leaf as tf.Tensor).shape, 0, 0.2, 'float32', 3)),
  ) as Parameters;
}

function tiled(parameters: Parameters, tasks: number): Parameters {
  return mapTree(parameters, (leaf) => {
    const tensor = leaf as tf.Tensor;
    return tf.tile(tensor.expandDims(0), [tasks, ...Array<number>(tensor.rank).fill(1)]);
  }) as Parameters;
}

describe('convolutionalNetwork', () => {
  it.each([
    [{ inputShape: [28, 28, 1] }, 64],
    [{ inputShape: [84, 84, 3] }, 1600],
    [{ inputShape: [84, 84, 3], filters: 32 }, 800],
    [{ inputShape: [28, 28, 1], downsample: 'stride' }, 64],
    [{ inputShape: [28, 28, 1], downsample: 'stride', features: 'flatten' }, 256],
    [{ inputShape: [14, 14, 1], blocks: 3, filters: 32 }, 32],
  ] as const)('the head of %o takes %i features', (options, features) => {
    const before = tf.memory().numTensors;
    const parameters = convolutionalNetwork({ ...options, outputSize: 5 }).init(createRng(0));
    expect(parameters.head?.weight?.shape).toEqual([features, 5]);
    expect(Object.keys(parameters).at(-1)).toBe('head');
    mapTree(parameters, (leaf) => (leaf as tf.Tensor).dispose());
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is convolution, batch norm, rectifier, maximum, in the order of the paper', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const parameters = varied(small);
      const images = tf.randomNormal([2, 3, 8, 8, 1], 0, 1, 'float32', 1);
      let maps = toFeatureMaps(images);
      for (const layer of Object.values(parameters)) {
        const { kernel, gain, bias } = layer as { kernel: tf.Tensor; gain: tf.Tensor; bias: tf.Tensor };
        maps = maxPool(tf.relu(batchNormalize(conv2d(maps, kernel), { gain, bias }, 1e-3)), { size: 2 });
      }
      const expected = fromFeatureMaps(maps);
      const found = convolutionalNetwork(small).apply(parameters, images);
      expect(found.shape).toEqual([2, 3, 16]);
      expect(distance(found, expected)).toBeLessThan(1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(normalizations)(
    '%s: leaves with a task axis give the shared result, and tasks never mix',
    (normalization) => {
      tf.tidy(() => {
        const options = { ...small, normalization, outputSize: 3, steps: 2, downsample: 'stride' } as const;
        const model = convolutionalNetwork(options);
        const parameters = varied(options);
        const images = tf.randomNormal([3, 2, 8, 8, 1], 0, 1, 'float32', 1);
        const shared = model.apply(parameters, images);
        expect(shared.shape).toEqual([3, 2, 3]);
        expect(distance(model.apply(tiled(parameters, 3), images), shared)).toBeLessThan(1e-5);
        const { layer1, ...rest } = parameters as Record<string, Parameters[string]>;
        const mixed = { ...rest, ...tiled({ layer1: layer1 as Parameters[string] }, 3) };
        expect(distance(model.apply(mixed, images), shared)).toBeLessThan(1e-5);
        const alone = model.apply(parameters, images.slice([1], [1]));
        expect(distance(alone, shared.slice([1], [1]))).toBeLessThan(1e-5);
      });
    },
  );

  it('layer and none treat every image alone; batch does not', () => {
    tf.tidy(() => {
      const images = tf.randomNormal([1, 4, 8, 8, 1], 0, 1, 'float32', 1);
      const change = (normalization: (typeof normalizations)[number]) => {
        const options = { ...small, normalization };
        const [model, parameters] = [convolutionalNetwork(options), varied(options)];
        const all = model.apply(parameters, images).slice([0, 0], [1, 1]);
        return distance(model.apply(parameters, images.slice([0, 0], [1, 1])), all);
      };
      expect(change('layer')).toBeLessThan(1e-5);
      expect(change('none')).toBeLessThan(1e-5);
      expect(change('batch')).toBeGreaterThan(1e-2);
    });
  });

  it('batchPerStep uses the gain and bias of the inner step, the last one beyond', () => {
    tf.tidy(() => {
      const options = { ...small, normalization: 'batchPerStep', steps: 2 } as const;
      const model = convolutionalNetwork(options);
      const parameters = varied(options);
      const pick = (row: number) =>
        mapTree(parameters, (leaf) => {
          const tensor = leaf as tf.Tensor;
          return tensor.rank === 2 ? tensor.slice([row, 0], [1, 4]).reshape([4]) : tensor;
        }) as Parameters;
      const images = tf.randomNormal([1, 4, 8, 8, 1], 0, 1, 'float32', 1);
      for (const [innerStep, row] of [
        [0, 0],
        [1, 1],
        [5, 1],
      ] as const) {
        const expected = convolutionalNetwork(small).apply(pick(row), images);
        expect(distance(model.apply(parameters, images, { innerStep }), expected)).toBeLessThan(1e-6);
      }
      const [first, second] = [0, 1].map((row) => convolutionalNetwork(small).apply(pick(row), images));
      expect(distance(first as tf.Tensor, second as tf.Tensor)).toBeGreaterThan(1e-3);
    });
  });

  it('has a derivative in every leaf, and learns two classes', () => {
    const before = tf.memory().numTensors;
    const losses = tf.tidy(() => {
      const model = convolutionalNetwork({ inputShape: [4, 4, 1], blocks: 1, filters: 3, outputSize: 2 });
      let parameters = model.init(createRng(2));
      const images = tf
        .randomNormal([1, 8, 4, 4, 1], 0, 1, 'float32', 1)
        .add(tf.range(0, 8).greater(3).cast('float32').mul(tf.scalar(2)).reshape([1, 8, 1, 1, 1]));
      const labels = tf.tensor2d([[0, 0, 0, 0, 1, 1, 1, 1]], [1, 8], 'int32');
      const found: number[] = [];
      for (let step = 0; step < 30; step++) {
        const paths = Object.entries(parameters).flatMap(([layer, leaves]) =>
          Object.keys(leaves).map((name) => [layer, name] as const),
        );
        const at = (leaves: tf.Tensor[]): Parameters => {
          const next: Record<string, Record<string, tf.Tensor>> = {};
          paths.forEach(([layer, name], index) => {
            next[layer] = { ...next[layer], [name]: leaves[index] as tf.Tensor };
          });
          return next;
        };
        const values = paths.map(([layer, name]) => parameters[layer]?.[name] as tf.Tensor);
        const loss = (...leaves: tf.Tensor[]) =>
          crossEntropy(model.apply(at(leaves), images), labels).asScalar();
        found.push(loss(...values).dataSync()[0] as number);
        const slopes = tf.grads(loss)(values);
        if (step === 0)
          for (const slope of slopes) expect(slope.abs().max().dataSync()[0]).toBeGreaterThan(0);
        parameters = at(values.map((value, index) => value.sub((slopes[index] as tf.Tensor).mul(0.5))));
      }
      return found;
    });
    expect(losses.at(-1)).toBeLessThan(0.2 * (losses[0] as number));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses options out of range and images of another shape', () => {
    const wrong = [
      { inputShape: [8, 8] },
      { inputShape: [8, 8, 1] }, // 8 -> 4 -> 2 -> 1 -> nothing
      { ...small, blocks: 0 },
      { ...small, filters: 1.5 },
      { ...small, downsample: 'pool' },
      { ...small, normalization: 'group' },
      { ...small, epsilon: 0 },
      { ...small, outputSize: 0 },
    ];
    for (const options of wrong) {
      expect(codeOf(() => convolutionalNetwork(options as ConvolutionalNetworkOptions))).toBe(
        'INVALID_OPTION',
      );
    }
    tf.tidy(() => {
      const model = convolutionalNetwork(small);
      const parameters = model.init(createRng(0));
      expect(codeOf(() => model.apply(parameters, tf.zeros([1, 2, 8, 7, 1])))).toBe('SHAPE_MISMATCH');
      const { layer1 } = parameters;
      expect(codeOf(() => model.apply({ layer1 } as Parameters, tf.zeros([1, 2, 8, 8, 1])))).toBe(
        'SHAPE_MISMATCH',
      );
    });
  });
});
