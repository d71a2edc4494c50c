import {
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  packState,
  requireStream,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamDistribution,
  type StreamSpec,
  type Tree,
  unpackState,
} from '@tasklearn/core';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { switchingPlant } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallClasses } from '../__fixtures__/small-streams.js';
import { createMole, type MoleOptions } from './create-mole.js';
import type { MixtureState } from './mixture-agent.js';

beforeAll(() => enableHigherOrderGradients());

/** Numbers about 3 and −3 in turn; inputs are 0, so that a network without layers is a bias. */
function twoModes(period: number, length: number): { spec: StreamSpec; stream: Stream } {
  const spec: StreamSpec = {
    ...switchingPlant().spec,
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'regression', shape: [1] },
  };
  const step: Stream['step'] = (t) => {
    const task = Math.floor(t / period) % 2;
    const value = (task === 0 ? 3 : -3) + 0.5 * createRng('modes').split(t).gaussian();
    return {
      inputs: { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) },
      targets: { dtype: 'float32', shape: [1, 1], data: Float32Array.of(value) },
      task,
    };
  };
  return { spec, stream: { length, step } };
}

const bias = {
  network: { hidden: [] },
  prior: 'random',
  window: 4,
  rate: 0.2,
  deviation: 1,
  components: 6,
} as const;

async function open(options: object, spec: StreamSpec, executor: Executor, parameters?: Tree<HostTensor>) {
  const learner = createMole(options as never);
  requireStream(learner.needs(spec), spec);
  const agent = await learner.openAgent(parameters, { spec, executor, rng: createRng(0) });
  return agent as StreamAgent<MixtureState>;
}

/** Lives a lifetime; what each state believed, and the squared errors. */
async function live(
  options: object,
  { spec, stream }: { spec: StreamSpec; stream: Stream },
  executor = eagerExecutor(),
) {
  const agent = await open(options, spec, executor);
  let state = agent.begin(createRng(1));
  const found: { readonly state: MixtureState; readonly error: number }[] = [];
  for (let t = 0; t < stream.length; t += 1) {
    const { inputs, targets } = stream.step(t);
    const mean = (await agent.predict(state, { inputs }, createRng(0))).data[0] as number;
    state = await agent.observe(state, { inputs }, targets, createRng(0));
    found.push({ state, error: (mean - (targets.data[0] as number)) ** 2 });
  }
  agent.dispose();
  return found;
}

const likeliest = ({ responsibilities }: MixtureState) =>
  responsibilities.indexOf(Math.max(...responsibilities));

describe('mole', () => {
  it('finds two components for two modes, and recalls them at once when they return', async () => {
    const found = await live(bias, twoModes(60, 300), compiledExecutor({ threads: 1 }));
    const last = found.at(-1)?.state as MixtureState;
    expect(last.restaurant.filter((table) => (table?.count ?? 0) > 20)).toHaveLength(2);
    // The component of a mode is the same in the first and in later visits.
    const slots = [50, 110, 170, 230, 290].map((t) => likeliest(found[t]?.state as MixtureState));
    expect(slots[0]).not.toBe(slots[1]);
    expect([slots[2], slots[3], slots[4]]).toEqual([slots[0], slots[1], slots[0]]);
    const mean = (first: number, count: number) =>
      found.slice(first, first + count).reduce((sum, { error }) => sum + error, 0) / count;
    const alone = await live({ ...bias, components: 1 }, twoModes(60, 300), compiledExecutor({ threads: 1 }));
    const single = alone.slice(184, 194).reduce((sum, { error }) => sum + error, 0) / 10;
    expect(mean(184, 10)).toBeLessThan(0.6);
    expect(single).toBeGreaterThan(2 * mean(184, 10));
  });

  it('with one component is gradient descent from the prior network, by hand', async () => {
    const { spec, stream } = twoModes(60, 12);
    const found = await live({ ...bias, components: 1 }, { spec, stream });
    const value = (t: number) => stream.step(t).targets.data[0] as number;
    let theta = 0;
    for (let t = 0; t < 12; t += 1) {
      expect(found[t]?.error).toBeCloseTo((theta - value(t)) ** 2, 3);
      const window = Array.from({ length: Math.min(4, t + 1) }, (_, back) => value(t - back));
      const mean = window.reduce((sum, x) => sum + x, 0) / window.length;
      theta -= 0.2 * 2 * (theta - mean);
    }
  });

  it('leaves a component alone that nothing is attributed to, and shares add up to one', async () => {
    const found = await live(bias, twoModes(25, 60));
    for (const [t, { state }] of found.entries()) {
      expect(state.responsibilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      const before = found[t - 1]?.state;
      if (before === undefined) continue;
      const size = state.star.data.length;
      for (const [slot, share] of state.responsibilities.entries())
        if (share === 0)
          expect(state.rows.data.slice(slot * size, (slot + 1) * size)).toEqual(
            before.rows.data.slice(slot * size, (slot + 1) * size),
          );
    }
  });

  it.each(['components', 'reset', 'never'] as const)(
    'lives alike eager and compiled, adapt %s',
    async (adapt) => {
      const { spec, stream } = smallClasses('class', 3);
      const options = {
        network: { hidden: [6] },
        prior: 'random',
        adapt,
        window: 6,
        predict: 'mix',
        components: 3,
      };
      const hidden = { ...spec, boundariesKnown: false };
      const before = tf.memory().numTensors;
      const runs = [];
      for (const executor of [eagerExecutor(), compiledExecutor({ threads: 1 })]) {
        const agent = await open(options, hidden, executor);
        runs.push(await runStream({ agent: agent as never, spec: hidden, stream, rng: createRng(1) }));
        agent.dispose();
      }
      expect(tf.memory().numTensors).toBe(before);
      const [eager, compiled] = runs;
      for (const [index, step] of (eager?.steps ?? []).entries())
        expect(compiled?.steps[index]?.loss).toBeCloseTo(step.loss, 3);
    },
  );

  it('resets to one step from the prior network, and never moves where told not to', async () => {
    const { spec, stream } = twoModes(60, 6);
    const value = (t: number) => stream.step(t).targets.data[0] as number;
    const reset = await live({ ...bias, adapt: 'reset' }, { spec, stream });
    const mean = (value(2) + value(3) + value(4) + value(1)) / 4;
    expect(reset[5]?.error).toBeCloseTo((0.2 * 2 * mean - value(5)) ** 2, 3);
    const never = await live({ ...bias, adapt: 'never' }, { spec, stream });
    expect(never[5]?.error).toBeCloseTo(value(5) ** 2, 4);
  });

  it('goes on from plain data and leaves states as they were', async () => {
    const { spec, stream } = twoModes(3, 8);
    const agent = await open(bias, spec, eagerExecutor());
    let state = agent.begin(createRng(1));
    for (let t = 0; t < 5; t += 1) {
      const { inputs, targets } = stream.step(t);
      const copy = structuredClone(state);
      const next = await agent.observe(state, { inputs }, targets, createRng(0));
      expect(state).toEqual(copy);
      const again = unpackState(packState(state) as never) as MixtureState;
      expect(await agent.observe(again, { inputs }, targets, createRng(0))).toEqual(next);
      state = next;
    }
    expect(agent.storedItems(state)).toBe(4);
    agent.dispose();
  });

  it('meta-trains alike eager and compiled, and gains by it', async () => {
    const distribution: StreamDistribution = switchingPlant({ length: 120, period: 40 });
    const options: Partial<MoleOptions> = { network: { ...smallNetwork }, series: 4, window: 6 };
    const metaTrain = async (updates: number, executor: Executor) => {
      const learner = createMole(options as never);
      const training = await (learner.openTraining as NonNullable<typeof learner.openTraining>)({
        distribution,
        executor,
        rng: createRng(3),
      });
      const losses: number[] = [];
      for (let update = 0; update < updates; update += 1)
        losses.push((await training.update()).metrics.loss as number);
      const parameters = training.parameters();
      training.dispose();
      return { parameters, losses };
    };
    const before = tf.memory().numTensors;
    const [eager, compiled] = [
      await metaTrain(2, eagerExecutor()),
      await metaTrain(2, compiledExecutor({ threads: 1 })),
    ];
    expect(tf.memory().numTensors).toBe(before);
    expect(leavesOf(eager.parameters)).toHaveLength(leavesOf(compiled.parameters).length);
    for (const [index, loss] of eager.losses.entries()) expect(compiled.losses[index]).toBeCloseTo(loss, 3);
    const { losses } = await metaTrain(150, compiledExecutor({ threads: 1 }));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.6 * mean(losses.slice(0, 20)));
  });

  it('refuses what does not fit', async () => {
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    for (const bad of [
      { components: 0 },
      { rate: 0 },
      { predict: 'best' },
      { patience: 0 },
      { concentration: -1 },
      { a: 1 },
    ])
      expect(() => createMole(bad as never)).toThrow(invalid);
    const context = { spec: switchingPlant().spec, executor: eagerExecutor(), rng: createRng(0) };
    await expect(createMole().openAgent(undefined, context)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    expect(createMole().needs(context.spec)).toEqual({ taskLabels: false, storage: 8, metaTraining: true });
  });
});

const smallNetwork = {
  architecture: 'mlp',
  hidden: [12],
  activation: 'tanh',
} as never as MoleOptions['network'];
