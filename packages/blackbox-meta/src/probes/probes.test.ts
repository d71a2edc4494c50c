import {
  createRng,
  type EpisodeSpec,
  type EpisodicLearner,
  eagerExecutor,
  evaluateEpisodes,
  type HostTensor,
  hostedOnce,
  type LabelledSet,
  meanOfResults,
  metaTrain,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { gaussianClasses, orientedObjects } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createConditionalNeuralProcess } from '../create-learners.js';
import { blackboxMetaPlugin } from '../plugin.js';
import { supportBlind } from './support-blind.js';
import { supportInfluence } from './support-influence.js';

beforeAll(() => tf.setBackend('cpu'));

const executor = compiledExecutor({ fallback: 'error', threads: 1 });

describe('what a support set does', () => {
  const objects = orientedObjects({ trainObjects: 4 });
  const small = { encoder: [16, 16], predictor: [16, 16] };

  it('is nothing for a learner that cannot see it, and something for one that can', async () => {
    const before = tf.memory().numTensors;
    const influence = async (learner: EpisodicLearner) => {
      const theta = await hostedOnce(() => learner.init(objects.spec, createRng(1)));
      const options = { learner, theta, distribution: objects, count: 6, rng: createRng(0) };
      return supportInfluence({ ...options, executor: eagerExecutor(), split: 'test' });
    };
    const learner = createConditionalNeuralProcess(small);
    expect(await influence(supportBlind(learner))).toBe(0);
    expect(await influence(learner)).toBeGreaterThan(1e-3);
    expect(tf.memory().numTensors).toBe(before);
    const refused = supportInfluence({
      learner,
      theta: {},
      distribution: objects,
      executor,
      split: 'test',
      count: 1,
      rng: createRng(0),
    });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('is all there is to go by where labels are drawn anew: without it accuracy is chance', async () => {
    const distribution = gaussianClasses({ queries: 4 });
    const learner = supportBlind(
      createConditionalNeuralProcess({ aggregator: 'perClass', ...small, optimizer: { learningRate: 0.01 } }),
    );
    let theta: Tree<HostTensor> = {};
    const run = { learner, distribution, executor, seed: 0, updates: 60, tasksPerUpdate: 16, logEvery: 60 };
    for await (const event of metaTrain(run)) if (event.kind === 'finished') theta = event.theta;
    const results = await evaluateEpisodes({
      learner,
      theta,
      distribution,
      executor,
      split: 'test',
      count: 200,
      rng: createRng('test'),
    });
    expect(Math.abs(meanOfResults(results).score - 0.2)).toBeLessThan(0.03); // Over four standard errors.
  });
});

describe('the support set of every learner', () => {
  const spec: EpisodeSpec = {
    input: { shape: [3], dtype: 'float32' },
    target: { kind: 'classification', classes: 2 },
    loss: 'crossEntropy',
    ways: 2,
    supportSize: 6,
    querySize: 2,
  };
  const sets = { encoder: [6, 6], predictor: [6] };
  const small: Record<keyof typeof blackboxMetaPlugin.learners, object> = {
    lstm: { layers: [6] },
    mann: { controller: 6, slots: 8, width: 4, heads: 2 },
    snail: { filters: 4, attention: [4, 4, 4, 4] },
    'in-context-transformer': { width: 8, heads: 2, layers: 2 },
    'conditional-neural-process': sets,
    'attentive-neural-process': sets,
    hypernetwork: sets,
    'differentiable-plasticity': { size: 8 },
    backpropamine: { size: 8 },
  };
  const inputs = () => createRng(3).normal([1, 6, 3]);
  const targets = () => tf.tensor2d([[0, 1, 1, 0, 0, 1]], [1, 6], 'int32');

  for (const [key, descriptor] of Object.entries(blackboxMetaPlugin.learners)) {
    /** How far apart predictions after two support sets are. */
    const apart = (first: LabelledSet, second: LabelledSet): number => {
      const learner = descriptor.create(small[key as keyof typeof small] as never);
      const theta = learner.init(spec, createRng(2));
      const predict = (labelled: LabelledSet) => {
        const phi = learner.adapt(theta, { labelled }, createRng(0), spec);
        return learner.predict(theta, phi, createRng(4).normal([1, 2, 3]), createRng(0), spec).mean();
      };
      return tf.max(tf.abs(predict(first).sub(predict(second)))).dataSync()[0] as number;
    };

    it(`matters to ${key} by its order exactly if it says so`, () => {
      tf.tidy(() => {
        const turned = { inputs: tf.reverse(inputs(), 1), targets: tf.reverse(targets(), 1) };
        const change = apart({ inputs: inputs(), targets: targets() }, turned);
        if (descriptor.capabilities.permutationInvariant) expect(change).toBeLessThan(1e-6);
        else expect(change).toBeGreaterThan(1e-5);
      });
    });

    it(`may be padded for ${key}: four items are four items and two masked ones, wherever these stand`, () => {
      tf.tidy(() => {
        const four = {
          inputs: tf.gather(inputs(), [0, 2, 3, 5], 1),
          targets: tf.gather(targets(), [0, 2, 3, 5], 1),
        };
        const mask = tf.tensor2d([[1, 0, 1, 1, 0, 1]]);
        expect(apart(four, { inputs: inputs(), targets: targets(), mask })).toBeLessThan(1e-6);
      });
    });
  }
});
