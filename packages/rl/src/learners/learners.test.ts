import {
  type Checkpoint,
  type ControlLearner,
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  type Tree,
} from '@tasklearn/core';
import { cartPole, pendulum } from '@tasklearn/environments';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { recallDistribution } from '../__fixtures__/recall-distribution.js';
import { rlPlugin } from '../plugin.js';
import { createA2c } from './a2c.js';
import { createPpo } from './ppo.js';
import { createReinforce } from './reinforce.js';
import { createTrpo } from './trpo.js';

beforeAll(() => tf.setBackend('cpu'));

const network = { hidden: [8] };
const cases: readonly (readonly [string, () => ControlLearner])[] = [
  ['reinforce', () => createReinforce({ copies: 2, network }) as ControlLearner],
  [
    'reinforce with a value function',
    () => createReinforce({ copies: 2, baseline: 'value', network }) as ControlLearner,
  ],
  ['a2c', () => createA2c({ copies: 3, network }) as ControlLearner],
  [
    'ppo with all there is',
    () =>
      createPpo({
        copies: 4,
        length: 6,
        epochs: 2,
        minibatches: 2,
        valueClip: 0.2,
        divergencePenalty: 0.1,
        normalizeObservations: true,
        normalizeRewards: true,
        annealUpdates: 10,
        network,
      }) as ControlLearner,
  ],
  [
    'ppo with a memory',
    () =>
      createPpo({
        copies: 4,
        length: 5,
        epochs: 2,
        minibatches: 2,
        network: { ...network, memory: 'gru', memorySize: 6 },
      }) as ControlLearner,
  ],
  [
    'trpo',
    () =>
      createTrpo({
        copies: 2,
        length: 8,
        iterations: 3,
        valueEpochs: 1,
        minibatches: 1,
        network,
      }) as ControlLearner,
  ],
];

const compiled = () => compiledExecutor({ threads: 1, fallback: 'error' });
const open = (learner: ControlLearner, executor: Executor, saved?: Checkpoint, distribution = cartPole({})) =>
  learner.openTraining({ distribution, trial: distribution.trial, executor, rng: createRng(5) }, saved);
const valuesOf = (tree: Tree<HostTensor>) =>
  leavesOf(tree).flatMap((leaf) => [...(leaf as unknown as HostTensor).data]);

describe.each(cases)('%s', (_name, make) => {
  it('goes on from what it saved, bit for bit; leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const whole = await open(make(), compiled());
    await whole.update();
    const saved = structuredClone(whole.save());
    const { metrics } = await whole.update();
    const later = await open(make(), compiled(), saved);
    expect((await later.update()).metrics).toEqual(metrics);
    expect(later.save()).toEqual(whole.save());
    await whole.update();
    await later.update();
    expect(valuesOf(later.parameters())).toEqual(valuesOf(whole.parameters()));
    for (const training of [whole, later]) {
      training.dispose();
      training.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
  it('learns the same eagerly and compiled', async () => {
    const [a, b] = [await open(make(), eagerExecutor()), await open(make(), compiled())];
    const first = valuesOf(a.parameters());
    expect(valuesOf(b.parameters())).toEqual(first);
    await a.update();
    await b.update();
    const [eager, found] = [valuesOf(a.parameters()), valuesOf(b.parameters())];
    expect(eager).not.toEqual(first);
    const gap = Math.max(...eager.map((x, i) => Math.abs(x - (found[i] as number))));
    expect(gap).toBeLessThan(2e-3);
    a.dispose();
    b.dispose();
  });
});

describe('agents', () => {
  it('act without being changed by it; memories are told apart by trial', async () => {
    const learner = createPpo({
      copies: 2,
      length: 4,
      minibatches: 1,
      network: { memory: 'gru', memorySize: 4 },
    });
    const distribution = cartPole({});
    const training = await open(learner as ControlLearner, compiled());
    const agent = await learner.openAgent(training.parameters(), {
      spec: distribution.spec,
      executor: compiled(),
    });
    const environment = distribution.createEnvironment(
      [0, 1, 2].map((index) => distribution.task('test', index, createRng(0))),
      1,
      createRng(1),
    );
    const active = new Uint8Array(3).fill(1);
    const begun = agent.beginTrials(3, distribution.trial, createRng(0));
    const steps = environment.reset();
    const first = await agent.act(begun, steps, active, createRng(2));
    const again = await agent.act(begun, steps, active, createRng(2));
    expect(again).toEqual(first);
    expect(first.state.memory?.length).toBe(12);
    const shown = environment.step(first.actions);
    const second = await agent.act(first.state, shown, active, createRng(2));
    expect(second.state.memory).not.toEqual(first.state.memory);
    for (const part of [agent, training, environment]) part.dispose();
  });
});

describe('options', () => {
  it.each([
    ['ppo', () => createPpo({ minibatches: 3 })],
    ['ppo', () => createPpo({ clip: 0 })],
    ['ppo', () => createPpo({ network: { memory: 'gru' }, minibatches: 16 })],
    ['ppo', () => createPpo({ surprise: 1 } as never)],
    ['a2c', () => createA2c({ length: 0 })],
    ['reinforce', () => createReinforce({ baseline: 'median' as never })],
    ['trpo', () => createTrpo({ network: { memory: 'lstm' } })],
    ['trpo', () => createTrpo({ maximumDivergence: 0 })],
  ])('%s refuses by code', (_name, make) => {
    expect(codeOf(make)).toBe('INVALID_OPTION');
  });
  it('the plugin publishes them with JSON defaults that they accept', () => {
    for (const name of ['reinforce', 'a2c', 'ppo', 'trpo'] as const) {
      const { defaults, create } = rlPlugin.learners[name];
      expect(JSON.parse(JSON.stringify(defaults))).toEqual(defaults);
      expect(create(defaults as never).kind).toBe('control');
    }
  });
});

/** Mean return over the last quarter of some updates. */
async function learn(learner: ControlLearner, updates: number, distribution = cartPole({})): Promise<number> {
  const training = await open(learner, compiled(), undefined, distribution);
  const returns: number[] = [];
  for (let update = 0; update < updates; update += 1) {
    const { metrics } = await training.update();
    if (metrics.return !== undefined) returns.push(metrics.return);
  }
  training.dispose();
  const last = returns.slice(-Math.ceil(updates / 4));
  return last.reduce((sum, x) => sum + x, 0) / last.length;
}

describe('learning', () => {
  // At random the pole falls after some 22 steps.
  it('ppo balances the pole', async () => {
    const learner = createPpo({
      length: 32,
      epochs: 10,
      minibatches: 1,
      gamma: 0.98,
      lambda: 0.8,
      optimizer: { learningRate: 2e-3 },
      network: { hidden: [32] },
    });
    expect(await learn(learner as ControlLearner, 60)).toBeGreaterThan(100);
  });
  it('trpo balances the pole', async () => {
    const learner = createTrpo({
      length: 64,
      iterations: 5,
      maximumDivergence: 0.03,
      network: { hidden: [16] },
    });
    expect(await learn(learner as ControlLearner, 25)).toBeGreaterThan(80);
  });
  it.each([
    ['gru', 0.9, 1],
    ['none', 0, 0.7],
  ] as const)(
    'ppo with memory %s recalls a sign between %d and %d of the time',
    async (memory, least, most) => {
      const learner = createPpo({
        copies: 16,
        length: 16,
        minibatches: memory === 'gru' ? 2 : 4,
        optimizer: { learningRate: 0.01 },
        network: { hidden: [8], memory, memorySize: 8 },
      });
      const found = await learn(learner as ControlLearner, 25, recallDistribution(4));
      expect(found).toBeGreaterThanOrEqual(least);
      expect(found).toBeLessThanOrEqual(most);
    },
  );
  it('continuous actions, with normalised observations and rewards, train without diverging', async () => {
    const options = { copies: 8, length: 50, normalizeObservations: true, normalizeRewards: true } as const;
    const learner = createPpo({ ...options, epochs: 2, network: { hidden: [8] } });
    expect(Number.isFinite(await learn(learner as ControlLearner, 6, pendulum({})))).toBe(true);
  });
});
