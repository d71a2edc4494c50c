import { defineLearner, type EpisodicLearner, eagerExecutor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type Linear, type LinearOptions, linear, linearMaml, toyPlugin } from './__fixtures__/toy-plugin.js';
import { trivialDistribution } from './episodes/trivial-distribution.js';
import { type LearnerCheckOptions, learnerChecks } from './learner-checks.js';

const regression = trivialDistribution({
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [2] },
  loss: 'meanSquaredError',
  supportSize: 5,
  querySize: 4,
});
const images = trivialDistribution({
  input: { shape: [8, 8, 1], dtype: 'float32', minimum: 0, maximum: 1 },
  target: { kind: 'classification', classes: 2 },
  loss: 'crossEntropy',
  supportSize: 2,
  querySize: 4,
  ways: 2,
  shots: 1,
});
const options = { options: { outerLearningRate: 0.02 } };

/** The linear learner with its weights in a dozen parts, and noise in what it predicts. */
function manyLeaves(given: Readonly<LinearOptions>): EpisodicLearner {
  type Parts = { readonly parts: readonly Linear[] };
  const good = linearMaml(given);
  const whole = ({ parts }: Parts): Linear => ({
    weight: tf.addN(parts.map(({ weight }) => weight)),
    bias: tf.addN(parts.map(({ bias }) => bias)),
  });
  const learner: EpisodicLearner<Parts, Linear> = {
    kind: 'episodic',
    optimizer: good.optimizer as NonNullable<typeof good.optimizer>,
    init: (spec, rng) => ({ parts: [0, 1, 2, 3, 4, 5].map((part) => good.init(spec, rng.split(part))) }),
    adapt: (theta, support, rng, spec) => good.adapt(whole(theta), support, rng, spec),
    predict: (theta, phi, inputs, rng, spec) => {
      const noise = tf.add(1, tf.mul(0.01, rng.normal(inputs.shape)));
      const {
        entropy: _,
        variance: __,
        ...rest
      } = good.predict(whole(theta), phi, tf.mul(inputs, noise), rng, spec);
      return rest;
    },
    metaLoss: (theta, episodes, rng, spec) =>
      (good.metaLoss as NonNullable<typeof good.metaLoss>)(whole(theta), episodes, rng, spec),
  };
  return learner as unknown as EpisodicLearner;
}

describe('learners that keep the contract', () => {
  const before = tf.memory().numTensors;

  describe.each<[string, string, LearnerCheckOptions]>([
    ['linear', 'trivial classification', options],
    ['linear', 'regression', { ...options, distribution: regression }],
    ['linear', 'images', { ...options, distribution: images }],
    ['prototype', 'trivial classification', {}],
    ['prototype', 'images', { distribution: images }],
  ])('%s on %s', (key, _tasks, given) => {
    for (const check of learnerChecks(toyPlugin, key, given)) {
      it(check.name, async () => {
        await check.run();
        expect(tf.memory().numTensors).toBe(before);
      });
    }
  });

  it('may have many leaves, noise, no entropy, and regression alone', async () => {
    const noisy = defineLearner({
      ...linear,
      capabilities: { ...linear.capabilities, targets: ['regression'] },
      create: manyLeaves,
    });
    const plugin = { ...toyPlugin, learners: { noisy } };
    const expectedFailures = {
      'refuses targets it does not declare': 'the toy underneath takes classification too',
    };
    for (const check of learnerChecks(plugin, 'noisy', { ...options, expectedFailures })) await check.run();
  });

  it('are asked what their capabilities say', () => {
    const names = (key: string, given: LearnerCheckOptions = {}) =>
      learnerChecks(toyPlugin, key, given).map(({ name }) => name);
    expect(names('linear')).toEqual([
      'creates from its defaults alone',
      'refuses bad option values',
      'same seed, same numbers',
      'leaves its inputs as they were',
      'leaks no tensor per update',
      'leaks no tensor per adaptation',
      'state survives a checkpoint',
      'predictions fit the task',
      'query targets cannot reach predictions',
      'a batch of tasks is as many batches of one',
      'order of support items does not matter',
      'query items do not influence each other',
      'adapts to other shots',
      'masked items have no influence',
      'adapting lowers the loss on a trivial task',
      'the meta-gradient agrees with differences',
      'executors agree',
    ]);
    expect(names('prototype', { executors: [eagerExecutor()] })).toEqual([
      'creates from its defaults alone',
      'refuses bad option values',
      'refuses targets it does not declare',
      'same seed, same numbers',
      'leaves its inputs as they were',
      'leaks no tensor per adaptation',
      'predictions fit the task',
      'query targets cannot reach predictions',
      'a batch of tasks is as many batches of one',
      'order of support items does not matter',
      'query items do not influence each other',
      'adapts to other shots',
      'adapts to other ways',
      'masked items have no influence',
      'adapting lowers the loss on a trivial task',
    ]);
  });
});
