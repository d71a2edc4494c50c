import { createRng, TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type NetworkOptions,
  networkDefaults,
  networkFor,
  validateNetworkOptions,
} from './network-options.js';

const small: NetworkOptions = { ...networkDefaults, hidden: [3], blocks: 1, filters: 2 };

const outputShape = (options: NetworkOptions, inputShape: readonly number[], outputSize?: number) =>
  tf.tidy(() => {
    const network = networkFor(options, { inputShape, outputSize });
    return network.apply(network.init(createRng(0)), tf.zeros([1, 5, ...inputShape])).shape;
  });

describe('networkFor', () => {
  it('makes a perceptron for vectors and a convolutional network for images', () => {
    const keys = (inputShape: readonly number[]) => {
      const parameters = networkFor(small, { inputShape, outputSize: 2 }).init(createRng(0));
      const shape = parameters.layer1?.weight?.shape ?? parameters.layer1?.kernel?.shape;
      tf.dispose(parameters);
      return shape?.length;
    };
    expect(keys([4])).toBe(2);
    expect(keys([8, 8, 1])).toBe(4);
    expect(outputShape(small, [4], 2)).toEqual([1, 5, 2]);
    expect(outputShape(small, [8, 8, 1], 2)).toEqual([1, 5, 2]);
  });

  it('embeds images where no output size is given, and refuses a perceptron without one', () => {
    expect(outputShape(small, [8, 8, 1])).toEqual([1, 5, 32]);
    expect(() => networkFor(small, { inputShape: [4] })).toThrow(TasklearnError);
  });

  it('takes the learner`s first weights only where the options name none', () => {
    const first = (options: NetworkOptions) =>
      tf.tidy(() => {
        const settings = { inputShape: [4], outputSize: 2, weights: { name: 'zeros' } as const };
        const { layer1 = {} } = networkFor(options, settings).init(createRng(0));
        return (layer1.weight as tf.Tensor).abs().sum().arraySync();
      });
    expect(first(small)).toBe(0);
    expect(first({ ...small, initializer: { name: 'glorotUniform' } })).toBeGreaterThan(0);
  });
});

describe('validateNetworkOptions', () => {
  it('accepts the defaults and refuses what is out of range', () => {
    expect(() => validateNetworkOptions('it', networkDefaults)).not.toThrow();
    const bad: readonly Partial<Record<keyof NetworkOptions, unknown>>[] = [
      { architecture: 'tree' },
      { hidden: [0] },
      { activation: 'step' },
      { blocks: 0 },
      { filters: 1.5 },
      { downsample: 'mean' },
      { normalization: 'all' },
      { features: 'max' },
      { initializer: { name: 'ones' } },
    ];
    for (const options of bad)
      expect(() => validateNetworkOptions('it', { ...networkDefaults, ...options } as never)).toThrow(
        TasklearnError,
      );
  });
});
