import {
  type ControlDistribution,
  type ControlTrainingContext,
  createRng,
  type Executor,
  eagerExecutor,
  packHostTree,
  runTrials,
} from '@tasklearn/core';
import { pointRobot } from '@tasklearn/environments';
import { valueAndGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { toyBandits } from '../__fixtures__/toy-bandits.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { addToTrialBatch, createTrialBatch } from '../trials/trial-batch.js';
import { contextLayout, contextOfTrials, shownReward } from './context-set.js';
import { createPearl, createPosteriorSampling } from './pearl.js';
import { pearlDefaults } from './pearl-options.js';
import { pearlParts } from './pearl-training.js';
import { type PearlParameters, pearlLosses } from './pearl-update.js';
import { divergenceFromPrior, productEncoder, productOfGaussians } from './product-encoder.js';

const small = {
  latentSize: 2,
  hidden: [8],
  encoderHidden: [8],
  collectTasks: 2,
  priorEpisodes: 1,
  posteriorEpisodes: 1,
  gradientSteps: 2,
  batchTasks: 2,
  batchSize: 4,
  contextSize: 6,
  capacity: 50,
};

function context(executor: Executor, distribution: ControlDistribution): ControlTrainingContext {
  return { distribution, trial: distribution.trial, executor, rng: createRng(1) };
}

const numbersOf = (tree: unknown) => [...packHostTree(tree as never).vector.data];
const ring = () => pointRobot({ task: 'ring', horizon: 4, trainingTasks: 3 });

describe('the product encoder', () => {
  it('multiplies Gaussians: precisions add up, means are weighted by them', () => {
    tf.tidy(() => {
      const means = tf.tensor3d([1, 4, 100], [1, 3, 1]);
      const precisions = tf.tensor3d([1, 2, 7], [1, 3, 1]);
      const { mean, variance } = productOfGaussians(means, precisions, tf.tensor2d([[1, 1, 0]]));
      // Precisions 1 and 2: σ² = 1/3, μ = (1 · 1 + 4 · 2) / 3; the masked item does not count.
      expect(variance.dataSync()[0]).toBeCloseTo(1 / 3, 5);
      expect(mean.dataSync()[0]).toBeCloseTo(3, 5);
      for (const priorFactor of [false, true]) {
        const nothing = productOfGaussians(means, precisions, tf.zeros([1, 3]), priorFactor);
        expect([nothing.mean.dataSync()[0], nothing.variance.dataSync()[0]]).toEqual([0, 1]);
      }
      // With a factor for the prior: σ² = 1 / (1 + 1 + 2), μ = (1 · 1 + 4 · 2) / 4.
      const weighed = productOfGaussians(means, precisions, tf.tensor2d([[1, 1, 0]]), true);
      expect(weighed.variance.dataSync()[0]).toBeCloseTo(0.25, 5);
      expect(weighed.mean.dataSync()[0]).toBeCloseTo(2.25, 5);
    });
  });

  it('does not depend on the order of the context, and never widens as it grows', () => {
    tf.tidy(() => {
      for (const priorFactor of [false, true]) {
        const encoder = productEncoder(3, [8], 2, priorFactor);
        const parameters = encoder.init(createRng(1));
        const items = tf.randomNormal([1, 5, 3], 0, 1, 'float32', 2);
        const mask = tf.ones([1, 5]);
        const one = encoder.infer(parameters, items, mask);
        const other = encoder.infer(parameters, items.reverse(1), mask);
        expect(tf.max(tf.abs(one.mean.sub(other.mean))).dataSync()[0]).toBeLessThan(1e-5);
        let last = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
        for (let count = 1; count <= 5; count += 1) {
          const shown = tf.tensor2d([Array.from({ length: 5 }, (_, item) => (item < count ? 1 : 0))]);
          const variance = [...encoder.infer(parameters, items, shown).variance.dataSync()];
          variance.forEach((value, index) => {
            expect(value).toBeLessThanOrEqual(last[index] as number);
          });
          last = variance;
        }
      }
    });
  });

  it('knows the divergence from the prior', () => {
    tf.tidy(() => {
      const found = divergenceFromPrior({ mean: tf.tensor2d([[1, 0]]), variance: tf.tensor2d([[0.25, 1]]) });
      expect(found.dataSync()[0]).toBeCloseTo(0.5 * (0.25 + 1 - 1 - Math.log(0.25)), 5);
      const prior = { mean: tf.zeros([1, 2]), variance: tf.ones([1, 2]) };
      expect(divergenceFromPrior(prior).dataSync()[0]).toBe(0);
    });
  });
});

describe('contexts', () => {
  it('hold observation, one-hot action and reward as shown, with a mask', () => {
    const { spec } = toyBandits(2, 3);
    const batch = createTrialBatch(spec, 1, 3);
    const steps = {
      stepType: Uint8Array.of(1),
      observation: Float32Array.of(9),
      reward: Float32Array.of(-0.1),
      discount: Float32Array.of(1),
      success: Uint8Array.of(0),
    };
    addToTrialBatch(batch, Float32Array.of(7), Float32Array.of(1), steps, Uint8Array.of(1), 0);
    const layout = contextLayout(stepEncoding(spec), true, -0.2);
    const found = contextOfTrials(layout, batch);
    expect([...found.slice(0, 6)]).toEqual([7, 0, 1, expect.closeTo(0.1, 6), 9, 1]);
    expect([...found.slice(6)].every((value) => value === 0)).toBe(true);
    expect(shownReward(layout, -0.3)).toBe(0);
    expect(shownReward({ ...layout, threshold: null }, -0.3)).toBe(-0.3);
    const distinct = contextLayout(stepEncoding(spec), true, -0.2, 0.8);
    expect(shownReward(distinct, -0.1)).toBeCloseTo(0.9, 6);
    expect(shownReward(distinct, -0.3)).toBe(0);
  });
});

describe('pearl and posterior-sampling', () => {
  it("the policy's loss teaches the encoder nothing; the Bellman error does", () => {
    tf.tidy(() => {
      const { spec } = ring();
      const { parts } = pearlParts(spec, { ...pearlDefaults, ...small });
      const rng = createRng(2);
      const parameters: PearlParameters = {
        encoder: parts.encoder.init(rng.split(0)),
        control: parts.control.init(rng.split(1)),
      };
      const input = {
        rows: rng.normal([2, 4, 8]),
        context: tf.concat([rng.normal([2, 6, 5]), tf.ones([2, 6, 1])], 2),
        weight: tf.ones([2]),
        divergenceShare: tf.scalar(0),
      };
      const slopes = (which: 0 | 1) => {
        const { gradients } = valueAndGradients(
          (tree) =>
            pearlLosses(parts, tree as never, parameters, input, createRng(3)).report[which] as tf.Scalar,
          parameters as never,
        );
        const sum = (part: unknown) =>
          packSum(part as { readonly [layer: string]: { readonly [name: string]: tf.Tensor } });
        const found = gradients as unknown as PearlParameters;
        return {
          encoder: sum(found.encoder),
          policy: sum(found.control.policy),
          values: sum(found.control.first),
        };
      };
      const [critic, actor] = [slopes(0), slopes(1)];
      expect(critic.encoder).toBeGreaterThan(0);
      expect(critic.policy).toBe(0);
      expect(actor.encoder).toBe(0);
      expect(actor.values).toBe(0);
      expect(actor.policy).toBeGreaterThan(0);
    });
  });

  it('learn nothing but the divergence, with its own weight, from contexts in which nothing was felt', () => {
    tf.tidy(() => {
      const { spec } = ring();
      const { parts } = pearlParts(spec, {
        ...pearlDefaults,
        ...small,
        divergenceWeight: 1,
        unfeltDivergenceWeight: 6,
      });
      const rng = createRng(2);
      const parameters: PearlParameters = {
        encoder: parts.encoder.init(rng.split(0)),
        control: parts.control.init(rng.split(1)),
      };
      const context = tf.concat([rng.normal([2, 6, 5]), tf.ones([2, 6, 1])], 2);
      const [first, second, other] = [0, 1, 2].map((index) => rng.split(index).normal([1, 4, 8])) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const found = (rows: tf.Tensor, weight: number[]) => {
        const input = { rows, context, weight: tf.tensor1d(weight), divergenceShare: tf.scalar(0.5) };
        const { loss, report } = pearlLosses(parts, parameters, parameters, input, createRng(3));
        return [loss, ...report].map((value) => value.dataSync()[0] as number);
      };
      const alone = found(tf.concat([first, second], 0), [1, 0]);
      expect(found(tf.concat([first, other], 0), [1, 0])).toEqual(alone);
      const [features, mask] = [tf.slice(context, [0, 0, 0], [2, 6, 5]), tf.ones([2, 6])];
      const [a, b] = divergenceFromPrior(parts.encoder.infer(parameters.encoder, features, mask)).dataSync();
      const [loss, critic, actor] = alone as [number, number, number];
      expect(loss - critic - actor).toBeCloseTo((0.5 * (a as number) + 3 * (b as number)) / 2, 3);
      const none = found(tf.concat([first, second], 0), [0, 0]);
      expect(none[1]).toBe(0);
    });
  });

  it('train alike eagerly and compiled, leave no tensor behind, and go on from what they saved', async () => {
    const cases = [
      [createPearl(small), ring()],
      [createPosteriorSampling(small), toyBandits(3, 4, 1, 1)],
    ] as const;
    for (const [learner, distribution] of cases) {
      const before = tf.memory().numTensors;
      const eager = await learner.openTraining(context(eagerExecutor(), distribution));
      const compiled = await learner.openTraining(context(compiledExecutor({ threads: 1 }), distribution));
      const [a, b] = [await eager.update(), await compiled.update()];
      for (const [name, value] of Object.entries(a.metrics))
        expect(b.metrics[name], name).toBeCloseTo(value, 2);
      const [p, q] = [numbersOf(eager.parameters()), numbersOf(compiled.parameters())];
      p.forEach((value, index) => {
        expect(q[index]).toBeCloseTo(value, 3);
      });
      const resumed = await learner.openTraining(context(eagerExecutor(), distribution), eager.save());
      await eager.update();
      await resumed.update();
      expect(numbersOf(resumed.parameters())).toEqual(numbersOf(eager.parameters()));
      for (const training of [eager, compiled, resumed]) training.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('draw from the prior for the first episodes of a test trial, whatever was seen', async () => {
    const distribution = ring();
    const drawn = async (testPriorEpisodes: number) => {
      const learner = createPearl({ ...small, testPriorEpisodes });
      const executor = eagerExecutor();
      const training = await learner.openTraining(context(executor, distribution));
      const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
      const rng = createRng(3);
      let state = agent.beginTrials(1, distribution.trial, rng);
      const latents: number[][] = [];
      for (let episode = 0; episode < 3; episode += 1) {
        state = await agent.adapt(agent.endEpisode(state), rng.split(episode));
        latents.push([...(state as { readonly latent: Float32Array }).latent]);
      }
      agent.dispose();
      training.dispose();
      return latents;
    };
    // Nothing was seen, so that the posterior is N(0, I) as well: the streams tell which of them was drawn from.
    const [first, second, third] = [await drawn(1), await drawn(2), await drawn(3)];
    expect(second[0]).not.toEqual(first[0]);
    expect(second[0]).toEqual(third[0]);
    expect(second[1]).toEqual(first[1]);
    expect(third[1]).not.toEqual(first[1]);
  });

  it('refuse the wrong kind of actions and options out of range', async () => {
    await expect(
      createPearl(small).openTraining(context(eagerExecutor(), toyBandits(2, 2))),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
    await expect(
      createPosteriorSampling(small).openTraining(context(eagerExecutor(), ring())),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
    for (const options of [{ latentSize: 0 }, { divergenceWeight: -1 }, { epsilon: 2 }, { hidden: [0] }])
      expect(() => createPearl(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('draws a task, finds out, and acts on what it found', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const distribution = toyBandits(3, 3, 1, 3);
    const learner = createPosteriorSampling({
      ...small,
      latentSize: 3,
      hidden: [24],
      encoderHidden: [24],
      collectTasks: 3,
      priorEpisodes: 2,
      gradientSteps: 5,
      batchTasks: 3,
      batchSize: 16,
      capacity: 200,
      epsilonUpdates: 100,
      learningRate: 5e-3,
    });
    const training = await learner.openTraining(context(executor, distribution));
    for (let update = 0; update < 200; update += 1) await training.update();
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    const tasks = Array.from({ length: 60 }, (_, index) => distribution.task('test', index, createRng(0)));
    const trial = distribution.trial;
    const results = await runTrials({ agent, distribution, tasks, trial, rng: createRng(5) });
    const mean = (episode: number) =>
      results.reduce((sum, { episodes }) => sum + (episodes[episode]?.return ?? 0), 0) / results.length;
    expect(mean(3)).toBeGreaterThan(mean(0) + 0.5);
    agent.dispose();
    training.dispose();
  });
});

function packSum(parameters: { readonly [layer: string]: { readonly [name: string]: tf.Tensor } }): number {
  return Object.values(parameters)
    .flatMap((layer) => Object.values(layer))
    .reduce((sum, tensor) => sum + (tf.sum(tf.abs(tensor)).dataSync()[0] as number), 0);
}
