import {
  type ControlTrainingContext,
  createRng,
  type Executor,
  eagerExecutor,
  packHostTree,
  runTrials,
} from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { toyBandits } from '../__fixtures__/toy-bandits.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { createDream } from './dream.js';
import { asDreamParameters, type DreamParameters, dreamNetworks } from './dream-networks.js';
import { bottleneckDivergence, decodingError, doubleQLoss, explorationRewards } from './dream-objectives.js';
import { dreamDefaults } from './dream-options.js';
import { dreamLayout, unpackDreamRows } from './dream-rows.js';
import { dreamLosses } from './dream-update.js';

const small = {
  latentSize: 3,
  memorySize: 8,
  hidden: [16],
  trialsPerUpdate: 8,
  gradientSteps: 2,
  batchTrials: 8,
  capacity: 64,
  warmUpTrials: 8,
  epsilonTrials: 50,
};

function context(executor: Executor, distribution = toyBandits(3, 2, 1, 1)): ControlTrainingContext {
  return { distribution, trial: distribution.trial, executor, rng: createRng(1) };
}

const numbersOf = (tree: unknown) => [...packHostTree(tree as never).vector.data];

describe('objectives of DREAM', () => {
  it('the bottleneck is the divergence of two Gaussians', () => {
    // ½ (‖f‖² + d ρ² − d − d log ρ²) for f = (1, 2), ρ² = 0.1.
    const expected = 0.5 * (5 + 0.2 - 2 - 2 * Math.log(0.1));
    const found = tf.tidy(() => bottleneckDivergence(tf.tensor([[1, 2]]), 0.1).dataSync()[0]);
    expect(found).toBeCloseTo(expected, 5);
    expect(tf.tidy(() => bottleneckDivergence(tf.tensor([[0, 0]]), 1).dataSync()[0])).toBeCloseTo(0, 6);
  });

  it('rewards telescope and learn nothing themselves', () => {
    tf.tidy(() => {
      const embedding = tf.tensor([[1, 0]]);
      const decoded = tf.tensor([
        [
          [0, 0],
          [0.5, 0],
          [1, 0],
        ],
      ]);
      const errors = decodingError(embedding, decoded); // 1, 0.25, 0
      expect([...errors.dataSync()]).toEqual([1, 0.25, 0]);
      const rewards = explorationRewards(errors, 0.1, 0.01);
      expect([...rewards.dataSync()]).toEqual([expect.closeTo(3.74, 5), expect.closeTo(1.24, 5)]);
      expect(rewards.sum().dataSync()[0]).toBeCloseTo(1 / 0.2 - 0.02, 5);
      const { gradients } = valueAndGradients(
        ({ f, g }) => explorationRewards(decodingError(f, g), 0.1, 0).sum().asScalar(),
        { f: embedding, g: decoded },
      );
      expect([...gradients.f.dataSync(), ...gradients.g.dataSync()].every((slope) => slope === 0)).toBe(true);
    });
  });

  it('double Q-learning, as on paper', () => {
    tf.tidy(() => {
      // Q(s, 1) = 2; the online net prefers action 0 at s′, whose target value is 3: y = 1 + 0.5 · 3.
      const loss = doubleQLoss(tf.tensor([[[0, 2]]]), tf.tensor([[[5, 4]]]), tf.tensor([[[3, 9]]]), {
        chosen: tf.tensor([[[0, 1]]]),
        reward: tf.tensor([[1]]),
        discount: tf.tensor([[0.5]]),
        mask: tf.tensor([[1]]),
      });
      expect(loss.dataSync()[0]).toBeCloseTo(0.25, 5);
    });
  });
});

/** Gradients of the whole loss, or of what is left of it with weights changed. */
function gradientsOf(change: (parameters: DreamParameters) => DreamParameters) {
  const distribution = toyBandits(3, 2, 1, 1);
  const options = { ...dreamDefaults, ...small, decodedShare: 1, bottleneck: 0 };
  const networks = dreamNetworks(distribution.spec, 3, options);
  const layout = dreamLayout(stepEncoding(distribution.spec), 2, 2);
  const size = Object.values(layout.fields).reduce((sum, length) => sum + length, 0);
  const rows = unpackDreamRows(tf.ones([4, size]), layout);
  const parameters = change(networks.init(createRng(3)));
  const target = networks.init(createRng(4));
  return valueAndGradients(
    (tree) =>
      dreamLosses({ networks, layout, options }, asDreamParameters(tree as never), target, rows, createRng(5))
        .loss,
    parameters as never,
  ).gradients as unknown as DreamParameters;
}

describe('dream', () => {
  it('keeps gradients apart: decoded latents and decoding teach the embedding nothing', () => {
    tf.tidy(() => {
      const { embedding, decoder, explorer, execution } = gradientsOf((parameters) => parameters);
      const size = (tensor: tf.Tensor) => tf.sum(tf.abs(tensor)).dataSync()[0] as number;
      expect(size(embedding)).toBe(0); // told z = ⊥g(τ) everywhere, no bottleneck: nothing else may reach ψ
      expect(size(decoder.head.weight)).toBeGreaterThan(0);
      expect(size(explorer.head.weight)).toBeGreaterThan(0);
      expect(size(execution.head?.weight as tf.Tensor)).toBeGreaterThan(0);
    });
  });

  it('refuses tasks without identity, exploration or discrete actions, and options out of range', async () => {
    const learner = createDream(small);
    const bare = toyBandits(3, 2, 1, 0);
    await expect(learner.openTraining(context(eagerExecutor(), bare))).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
    const { trainingTasks: _, ...endless } = toyBandits(3, 2, 1, 1);
    await expect(learner.openTraining(context(eagerExecutor(), endless))).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
    for (const options of [{ latentVariance: 0 }, { decodedShare: 2 }, { bottleneck: -1 }]) {
      expect(() => createDream(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });

  it('trains alike eagerly and compiled, leaves no tensor behind, and goes on from what it saved', async () => {
    const learner = createDream(small);
    const before = tf.memory().numTensors;
    const eager = await learner.openTraining(context(eagerExecutor()));
    const compiled = await learner.openTraining(context(compiledExecutor({ threads: 1 })));
    for (let update = 0; update < 3; update += 1) {
      const [a, b] = [await eager.update(), await compiled.update()];
      for (const [name, value] of Object.entries(a.metrics))
        expect(b.metrics[name], name).toBeCloseTo(value, 2);
    }
    const [a, b] = [numbersOf(eager.parameters()), numbersOf(compiled.parameters())];
    a.forEach((value, index) => {
      expect(b[index]).toBeCloseTo(value, 2);
    });
    const resumed = await learner.openTraining(context(eagerExecutor()), eager.save());
    await eager.update();
    await resumed.update();
    expect(numbersOf(resumed.parameters())).toEqual(numbersOf(eager.parameters()));
    for (const training of [eager, compiled, resumed]) training.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('learns to look, then to use what it saw', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const distribution = toyBandits(3, 2, 1, 1);
    const learner = createDream({
      ...small,
      gradientSteps: 4,
      batchTrials: 16,
      learningRate: 5e-3,
      capacity: 2000,
      trialsPerUpdate: 16,
      epsilonTrials: 800,
    });
    const training = await learner.openTraining(context(executor, distribution));
    for (let update = 0; update < 250; update += 1) await training.update();
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    const tasks = Array.from({ length: 30 }, (_, index) => distribution.task('test', index, createRng(0)));
    const results = await runTrials({
      agent,
      distribution,
      tasks,
      trial: distribution.trial,
      rng: createRng(7),
    });
    const mean = results.reduce((sum, { episodes }) => sum + (episodes[1]?.return ?? 0), 0) / results.length;
    expect(mean).toBeGreaterThan(1.6); // of 2; two looks tell three arms apart
    agent.dispose();
    training.dispose();
  });
});
