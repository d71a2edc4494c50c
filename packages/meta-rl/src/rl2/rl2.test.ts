import {
  type ControlTrainingContext,
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  packHostTree,
  runTrials,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { toyBandits } from '../__fixtures__/toy-bandits.js';
import { recurrentActorCritic } from './recurrent-actor-critic.js';
import { createRl2 } from './rl2.js';

const small = { hiddenSize: 12, trialsPerUpdate: 8, epochs: 2, minibatches: 2 } as const;

function context(executor: Executor, distribution = toyBandits(2, 4), seed = 1): ControlTrainingContext {
  return { distribution, trial: distribution.trial, executor, rng: createRng(seed) };
}

const numbersOf = (tree: unknown) => [...packHostTree(tree as never).vector.data];

describe('rl2', () => {
  it('refuses options out of range', () => {
    const cases: [object, string][] = [
      [{ cell: 'rnn' }, 'cell'],
      [{ minibatches: 500 }, 'minibatches'],
      [{ discount: 1.5 }, 'discount'],
      [{ exploreRewardWeight: -1 }, 'exploreRewardWeight'],
      [{ hiden: 1 }, 'hiden'],
    ];
    for (const [options, key] of cases) {
      expect(() => createRl2(options as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ key }) }),
      );
    }
  });

  it('credits a later step to an earlier input, through the memory', () => {
    tf.tidy(() => {
      const network = recurrentActorCritic(toyBandits(2, 4).spec, {
        cell: 'gru',
        hiddenSize: 4,
        embedding: [],
        inputSize: 5,
      });
      const parameters = network.init(createRng(1));
      const slope = tf.grad((x: tf.Tensor) =>
        network
          .unroll(parameters, x, tf.zeros([1, 4]))
          .values.slice([0, 3], [1, 1])
          .sum(),
      )(tf.randomNormal([1, 4, 5], 0, 1, 'float32', 3));
      const first = slope.slice([0, 0, 0], [1, 1, 5]).abs().sum().dataSync()[0] as number;
      expect(first).toBeGreaterThan(1e-6);
    });
  });

  it('unrolls as it steps, for both cells', () => {
    tf.tidy(() => {
      for (const cell of ['gru', 'lstm'] as const) {
        const network = recurrentActorCritic(toyBandits(3, 4).spec, {
          cell,
          hiddenSize: 5,
          embedding: [6],
          inputSize: 4,
        });
        const parameters = network.init(createRng(2));
        const x = tf.randomNormal([3, 4, 4], 0, 1, 'float32', 5);
        const whole = network.unroll(parameters, x, tf.zeros([3, network.stateSize]));
        let state: tf.Tensor = tf.zeros([3, network.stateSize]);
        for (let time = 0; time < 4; time += 1)
          state = network.step(parameters, x.slice([0, time, 0], [3, 1, 4]).reshape([3, 4]), state).state;
        const last = whole.states.slice([0, 3, 0], [3, 1, network.stateSize]).reshape(state.shape);
        expect(tf.max(tf.abs(last.sub(state))).dataSync()[0]).toBeLessThan(1e-5);
      }
    });
  });

  it('trains alike eagerly and compiled, leaves no tensor behind, and goes on from what it saved', async () => {
    for (const truncation of [0, 3]) {
      const learner = createRl2({ ...small, truncation });
      const before = tf.memory().numTensors;
      const eager = await learner.openTraining(context(eagerExecutor()));
      const compiled = await learner.openTraining(context(compiledExecutor({ threads: 1 })));
      for (let update = 0; update < 2; update += 1) {
        const [a, b] = [await eager.update(), await compiled.update()];
        for (const [name, value] of Object.entries(a.metrics))
          expect(b.metrics[name], name).toBeCloseTo(value, 3);
      }
      const [a, b] = [numbersOf(eager.parameters()), numbersOf(compiled.parameters())];
      a.forEach((value, index) => {
        expect(b[index]).toBeCloseTo(value, 3);
      });
      const resumed = await learner.openTraining(context(eagerExecutor()), eager.save());
      await eager.update();
      await resumed.update();
      expect(numbersOf(resumed.parameters())).toEqual(numbersOf(eager.parameters()));
      for (const training of [eager, compiled, resumed]) {
        training.dispose();
        training.dispose();
      }
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('learns which arm pays, from rewards alone, and begins every trial anew', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const distribution = toyBandits(3, 6);
    const learner = createRl2({ hiddenSize: 24, trialsPerUpdate: 64, learningRate: 5e-3 });
    const training = await learner.openTraining(context(executor, distribution));
    for (let update = 0; update < 60; update += 1) await training.update();
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    const tasks = Array.from({ length: 60 }, (_, index) => distribution.task('test', index, createRng(0)));
    const play = () =>
      runTrials({ agent, distribution, tasks, trial: distribution.trial, rng: createRng(7) });
    const results = await play();
    const mean = results.reduce((sum, { episodes }) => sum + (episodes[0]?.return ?? 0), 0) / results.length;
    // Trying arms in turn, then staying: 6, 5 or 4. Uniform: 2.
    expect(mean).toBeGreaterThan(4.3);
    expect(await play()).toEqual(results);
    agent.dispose();
    training.dispose();
  });

  it('does not count what exploration earns, if told so', async () => {
    const distribution = toyBandits(2, 2, 1, 1);
    const training = await createRl2({ ...small, exploreRewardWeight: 0, valueWeight: 1 }).openTraining(
      context(eagerExecutor(), distribution),
    );
    const { metrics } = await training.update();
    expect(metrics.return).toBeLessThanOrEqual(2); // two pulls of the execution episode
    const leaves = leavesOf(training.parameters()) as HostTensor[];
    expect(leaves.every(({ data }) => [...data].every(Number.isFinite))).toBe(true);
    training.dispose();
  });
});
