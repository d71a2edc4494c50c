import { type ControlDistribution, createRng, type Transitions } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { chiSquare, frequencies } from '../../__fixtures__/chi-square.js';
import { codeOf } from '../../__fixtures__/code-of.js';
import { createTrajectoryReplay } from '../create-trajectory-replay.js';
import { fieldLayout, readField } from '../field-layout.js';
import { type GoalStrategy, relabelGoals } from './relabel-goals.js';
import { relabelStored } from './relabel-stored.js';
import { chooseTask, relabelTasks, relabelTrajectory } from './relabel-tasks.js';
import { requireRelabelling, rewardOfTasks } from './require-relabelling.js';

// A walk to the right: the observation is [position, goal], the reward 0 at the goal and -1 elsewhere.
const fields = { observation: 2, action: 1, reward: 1, next: 2, discount: 1 };
const layout = fieldLayout(fields);
const goal = { size: 1, achieved: 0, desired: 1 };
const reward = ({ next }: Transitions, tasks: Int32Array) =>
  Float32Array.from(tasks, (_task, item) => (next[2 * item] === next[2 * item + 1] ? 0 : -1));
const walk = (length: number, from = 0) =>
  Float32Array.from(
    Array.from({ length }, (_, time) => [from + time, 99, 1, -1, from + time + 1, 99, 1]).flat(),
  );

function drawGoals(strategy: GoalStrategy, count: number, relabelledPerOriginal = 4) {
  const relabel = relabelGoals({ strategy, relabelledPerOriginal, goal, reward });
  const replay = createTrajectoryReplay({ episodes: 4, horizon: 5, fields, relabel });
  replay.addTrajectory(walk(5));
  if (strategy === 'random') replay.addTrajectory(walk(5, 10));
  const rows = replay.sample(createRng(7), count).rows.data as Float32Array;
  const column = (name: string, index: number) =>
    readField(layout, rows, name).filter((_value, item) => item % (layout.fields[name]?.size ?? 1) === index);
  return {
    position: column('observation', 0),
    goal: column('observation', 1),
    nextGoal: column('next', 1),
    next: column('next', 0),
    reward: column('reward', 0),
  };
}

describe('relabelGoals', () => {
  it('relabels k of k + 1 steps, with the reward of the new goal', () => {
    const drawn = drawGoals('future', 20_000);
    const original = drawn.goal.filter((value) => value === 99).length;
    expect(chiSquare([original, 20_000 - original], [0.2, 0.8])).toBeLessThan(10.8);
    expect(drawn.nextGoal).toEqual(drawn.goal);
    expect([...drawn.reward]).toEqual(
      [...drawn.next].map((next, item) => (next === drawn.goal[item] ? 0 : -1)),
    );
  });

  it('draws `future` goals uniformly from the later states, (t, H]', () => {
    const drawn = drawGoals('future', 40_000);
    for (let time = 0; time < 5; time += 1) {
      const goals = drawn.goal.filter((value, item) => drawn.position[item] === time && value !== 99);
      const counts = frequencies(goals, 6);
      expect(counts.slice(0, time + 1)).toEqual(Array(time + 1).fill(0));
      const later = counts.slice(time + 1);
      expect(
        chiSquare(
          later,
          later.map(() => 1 / later.length),
        ),
      ).toBeLessThan(20.5);
    }
  });

  it('takes the last state for `final`: the last step is a success', () => {
    const drawn = drawGoals('final', 2000, 1e9);
    expect(new Set(drawn.goal)).toEqual(new Set([5]));
    drawn.position.forEach((position, item) => {
      expect(drawn.reward[item]).toBe(position === 4 ? 0 : -1);
    });
  });

  it('takes any state of the episode, or of any episode', () => {
    const uniform = (goals: Float32Array, values: number[]) => {
      const counts = frequencies(goals, 16);
      return chiSquare(
        values.map((value) => counts[value] as number),
        values.map(() => 1 / values.length),
      );
    };
    expect(uniform(drawGoals('episode', 20_000, 1e9).goal, [1, 2, 3, 4, 5])).toBeLessThan(18.5);
    const every = [1, 2, 3, 4, 5, 11, 12, 13, 14, 15];
    expect(uniform(drawGoals('random', 20_000, 1e9).goal, every)).toBeLessThan(27.9);
  });

  it('gives the same distribution when stored as when drawn', () => {
    const relabel = relabelGoals({ relabelledPerOriginal: 4, probability: 1, goal, reward });
    const counts = Array<number>(36).fill(0);
    const pair = (row: ArrayLike<number>, start: number) =>
      6 * (row[start] as number) + (row[start + 1] === 99 ? 0 : (row[start + 1] as number));
    for (let seed = 0; seed < 2000; seed += 1) {
      const copies = relabelStored(layout, walk(5), relabel, 4, createRng(seed));
      for (const rows of [walk(5), copies])
        for (let start = 0; start < rows.length; start += layout.size)
          counts[pair(rows, start)] = (counts[pair(rows, start)] as number) + 1;
    }
    const drawn = drawGoals('future', 50_000);
    const sampled = frequencies(
      Array.from(drawn.position, (position, item) => pair([position, drawn.goal[item] as number], 0)),
      36,
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    const kept = counts.map((_count, index) => index).filter((index) => (counts[index] as number) > 0);
    expect(sampled.filter((count, index) => count > 0 && counts[index] === 0)).toEqual([]);
    expect(
      chiSquare(
        kept.map((index) => sampled[index] as number),
        kept.map((index) => (counts[index] as number) / total),
      ),
    ).toBeLessThan(50); // 20 kinds of row; both are random.
  });

  it('sets the discount where told to', () => {
    const discount = (value: number) => (value === 0 ? 0 : 1);
    const relabel = relabelGoals({ strategy: 'final', probability: 1, goal, reward, discount });
    const rows = relabelStored(layout, walk(3), relabel, 1, createRng(0));
    expect([...readField(layout, rows, 'discount')]).toEqual([1, 1, 0]);
    expect(codeOf(() => relabelGoals({ goal, reward, probability: 2 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => relabelGoals({ goal, reward, strategy: 'last' as 'final' }))).toBe('INVALID_OPTION');
  });
});

describe('relabelTasks', () => {
  // Task j is paid for being at position j + 1.
  const rewardOf = ({ next }: Transitions, tasks: Int32Array) =>
    Float32Array.from(tasks, (task, item) => Number(next[2 * item] === task + 1));

  it('gives steps any task, with its reward as it is', () => {
    const relabel = relabelTasks({ strategy: 'random', tasks: 4, reward: rewardOf, probability: 1 });
    const replay = createTrajectoryReplay({ episodes: 4, horizon: 5, fields, relabel });
    replay.addTrajectory(walk(2));
    const { rows, tasks } = replay.sample(createRng(0), 8000);
    expect(chiSquare(frequencies(tasks, 4), [0.25, 0.25, 0.25, 0.25])).toBeLessThan(16.3);
    const next = readField(layout, rows.data as Float32Array, 'next');
    const rewards = readField(layout, rows.data as Float32Array, 'reward');
    expect([...rewards]).toEqual([...tasks].map((task, item) => Number(next[2 * item] === task + 1)));
    expect(Math.max(...rewards)).toBe(1);
  });

  it('finds the tasks under which the episode went well', () => {
    const describe = (row: Float32Array, task: number) => row.set([task], 1);
    const relabel = relabelTasks({ tasks: 4, reward: rewardOf, probability: 1, describe });
    const replay = createTrajectoryReplay({ episodes: 4, horizon: 5, fields, relabel });
    replay.addTrajectory(walk(2));
    const { rows, tasks } = replay.sample(createRng(0), 4000);
    expect(chiSquare(frequencies(tasks, 2), [0.5, 0.5])).toBeLessThan(10.8); // Tasks 2 and 3 are never paid.
    expect(rows.data[1]).toBe(tasks[0]);
  });

  it('chooses by softmax', () => {
    const rng = createRng(4);
    const counts = frequencies(
      Array.from({ length: 9000 }, () => chooseTask([0, Math.log(2), 0], 1, rng)),
      3,
    );
    expect(chiSquare(counts, [0.25, 0.5, 0.25])).toBeLessThan(13.8);
  });

  it('gives a trajectory to all tasks, with priorities', () => {
    const relabelled = relabelTrajectory(
      layout,
      walk(2),
      { strategy: 'all', tasks: 3, reward: rewardOf },
      createRng(0),
    );
    expect(relabelled.map(({ task }) => task)).toEqual([0, 1, 2]);
    expect(relabelled.map(({ priority }) => priority)).toEqual([1.01, 1.01, 0.01]);
    expect(relabelled.map(({ rows }) => [...readField(layout, rows, 'reward')])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });
});

describe('requireRelabelling', () => {
  const distribution = (given: object) =>
    ({
      id: 'toy',
      varies: ['reward'],
      spec: { goal },
      reward: (task: { parameters: { at: number } }, { next }: Transitions) =>
        next.map((value) => Number(value === task.parameters.at)),
      ...given,
    }) as unknown as ControlDistribution;
  const demands = { offPolicy: true, goals: true };

  it.each([
    [{}, demands, 'none'],
    [{ reward: undefined }, demands, 'UNSUPPORTED_TASK'],
    [{ varies: ['reward', 'dynamics'] }, demands, 'UNSUPPORTED_TASK'],
    [{ spec: {} }, demands, 'UNSUPPORTED_TASK'],
    [{}, { offPolicy: false }, 'UNSUPPORTED_TASK'],
    [{}, { offPolicy: false, allowOnPolicy: true }, 'none'],
  ] as const)('%j with %j: %s', (given, wanted, code) => {
    expect(codeOf(() => requireRelabelling('her', distribution(given), wanted))).toBe(code);
  });

  it('computes rewards task by task', () => {
    const tasks = [3, 7].map((at) => ({ id: `${at}`, parameters: { at } }));
    const found = rewardOfTasks(distribution({}), tasks);
    const next = Float32Array.of(3, 3, 7);
    const rewards = found({ observation: next, action: next, next }, Int32Array.of(0, 1, 1));
    expect([...rewards]).toEqual([1, 0, 1]);
    expect(codeOf(() => found({ observation: next, action: next, next }, Int32Array.of(0, 1, 2)))).toBe(
      'SHAPE_MISMATCH',
    );
    expect(codeOf(() => rewardOfTasks(distribution({ reward: undefined }), tasks))).toBe('UNSUPPORTED_TASK');
  });
});
