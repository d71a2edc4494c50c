import {
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  runStream,
  type Tree,
  toDevice,
} from '@tasklearn/core';
import { enableHigherOrderGradients, networkDefaults } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallSequence } from '../__fixtures__/small-sequence.js';
import { createPretrainAndTransfer } from './create-pretrained.js';
import { type PlasticTheta, plasticNetwork } from './plastic-network.js';

beforeAll(() => enableHigherOrderGradients());

const network = { architecture: 'mlp', hidden: [12, 10], activation: 'relu' } as const;
const settings = {
  network,
  rate: 0.3,
  lifetimes: 3,
  batchSize: 6,
  optimizer: { learningRate: 0.01 },
} as const;
const distribution = smallSequence();

async function pretrain(updates: number, executor: Executor, options: object = {}, cut = -1) {
  const learner = createPretrainAndTransfer({ ...settings, ...options });
  const context = { distribution, executor, rng: createRng(7) };
  const open = learner.openTraining as NonNullable<typeof learner.openTraining>;
  let training = await open(context);
  const losses: number[] = [];
  for (let update = 0; update < updates; update++) {
    if (update === cut) {
      const saved = training.save();
      training.dispose();
      training = await open(context, saved);
    }
    losses.push((await training.update()).metrics.loss as number);
  }
  const parameters = training.parameters();
  training.dispose();
  return { learner, losses, parameters };
}

const numbers = (tree: Tree<HostTensor>) => leavesOf(tree).flatMap((leaf) => [...(leaf as HostTensor).data]);

describe('pretrain-and-transfer', () => {
  it('trains alike eager and compiled, leaving no tensor, and goes on where it was cut', async () => {
    const before = tf.memory().numTensors;
    const eager = await pretrain(3, eagerExecutor(), { sparsity: 0.1 });
    const compiled = await pretrain(3, compiledExecutor({ threads: 1 }), { sparsity: 0.1 });
    const cut = await pretrain(3, eagerExecutor(), { sparsity: 0.1 }, 2);
    expect(tf.memory().numTensors).toBe(before);
    expect(numbers(cut.parameters)).toEqual(numbers(eager.parameters));
    for (const [index, loss] of eager.losses.entries()) expect(compiled.losses[index]).toBeCloseTo(loss, 3);
    // Heads begin at 0: all four classes alike.
    expect((await pretrain(1, eagerExecutor())).losses[0]).toBeCloseTo(Math.log(4), 5);
  });

  it('learns its lifetimes, and streams of other classes better than first weights do', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const run = async (updates: number) => {
      const { learner, losses, parameters } = await pretrain(updates, executor);
      const agent = await learner.openAgent(parameters, {
        spec: distribution.spec,
        executor,
        rng: createRng(0),
      });
      let sum = 0;
      for (let index = 0; index < 5; index++) {
        const stream = distribution.stream('test', index, createRng(9));
        const { scores } = await runStream({ agent, spec: distribution.spec, stream, rng: createRng(1) });
        for (const { accuracy = 0 } of scores.at(-1) ?? []) sum += accuracy / 20;
      }
      agent.dispose();
      return { losses, accuracy: sum };
    };
    const [before, after] = [await run(1), await run(200)];
    expect(after.losses.at(-1)).toBeLessThan(0.1);
    expect(after.accuracy).toBeGreaterThan(before.accuracy);
  });

  it('makes a penalty on activity silence units', async () => {
    const mean = async (sparsity: number) => {
      const executor = compiledExecutor({ threads: 1 });
      const { parameters } = await pretrain(150, executor, { sparsity, activity: 0.05 });
      const parts = {
        network: { ...networkDefaults, ...network },
        gate: null,
        plastic: 'head',
        order: 1,
        rate: 0.3,
        learnRate: false,
      } as const;
      const model = plasticNetwork(parts, distribution.spec);
      const { inputs } = distribution.stream('test', 0, createRng(9)).step(0);
      return tf.tidy(() => {
        const batch = tf.tensor(inputs.data, [1, ...inputs.shape]);
        const { features, gate } = model.activations(toDevice(parameters) as PlasticTheta, batch);
        expect(gate).toBeUndefined();
        return features.mean().dataSync()[0] as number;
      });
    };
    expect(await mean(1)).toBeLessThan(0.6 * (await mean(0)));
  });

  it('refuses bad options', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    for (const options of [
      { rate: 0 },
      { lifetimes: 0 },
      { sparsity: -1 },
      { activity: 0 },
      { plastic: 'all' },
    ])
      expect(() => createPretrainAndTransfer(options as never)).toThrow(invalid);
  });
});
