import {
  createRng,
  type Executor,
  eagerExecutor,
  requireStream,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamSpec,
  transferOf,
} from '@tasklearn/core';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { meanTracking } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { orthogonalRegressions, smallClasses } from './__fixtures__/small-streams.js';
import type { OnlineState } from './engine/online-state.js';
import { lifelongPlugin } from './plugin.js';
import { distancesToMean, regretOf } from './regret.js';
import { VERSION } from './version.js';

beforeAll(() => enableHigherOrderGradients());

const network = { hidden: [8] };
const learners = {
  'online-sgd': {},
  'follow-the-leader': { passes: 2, restart: true },
  independent: {},
  multimodal: {},
  'from-scratch': {},
  'experience-replay': { size: 12, replay: 6 },
  ewc: { samples: 4 },
  'synaptic-intelligence': {},
  'learning-without-forgetting': {},
  gem: { size: 12 },
  'a-gem': { size: 12, reference: 8 },
  icarl: { size: 12, candidates: 12, replay: 6 },
} as const;
type Key = keyof typeof learners;
const keys = Object.keys(learners) as Key[];

function make(key: Key, options: object = {}) {
  return lifelongPlugin.learners[key].create({ network, ...learners[key], ...options } as never);
}

async function live(
  key: Key,
  { spec, stream }: { spec: StreamSpec; stream: Stream },
  options: object = {},
  executor: Executor = eagerExecutor(),
) {
  const learner = make(key, options);
  requireStream(learner.needs(spec), spec);
  const agent = await learner.openAgent(undefined, { spec, executor, rng: createRng(0) });
  try {
    return await runStream({ agent, spec, stream, rng: createRng(1) });
  } finally {
    agent.dispose();
  }
}

describe.each(keys)('%s', (key) => {
  it.each(['task', 'class'] as const)('lives alike eager and compiled, %s-incremental', async (scenario) => {
    if ((key === 'independent' || key === 'multimodal') && scenario === 'class') {
      const { spec } = smallClasses('class');
      expect(() => requireStream(make(key).needs(spec), spec)).toThrow(/only while it learns/);
      return;
    }
    const given = smallClasses(scenario, 3);
    const before = tf.memory().numTensors;
    const [eager, compiled] = [
      await live(key, given),
      await live(key, given, {}, compiledExecutor({ threads: 1 })),
    ];
    expect(tf.memory().numTensors).toBe(before);
    for (const [index, step] of eager.steps.entries())
      expect(compiled.steps[index]?.loss).toBeCloseTo(step.loss, 3);
    expect(compiled.order).toEqual([0, 1, 2]);
    expect(eager.steps.some(({ loss }) => Number.isNaN(loss))).toBe(false);
  });

  it('leaves states as they were, and does the same again', async () => {
    const { spec, stream } = smallClasses('task');
    const agent = (await make(key).openAgent(undefined, {
      spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    })) as StreamAgent<OnlineState>;
    const { inputs, targets, task } = stream.step(0);
    const start = agent.begin(createRng(3));
    const copy = structuredClone(start);
    const step = { inputs, taskLabel: task };
    const first = await agent.observe(start, step, targets, createRng(5));
    const ended = await agent.endTask?.(first, createRng(6));
    expect(start).toEqual(copy);
    expect(await agent.observe(start, step, targets, createRng(5))).toEqual(first);
    expect(await agent.endTask?.(first, createRng(6))).toEqual(ended);
    agent.dispose();
  });

  it('learns', async () => {
    const { steps, scores } = await live(key, smallClasses('task', 30), { optimizer: { learningRate: 0.1 } });
    expect(scores[1]?.[0]?.accuracy).toBeGreaterThan(0.9);
    expect(Math.max(...steps.map(({ storedItems }) => storedItems))).toBeLessThanOrEqual(
      make(key).needs(smallClasses('task').spec).storage,
    );
  });
});

describe('what is known exactly', () => {
  it('follows the leader at rate 1/t, with the regret Σ ‖θ_t − c_t‖² / t', async () => {
    const { spec, stream: streams } = meanTracking({ size: 3, length: 40 });
    const stream = streams('test', 0, createRng(2));
    // The loss is the mean of three squares: 3/2 of its half-gradient is one of ½‖θ − c‖².
    const { steps } = await live(
      'online-sgd',
      { spec, stream },
      { network: { hidden: [] }, harmonic: true, optimizer: { learningRate: 1.5 } },
    );
    const points = Array.from({ length: 40 }, (_, t) => stream.step(t).targets.data);
    const mean = (t: number, axis: number) =>
      t === 0 ? 0 : points.slice(0, t).reduce((sum, point) => sum + (point[axis] as number), 0) / t;
    for (const { step, loss } of steps) {
      const exact = [0, 1, 2].reduce(
        (sum, axis) => sum + (mean(step, axis) - (points[step]?.[axis] as number)) ** 2,
        0,
      );
      expect(loss).toBeCloseTo(exact, 3);
    }
    const regret = regretOf(
      steps.map(({ loss }) => loss / 2),
      distancesToMean(points).map((distance) => distance / 2),
    ).at(-1) as number;
    const identity = steps.reduce((sum, { loss, step }) => sum + loss / (2 * (step + 1)), 0);
    expect(regret).toBeCloseTo(identity, 3);
  });

  it('is an exponential average at a constant rate', async () => {
    const { spec, stream: streams } = meanTracking({ size: 1, length: 10 });
    const stream = streams('test', 0, createRng(2));
    const rate = 0.3;
    const options = { network: { hidden: [] }, optimizer: { learningRate: rate / 2 } };
    const { steps } = await live('online-sgd', { spec, stream }, options);
    let theta = 0;
    for (const { step, loss } of steps) {
      const point = stream.step(step).targets.data[0] as number;
      expect(loss).toBeCloseTo((theta - point) ** 2, 3);
      theta += rate * (point - theta);
    }
  });

  it('does not forget with a network for each task: backward transfer is 0', async () => {
    const { scores, order } = await live('independent', smallClasses('task'));
    const accuracies = scores.map((row) => row.map(({ accuracy = 0 }) => accuracy));
    expect(transferOf(accuracies, order).backward).toBe(0);
    for (const [row, own] of scores.slice(1).entries()) expect(own[0]).toEqual(scores[row + 1]?.[0]);
  });

  it('shares all but the input layer with `multimodal`', async () => {
    const { spec, stream } = smallClasses('task');
    const agent = (await make('multimodal', { network: { hidden: [8, 5] } }).openAgent(undefined, {
      spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    })) as StreamAgent<OnlineState>;
    let state = agent.begin(createRng(1));
    for (let t = 0; t < 2 * 4; t++) {
      const { inputs, targets, task } = stream.step(t);
      state = await agent.observe(state, { inputs, taskLabel: task }, targets, createRng(t));
    }
    const [first, second] = state.components.map((component) => component?.theta.data as Float32Array);
    const before = state.components[0]?.theta.data.slice();
    const { inputs, targets } = stream.step(0);
    state = await agent.observe(state, { inputs, taskLabel: 0 }, targets, createRng(9));
    const after = state.components[0]?.theta.data as Float32Array;
    const shift = (a: Float32Array, b: Float32Array) =>
      a.map((value, index) => Math.abs(value - (b[index] as number)));
    // Leaves are sorted by name: 45 numbers of the second layer, then 40 of the input layer; all but these went on from the other task.
    const [own, shared] = [shift(after, first as Float32Array), shift(after, second as Float32Array)];
    expect(Math.max(...own.subarray(45, 85))).toBeLessThan(0.2);
    expect(Math.max(...shared.subarray(45, 85))).toBeGreaterThan(0.5);
    expect(Math.max(...shared.subarray(0, 45), ...shared.subarray(85))).toBeLessThan(0.1);
    expect(before).toEqual(first);
    expect(state.components[0]?.step).toBe(9);
    agent.dispose();
  });

  it('consolidates a linear Gaussian model into that of joint training', async () => {
    const batches = 100;
    const { spec, stream } = orthogonalRegressions(batches);
    // The data's loss is a mean of squares: λ = 2 gives the old task, equally many items, the weight it had.
    const options = { network: { hidden: [] }, strength: 2, samples: 400, optimizer: { learningRate: 0.1 } };
    const agent = (await make('ewc', options).openAgent(undefined, {
      spec,
      executor: eagerExecutor(),
      rng: createRng(0),
    })) as StreamAgent<OnlineState>;
    let state = agent.begin(createRng(1));
    const theta = () => [...(state.components[0]?.theta.data ?? [])];
    const live = async (task: number) => {
      for (let t = task * batches; t < (task + 1) * batches; t++) {
        const { inputs, targets } = stream.step(t);
        state = await agent.observe(state, { inputs, taskLabel: task }, targets, createRng(t));
      }
    };
    const expectClose = (found: readonly number[], exact: readonly number[]) => {
      for (const [index, value] of exact.entries()) expect(found[index]).toBeCloseTo(value, 3);
    };
    await live(0);
    expectClose(theta(), [2, -0.25, -2.5]);
    state = (await agent.endTask?.(state, createRng(0))) as OnlineState;
    expectClose([...(state.slots.importance?.data ?? [])], [1, 2, 0.5]);
    await live(1);
    // Each parameter the average of the two solutions, weighed by information: [1, 2, 1/2] and [1, 1/2, 2].
    expectClose(theta(), [1.25, -0.4, -0.1]);
    agent.dispose();
  });

  it('keeps old answers with GEM where plain descent forgets them', async () => {
    const options = { optimizer: { learningRate: 0.1 } };
    const backward = async (key: Key) => {
      const { scores, order } = await live(key, smallClasses('class', 20), options);
      return transferOf(
        scores.map((row) => row.map(({ accuracy = 0 }) => accuracy)),
        order,
      ).backward;
    };
    const [plain, gem, replay] = [
      await backward('online-sgd'),
      await backward('gem'),
      await backward('experience-replay'),
    ];
    expect(plain).toBeLessThan(-0.5);
    expect(gem).toBeGreaterThan(plain + 0.15);
    expect(replay).toBeGreaterThan(plain + 0.15);
  });
});

describe('balance', () => {
  /** Two overlapping classes on a line, one item in a hundred of the second. */
  function rare(): { spec: StreamSpec; stream: Stream } {
    const { spec } = smallClasses('class');
    const set = (key: string, count: number, share: number) => {
      const rng = createRng(key);
      const labels = Int32Array.from({ length: count }, (_, item) =>
        item % Math.round(1 / share) === 0 ? 1 : 0,
      );
      const data = Float32Array.from(labels, (label) => 1.5 * label + rng.gaussian());
      return {
        inputs: { dtype: 'float32', shape: [count, 1], data },
        targets: { dtype: 'int32', shape: [count], data: labels },
      } as const;
    };
    const all = set('learn', 2000, 0.01);
    const slice = (t: number) => ({
      inputs: { ...all.inputs, shape: [10, 1], data: all.inputs.data.slice(10 * t, 10 * t + 10) },
      targets: { ...all.targets, shape: [10], data: all.targets.data.slice(10 * t, 10 * t + 10) },
      task: 0,
    });
    const target = { kind: 'classification', classes: 2 } as const;
    return {
      spec: { ...spec, input: { shape: [1], dtype: 'float32' }, target, batchSize: 10, tasks: 1 },
      // The test set is of the rare class alone: accuracy is its recall.
      stream: { length: 200, step: slice, testSet: () => set('test', 200, 1) },
    };
  }

  it('by class finds the rare class that items drawn alike leave out', async () => {
    const recall = async (balance: string) => {
      const options = {
        network: { hidden: [] },
        size: 1000,
        balance,
        replay: 20,
        optimizer: { learningRate: 0.1 },
      };
      return (await live('experience-replay', rare(), options)).scores[1]?.[0]?.accuracy as number;
    };
    expect(await recall('items')).toBeLessThan(0.2);
    expect(await recall('classes')).toBeGreaterThan(0.5);
  });
});

describe('the ledger', () => {
  const parametersOf = 4 * 8 + 8 + 8 * 6 + 6;

  it.each([
    // 9 batches of 6 items.
    ['online-sgd', 54, parametersOf, 0],
    // Up to 6 of the 12 kept are drawn beside all batches but the first.
    ['experience-replay', 54 + 8 * 6, parametersOf, 12],
    // The rows of the tasks before hold 4 items each: 3 batches with 0, 4 and 8 of them.
    ['gem', 54 + 3 * (0 + 4 + 8), parametersOf, 12],
    ['a-gem', 54 + 3 * (0 + 4 + 8), parametersOf, 12],
    // A gradient per output of 4 items of each task.
    ['ewc', 54 + 3 * 4 * 6, parametersOf, 4],
    ['independent', 54, 3 * parametersOf, 0],
    // Everything twice after every task, besides.
    ['follow-the-leader', 9 * 10 - 4 + 2 * (18 + 36 + 54), parametersOf, 54],
  ] as const)('counts what %s evaluates, has and keeps', async (key, gradients, parameters, stored) => {
    const { ledger, peakStoredItems } = await live(key, smallClasses('task', 3));
    expect(ledger).toEqual({ parameters, gradients });
    expect(peakStoredItems).toBe(stored);
  });
});

describe('lifelongPlugin', () => {
  it('is of this version and refuses bad options', () => {
    expect(VERSION).toBe(manifest.version);
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    for (const key of keys) {
      expect(() => make(key, { nothing: 1 })).toThrow(invalid);
      expect(() => make(key, { iterations: -1 })).toThrow(invalid);
    }
    expect(() => make('ewc', { decay: 2 })).toThrow(invalid);
    expect(() => make('gem', { margin: -1 })).toThrow(invalid);
    expect(() => make('experience-replay', { memory: 'heap' })).toThrow(invalid);
  });

  it('refuses a stream that allows less than it keeps', () => {
    const { spec } = smallClasses('class');
    expect(() => requireStream(make('follow-the-leader').needs(spec), { ...spec, storage: 100 })).toThrow(
      /storage|keeps/,
    );
    expect(() => requireStream(make('gem').needs(spec), { ...spec, boundariesKnown: false })).toThrow(
      /does not tell/,
    );
    expect(make('online-sgd').needs(spec)).toEqual({ taskLabels: false, storage: 0, metaTraining: false });
  });
});
