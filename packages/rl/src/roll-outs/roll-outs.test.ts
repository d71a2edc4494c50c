import { createRng, type HostTensor, packHostTree, type Tree, toHost } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { countingEnvironment, countingSpec } from '../__fixtures__/counting-environment.js';
import { mixtureActor } from '../policies/mixture-actor.js';
import { perturbedParameters } from '../policies/perturbed-parameters.js';
import { policyFor } from '../policies/policy-for.js';
import type { Actor } from './actor.js';
import { collectEpisodes } from './collect-episodes.js';
import { collectRollout, rolloutCollector } from './collect-rollout.js';
import { compiledActor } from './compiled-actor.js';

beforeAll(() => tf.setBackend('cpu'));

/** Takes action 1 in copy 1 only, and remembers the copy's number. */
const actor: Actor = async (steps) => ({
  actions: Float32Array.from(steps.stepType, (_, copy) => (copy === 1 ? 1 : 0)),
  extras: { twice: Float32Array.from({ length: 2 * steps.stepType.length }, (_, i) => i) },
});

describe('collectRollout', () => {
  it('is time-major; what follows a step is seen before the reset, what precedes the next one after it', async () => {
    const rollout = await collectRollout(countingEnvironment([2, 9], 3), actor, 4, createRng(0));
    expect([...rollout.reward]).toEqual([1, 11.5, 2, 12.5, 1, 13.5, 2, 11.5]);
    expect([...rollout.observation]).toEqual([0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 2, 0, 1, 1, 0]);
    expect([...rollout.next]).toEqual([0, 1, 1, 1, 0, 2, 1, 2, 0, 1, 1, 3, 0, 2, 1, 1]);
    expect([...rollout.discount]).toEqual([1, 1, 0, 1, 1, 1, 0, 1]);
    expect([...rollout.ends]).toEqual([0, 0, 1, 0, 0, 1, 1, 0]);
    expect([...rollout.begins]).toEqual([1, 1, 0, 0, 1, 0, 0, 1]);
    expect([...(rollout.extras.twice as Float32Array)].slice(4, 8)).toEqual([0, 1, 2, 3]);
  });
  it('a collector goes on where it stopped', async () => {
    const collector = rolloutCollector(countingEnvironment([5], 9), 3);
    await collector.collect(actor, createRng(0));
    const second = await collector.collect(actor, createRng(1));
    expect([...second.observation]).toEqual([0, 3, 0, 4, 0, 0]);
  });
  it('refuses a length by code', () => {
    expect(() => rolloutCollector(countingEnvironment([5], 9), 0)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('collectEpisodes', () => {
  it('is copy-major, padded with zeros and masked after the end', async () => {
    const episodes = await collectEpisodes(countingEnvironment([2, 9], 3), actor, createRng(0));
    expect([...episodes.reward]).toEqual([1, 2, 0, 11.5, 12.5, 13.5]);
    expect([...episodes.mask]).toEqual([1, 1, 0, 1, 1, 1]);
    expect([...episodes.discount]).toEqual([1, 0, 0, 1, 1, 1]);
    expect([...episodes.lengths]).toEqual([2, 3]);
    expect([...episodes.observation]).toEqual([0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 2]);
    expect([...episodes.action]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...(episodes.extras.twice as Float32Array)]).toEqual([0, 1, 0, 1, 0, 0, 2, 3, 2, 3, 2, 3]);
  });
});

describe('compiledActor', () => {
  const spec = countingSpec(3);
  const policy = policyFor(spec, { hidden: [5], headScale: 3 });
  const parameters = async (seed: number) => {
    const tree = policy.init(createRng(seed));
    const hosted = await toHost(tree as never);
    tf.dispose(tree);
    return packHostTree(hosted as Tree<HostTensor>);
  };
  const steps = countingEnvironment([3, 3, 3, 3], 9).reset();

  it('gives actions with their log-probabilities, the same for the same stream', async () => {
    const before = tf.memory().numTensors;
    const { vector, spec: tree } = await parameters(0);
    const executor = compiledExecutor({ threads: 1, fallback: 'error' });
    const own = compiledActor(policy, tree, executor, {
      copies: 4,
      observationSize: 2,
      logProbability: true,
      numbers: true,
    });
    await expect(own.act(steps, createRng(0))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    own.setParameters(vector.data as Float32Array);
    const acted = await own.act(steps, createRng(1));
    expect(await own.act(steps, createRng(1))).toEqual(acted);
    const numbers = acted.extras?.numbers as Float32Array;
    acted.actions.forEach((action, copy) => {
      const [a, b] = [numbers[2 * copy], numbers[2 * copy + 1]] as [number, number];
      const chosen = action === 0 ? a : b;
      expect(acted.extras?.logProbability?.[copy]).toBeCloseTo(
        chosen - Math.log(Math.exp(a) + Math.exp(b)),
        4,
      );
    });
    own.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
  it('takes one vector per task', async () => {
    const [a, b] = [await parameters(0), await parameters(1)];
    const executor = compiledExecutor({ threads: 1, fallback: 'error' });
    const options = { observationSize: 2, numbers: true, choice: 'mode' as const };
    const both = compiledActor(policy, a.spec, executor, { ...options, copies: 4, tasks: 2 });
    both.setParameters(Float32Array.of(...a.vector.data, ...b.vector.data));
    const together = await both.act(steps, createRng(0));
    const alone = compiledActor(policy, a.spec, executor, { ...options, copies: 4 });
    const numbers: number[] = [];
    for (const [task, { vector }] of [a, b].entries()) {
      alone.setParameters(vector.data as Float32Array);
      const own = (await alone.act(steps, createRng(0))).extras?.numbers as Float32Array;
      numbers.push(...own.subarray(4 * task, 4 * task + 4));
    }
    numbers.forEach((x, i) => {
      expect(together.extras?.numbers?.[i]).toBeCloseTo(x, 5);
    });
    both.dispose();
    alone.dispose();
  });
});

describe('mixtureActor', () => {
  const always =
    (action: number): Actor =>
    async (steps) => ({
      actions: new Float32Array(steps.stepType.length).fill(action),
    });
  it('draws a component when an episode begins and keeps it, as often as its weight says', async () => {
    const environment = countingEnvironment(Array<number>(400).fill(3), 9);
    const mixture = mixtureActor([always(0), always(1)], [0.25, 0.75]);
    const rollout = await collectRollout(environment, mixture, 6, createRng(0));
    const at = (time: number, copy: number) => rollout.action[time * 400 + copy];
    let ones = 0;
    for (let copy = 0; copy < 400; copy += 1) {
      expect(new Set([at(0, copy), at(1, copy), at(2, copy)]).size).toBe(1);
      ones += (at(0, copy) as number) + (at(3, copy) as number);
    }
    expect(Math.abs(ones / 800 - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / 800));
  });
  it('refuses weights that do not sum to 1, by code', () => {
    expect(() => mixtureActor([always(0)], [0.5])).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

it('perturbedParameters adds noise of the given size to every parameter', () => {
  const vector = new Float32Array(4000).fill(2);
  const moved = perturbedParameters(vector, 0.5, createRng(0));
  const spread = moved.reduce((sum, x) => sum + (x - 2) ** 2, 0) / 4000;
  expect(Math.sqrt(spread)).toBeCloseTo(0.5, 1);
  expect(vector[0]).toBe(2);
});
