import {
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  requireStream,
  runStream,
  type Stream,
  type StreamDistribution,
  type StreamSpec,
  type Tree,
  toDevice,
} from '@tasklearn/core';
import { checkGradients, enableHigherOrderGradients, networkDefaults } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { switchingSinusoid } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BeliefParts, SegmentBelief } from './belief-settings.js';
import { createMoca, type MocaOptions, mocaDefaults } from './create-moca.js';
import { type ChangePointTheta, featureNetwork } from './feature-network.js';
import { mixtureLogProbability } from './mixture-prediction.js';
import { seriesSampler } from './sample-series.js';
import { type Series, seriesLoss } from './series-loss.js';

beforeAll(() => enableHigherOrderGradients());

const beliefs: readonly SegmentBelief[] = ['runLength', 'told', 'window', 'everything', 'nothing'];
const network = { ...networkDefaults, hidden: [6], activation: 'tanh' } as const;

/** Points about two centres whose labels are swapped with probability 0.2 at every point. */
function swappedLabels(told: boolean): StreamDistribution {
  const spec: StreamSpec = {
    ...switchingSinusoid({ told }).spec,
    input: { shape: [2], dtype: 'float32' },
    target: { kind: 'classification', classes: 2 },
    loss: 'crossEntropy',
  };
  const stream: StreamDistribution['stream'] = (split, index, rng) => {
    const own = rng.split(split).split(index);
    const tasks = [0];
    for (let t = 1; t < 60; t += 1)
      tasks.push((tasks[t - 1] as number) + (own.split('switch').split(t).next() < 0.2 ? 1 : 0));
    const step: Stream['step'] = (t) => {
      const item = own.split('item').split(t);
      const [place, task] = [item.integer(2), tasks[t] as number];
      const data = Float32Array.of(4 * place - 2 + 0.3 * item.gaussian(), 0.3 * item.gaussian());
      const swapped = own.split('task').split(task).integer(2);
      return {
        inputs: { dtype: 'float32', shape: [1, 2], data },
        targets: { dtype: 'int32', shape: [1], data: Int32Array.of((place + swapped) % 2) },
        task,
      };
    };
    return { length: 60, step };
  };
  return { kind: 'stream', id: 'swapped', spec, stream };
}

const kinds = {
  numbers: (told = false) => switchingSinusoid({ hazard: 0.2, length: 60, told }),
  classes: swappedLabels,
} as const;
type Kind = keyof typeof kinds;

const small = { network: { hidden: [6], activation: 'tanh' }, features: 3, series: 2, horizon: 5, window: 3 };
const options = (given: object = {}) => ({ hazard: 0.2, longestRun: 70, ...small, ...given }) as never;

function setting(kind: Kind, given: Partial<BeliefParts> = {}, series = 2, horizon = 5) {
  const distribution = kinds[kind](true);
  const parts = { ...mocaDefaults, hazard: 0.2, window: 3, ...given } as MocaOptions & BeliefParts;
  const model = featureNetwork({ ...parts, name: 'test', network, features: 3 }, distribution.spec);
  const sampled = seriesSampler(distribution, { series, horizon, lifetimes: null }, createRng(4))(0);
  return { distribution, parts, model, sampled };
}

async function metaTrain(kind: Kind, given: object, updates: number, executor: Executor, cut = -1) {
  const learner = createMoca(options(given));
  const context = { distribution: kinds[kind](true), executor, rng: createRng(7) };
  const open = learner.openTraining as NonNullable<typeof learner.openTraining>;
  let training = await open(context);
  const losses: number[] = [];
  for (let update = 0; update < updates; update += 1) {
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

/** Mean −log p of a stretch, lived by the agent one item at a time. */
async function lived(
  kind: Kind,
  given: object,
  parameters: Tree<HostTensor>,
  series: Series<HostTensor>,
  executor: Executor,
) {
  const { spec } = kinds[kind](true);
  const agent = await createMoca(options(given)).openAgent(parameters, { spec, executor, rng: createRng(0) });
  const told = (given as { belief?: string }).belief === 'told';
  const length = series.switches.data.length;
  const size = series.inputs.data.length / length;
  let state = agent.begin(createRng(0));
  let [sum, task] = [0, -1];
  for (let t = 0; t < length; t += 1) {
    if (series.switches.data[t] === 1) task += 1;
    const inputs = {
      dtype: 'float32',
      shape: [1, size],
      data: series.inputs.data.slice(t * size, (t + 1) * size),
    };
    const step = { inputs, ...(told && { taskLabel: task }) } as never;
    const data = series.targets.data.slice(t, t + 1);
    const targets = { ...series.targets, shape: kind === 'classes' ? [1] : [1, 1], data } as HostTensor;
    sum -= mixtureLogProbability(await agent.predictMixture(state, step, createRng(0)), data);
    state = await agent.observe(state, step, targets, createRng(0));
  }
  agent.dispose();
  return sum / length;
}

describe.each(['numbers', 'classes'] as const)('moca on %s', (kind) => {
  it.each(beliefs)('has the right meta-gradient, belief %s', (belief) => {
    const { parts, model, sampled } = setting(kind, { belief, learnHazard: true });
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const series = toDevice<Series>(sampled);
      const theta = model.init(createRng(2));
      const check = checkGradients((at: ChangePointTheta) => seriesLoss(model, at, series, parts), theta, {
        order: 1,
        epsilon: 1e-3,
      });
      expect(check.firstOrder).toBeLessThan(3e-2);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(beliefs)('lives as it was meta-trained, eager and compiled, belief %s', async (belief) => {
    const { model, parts, sampled } = setting(kind, { belief }, 1, 20);
    const { parameters } = await metaTrain(kind, { belief }, 1, eagerExecutor());
    const before = tf.memory().numTensors;
    const eager = await lived(kind, { belief }, parameters, sampled, eagerExecutor());
    const compiled = await lived(kind, { belief }, parameters, sampled, compiledExecutor({ threads: 1 }));
    tf.tidy(() => {
      const theta = toDevice(parameters) as unknown as ChangePointTheta;
      const unrolled = seriesLoss(model, theta, toDevice<Series>(sampled), parts).dataSync()[0] as number;
      expect(eager).toBeCloseTo(unrolled, 3);
    });
    expect(compiled).toBeCloseTo(eager, 3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('meta-trains alike eager and compiled, leaving no tensor, and goes on where it was cut', async () => {
    const before = tf.memory().numTensors;
    const given = { learnHazard: true };
    const eager = await metaTrain(kind, given, 3, eagerExecutor());
    const compiled = await metaTrain(kind, given, 3, compiledExecutor({ threads: 1 }));
    const cut = await metaTrain(kind, given, 3, eagerExecutor(), 2);
    expect(tf.memory().numTensors).toBe(before);
    expect(numbers(cut.parameters)).toEqual(numbers(eager.parameters));
    for (const [index, loss] of eager.losses.entries()) expect(compiled.losses[index]).toBeCloseTo(loss, 3);
  });

  it('reveals no future: what comes after an item does not change what was predicted of it', () => {
    const { parts, model, sampled } = setting(kind, {}, 1, 5);
    tf.tidy(() => {
      const theta = model.init(createRng(2));
      const loss = (series: Series<HostTensor>) =>
        seriesLoss(model, theta, toDevice<Series>(series), parts).dataSync()[0] as number;
      const head = (
        length: number,
        { inputs, targets, switches }: Series<HostTensor>,
      ): Series<HostTensor> => ({
        inputs: {
          ...inputs,
          shape: [1, length, ...inputs.shape.slice(2)],
          data: inputs.data.slice(0, length * (inputs.shape[2] ?? 1)) as never,
        },
        targets: {
          ...targets,
          shape: [1, length, ...targets.shape.slice(2)],
          data: targets.data.slice(0, length) as never,
        },
        switches: { ...switches, shape: [1, length], data: switches.data.slice(0, length) as never },
      });
      const other = structuredClone(sampled);
      (other.targets.data as Float32Array)[4] =
        kind === 'classes' ? 1 - (other.targets.data[4] as number) : 30;
      expect(loss(head(4, other))).toBe(loss(head(4, sampled)));
      expect(loss(other)).not.toBeCloseTo(loss(sampled), 3);
    });
  });

  it('is the belief of everything where nothing changes, and that of the oracle where all is told', async () => {
    const { parts, model, sampled } = setting(kind, {}, 1, 12);
    const { parameters } = await metaTrain(kind, {}, 1, eagerExecutor());
    const loss = (given: Partial<BeliefParts>) =>
      tf.tidy(() => {
        const theta = toDevice(parameters) as unknown as ChangePointTheta;
        return seriesLoss(model, theta, toDevice<Series>(sampled), { ...parts, ...given }).dataSync()[0];
      }) as number;
    expect(loss({ hazard: 0 })).toBeCloseTo(loss({ belief: 'everything' }), 4);
    expect(loss({ hazard: 1 })).toBeCloseTo(loss({ belief: 'nothing' }), 4);
    expect(loss({ belief: 'window', window: 12 })).toBeCloseTo(loss({ belief: 'everything' }), 4);
    // An agent of change points that is told them is the oracle.
    const agent = createMoca(options());
    const { spec } = kinds[kind](true);
    const opened = await agent.openAgent(parameters, { spec, executor: eagerExecutor(), rng: createRng(0) });
    const oracle = await createMoca(options({ belief: 'told' })).openAgent(parameters, {
      spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    });
    const stream = kinds[kind](true).stream('test', 0, createRng(1));
    const [a, b] = [
      await runStream({ agent: opened as never, spec, stream: { ...stream, length: 25 }, rng: createRng(0) }),
      await runStream({ agent: oracle as never, spec, stream: { ...stream, length: 25 }, rng: createRng(0) }),
    ];
    for (const [t, step] of a.steps.entries()) expect(step.loss).toBeCloseTo(b.steps[t]?.loss as number, 2);
    opened.dispose();
    oracle.dispose();
  });
});

describe('createMoca', () => {
  it('folds runs that are too long, without losing mass', async () => {
    const { parameters } = await metaTrain('numbers', {}, 1, eagerExecutor());
    const { spec, stream } = switchingSinusoid({ hazard: 0, length: 30 });
    const agent = await createMoca(options({ longestRun: 4, hazard: 0.05 })).openAgent(parameters, {
      spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    });
    let state = agent.begin(createRng(0));
    for (let t = 0; t < 30; t += 1) {
      const { inputs, targets } = stream('test', 0, createRng(0)).step(t);
      state = await agent.observe(state, { inputs }, targets, createRng(0));
    }
    const mass = Array.from(state.logRuns.data as Float32Array, Math.exp);
    expect(agent.ledger?.(state)).toEqual({ parameters: numbers(parameters).length, gradients: 0 });
    expect(mass).toHaveLength(4);
    expect(mass[0]).toBeCloseTo(0.05, 6);
    expect(mass.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    agent.dispose();
  });

  it('learns to predict what changes without notice, better than if it conditioned on everything', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const given = { horizon: 10, series: 4, features: 6, network: { hidden: [16], activation: 'tanh' } };
    const score = async (belief: SegmentBelief, updates: number) => {
      const chosen = { ...given, belief, window: 5, optimizer: { learningRate: 0.02 } };
      const { parameters } = await metaTrain('classes', chosen, updates, executor);
      const sampled = seriesSampler(
        kinds.classes(true),
        { series: 1, horizon: 50, lifetimes: null },
        createRng(9),
      );
      let sum = 0;
      for (const index of [0, 1, 2])
        sum += (await lived('classes', chosen, parameters, sampled(index), executor)) / 3;
      return sum;
    };
    const [first, everything, moca] = [
      await score('runLength', 0),
      await score('everything', 40),
      await score('runLength', 40),
    ];
    expect(moca).toBeLessThan(first - 0.2);
    expect(moca).toBeLessThan(everything - 0.03);
  });

  it('declares what it needs and refuses what does not fit', async () => {
    const hidden = switchingSinusoid().spec;
    expect(createMoca().needs(hidden)).toEqual({ taskLabels: false, storage: 0, metaTraining: true });
    expect(createMoca({ belief: 'window', window: 7 }).needs(hidden).storage).toBe(7);
    expect(() => requireStream(createMoca({ belief: 'told' }).needs(hidden), hidden)).toThrow(
      /does not tell/,
    );
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    for (const bad of [
      { hazard: 0 },
      { longestRun: 1 },
      { belief: 'faith' },
      { spread: 0 },
      { lifetimes: 0 },
      { a: 1 },
    ])
      expect(() => createMoca(bad as never)).toThrow(invalid);
    const context = { spec: hidden, executor: eagerExecutor(), rng: createRng(0) };
    await expect(createMoca().openAgent(undefined, context)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    const pairs = { ...context, spec: { ...hidden, batchSize: 2 } };
    await expect(createMoca().openAgent({}, pairs)).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
  });
});
