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
import { checkGradients, enableHigherOrderGradients, networkDefaults } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallSequence } from '../__fixtures__/small-sequence.js';
import type { NetworkParameters } from '../engine/network.js';
import { createAnml, createOml } from './create-online-aware.js';
import { lifetimeLoss } from './online-aware-learner.js';
import { type PlasticNetwork, type PlasticTheta, plasticNetwork } from './plastic-network.js';
import { type Sequences, sampleSequences } from './sample-sequences.js';

beforeAll(() => enableHigherOrderGradients());

const chosen = { architecture: 'mlp', hidden: [10, 6], activation: 'tanh' } as const;
const network = { ...networkDefaults, ...chosen };
const sizes = { lifetimes: 3, tasks: 3, steps: 2, queries: 2 };
const learners = { oml: createOml, anml: createAnml };
const settings = { network: chosen, rate: 0.3, ...sizes };
const distribution = smallSequence();

async function metaTrain(
  name: keyof typeof learners,
  updates: number,
  executor: Executor,
  options: object = {},
  cut = -1,
) {
  const learner = learners[name]({ ...settings, ...options } as never);
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

describe.each(['oml', 'anml'] as const)('%s', (name) => {
  const gate = name === 'anml' ? network : null;

  it.each(['head', 'network'] as const)('has the right meta-gradient where the %s learns', (plastic) => {
    const parts = { network, gate, plastic, order: 2, rate: 0.3, learnRate: true } as const;
    const model = plasticNetwork(parts, distribution.spec);
    const host = sampleSequences(distribution, { ...sizes, lifetimes: 2 }, 0, createRng(1));
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const sequences = toDevice<Sequences<tf.Tensor>>(host);
      const theta = model.init(createRng(2));
      const check = checkGradients((at: PlasticTheta) => lifetimeLoss(model, at, sequences, 1).loss, theta, {
        order: 1,
      });
      expect(check.passed).toBe(true);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('meta-trains alike eager and compiled, leaving no tensor, and goes on where it was cut', async () => {
    const before = tf.memory().numTensors;
    const eager = await metaTrain(name, 3, eagerExecutor());
    const compiled = await metaTrain(name, 3, compiledExecutor({ threads: 1 }));
    const cut = await metaTrain(name, 3, eagerExecutor(), {}, 2);
    expect(tf.memory().numTensors).toBe(before);
    expect(numbers(cut.parameters)).toEqual(numbers(eager.parameters));
    for (const [index, loss] of eager.losses.entries()) expect(compiled.losses[index]).toBeCloseTo(loss, 3);
  });

  it('learns online what it learns in meta-training, and keeps its representation', async () => {
    const { learner, parameters } = await metaTrain(name, 1, eagerExecutor());
    const copy = structuredClone(parameters);
    const agent = await learner.openAgent(parameters, {
      spec: distribution.spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    });
    const host = sampleSequences(distribution, { ...sizes, lifetimes: 1 }, 4, createRng(3));
    const size = 16;
    let state = agent.begin(createRng(0));
    const query = host.queryInputs.data as Float32Array;
    for (const [place, label] of host.targets.data.entries()) {
      const inputs = query.slice(place * size, (place + 1) * size);
      const step = { inputs: { dtype: 'float32', shape: [1, 4, 4, 1], data: inputs } } as const;
      const targets = { dtype: 'int32', shape: [1], data: Int32Array.of(label) } as const;
      state = await agent.observe(state, step, targets, createRng(0));
    }
    const items = host.queryTargets.data.length;
    const all = { inputs: { dtype: 'float32', shape: [items, 4, 4, 1], data: query } } as const;
    const means = await agent.predict(state, all, createRng(0));
    const loss = -[...host.queryTargets.data].reduce(
      (sum, label, place) => sum + Math.log(means.data[place * 4 + label] as number) / items,
      0,
    );
    tf.tidy(() => {
      const parts = { network, gate, plastic: 'head', order: 2, rate: 0.3, learnRate: true } as const;
      const model = plasticNetwork(parts, distribution.spec);
      const unrolled = lifetimeLoss(
        model,
        toDevice(parameters) as PlasticTheta,
        toDevice(host) as Sequences<tf.Tensor>,
        1,
      );
      expect(loss).toBeCloseTo(unrolled.loss.dataSync()[0] as number, 4);
    });
    const body = numbers((parameters as never as { body: Tree<HostTensor> }).body).length;
    const gated = numbers((parameters as never as { gate: Tree<HostTensor> }).gate).length;
    expect(agent.ledger?.(state)).toEqual({
      parameters: body + gated + 6 * 4 + 4,
      gradients: host.targets.data.length,
    });
    agent.dispose();
    expect(parameters).toEqual(copy);
  });

  it('learns to learn sequences of classes it never met', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const run = async (updates: number) => {
      const wide = { ...chosen, hidden: [24, 24] };
      const options = { network: wide, optimizer: { learningRate: 0.01 }, steps: 5, tasks: 4, lifetimes: 4 };
      const { learner, parameters } = await metaTrain(name, updates, executor, options);
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
      return sum;
    };
    const [before, after] = [await run(0), await run(150)];
    expect(after).toBeGreaterThan(before + 0.1);
    expect(after).toBeGreaterThan(0.6);
  });
});

describe('plasticNetwork', () => {
  it('gives a unit whose gate is shut no gradient', () => {
    const parts = { network, gate: network, plastic: 'head', order: 2, rate: 0.3, learnRate: false } as const;
    const model = plasticNetwork(parts, distribution.spec);
    tf.tidy(() => {
      const first = model.init(createRng(0));
      const gate = first.gate as NetworkParameters;
      // A bias of -1000 shuts units 0 and 1 exactly, one of 1000 opens the others.
      const bias = tf.tensor1d([-1000, -1000, 1000, 1000, 1000, 1000]);
      const theta = { ...first, gate: { ...gate, head: { ...gate.head, bias } } };
      const embedded = model.embed(theta, tf.ones([1, 1, 4, 4, 1]));
      const learnt = model.learn(theta, model.begin(theta, 1), embedded, tf.tensor2d([[1]], [1, 1], 'int32'));
      const moved = tf.abs(learnt.head.weight).sum(2).dataSync();
      expect([moved[0], moved[1]]).toEqual([0, 0]);
      for (const unit of [2, 3, 4, 5]) expect(moved[unit]).toBeGreaterThan(0);
    });
  });

  it.each(['head', 'network'] as const)('is OML where every gate is open and the %s learns', (plastic) => {
    const parts = { network, gate: network, plastic, order: 2, rate: 0.3, learnRate: false } as const;
    const [gated, plain] = [parts, { ...parts, gate: null }].map((each) =>
      plasticNetwork(each, distribution.spec),
    );
    tf.tidy(() => {
      const first = (gated as PlasticNetwork).init(createRng(0));
      const gate = first.gate as NetworkParameters;
      const open = { ...first, gate: { ...gate, head: { ...gate.head, bias: tf.fill([6], 1000) } } };
      const sequences = toDevice<Sequences<tf.Tensor>>(
        sampleSequences(distribution, { ...sizes, lifetimes: 2 }, 0, createRng(1)),
      );
      const loss = (model: PlasticNetwork | undefined, theta: PlasticTheta) =>
        lifetimeLoss(model as PlasticNetwork, theta, sequences, 1).loss.dataSync()[0];
      expect(loss(gated, open)).toBe(loss(plain, { ...open, gate: {} }));
    });
  });

  it('refuses to work without meta-training, and regressions', async () => {
    const learner = createOml(settings as never);
    const context = { spec: distribution.spec, executor: eagerExecutor(), rng: createRng(0) };
    await expect(learner.openAgent(undefined, context)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    const spec = { ...distribution.spec, target: { kind: 'regression', shape: [1] } } as const;
    await expect(learner.openAgent(undefined, { ...context, spec })).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
    expect(learner.needs(distribution.spec)).toEqual({ taskLabels: false, storage: 0, metaTraining: true });
    expect(() => createOml({ rate: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
