import { createRng, eagerExecutor, runTrials } from '@tasklearn/core';
import { corridor, hallwaySign } from '@tasklearn/environments';
import { describe, expect, it } from 'vitest';
import { toyBandits } from '../__fixtures__/toy-bandits.js';
import { createBayesFilter, createExactPosteriorSampling } from './exact-belief.js';
import { beginBelief, type TaskSet, taskMarginal, updateTaskBelief } from './task-belief.js';

const exact = { rewardDeviation: 0.01, observationDeviation: 0.01 };

/** Three cells; left from the first bumps. States 3..5 are cells after a bump; what shows is the bump alone. */
function corridorSet(goals: readonly number[], start: 'first' | 'uniform', shown: 'bump' | 'cell'): TaskSet {
  const [states, actions] = [6, 2];
  const transition: number[] = [];
  const reward: number[] = [];
  const observation: number[] = [];
  const initial: number[] = [];
  for (const goal of goals) {
    for (let state = 0; state < states; state += 1) {
      const cell = state % 3;
      initial.push(start === 'first' ? (state === 0 ? 1 : 0) : state < 3 ? 1 / 3 : 0);
      observation.push(shown === 'bump' ? (state >= 3 ? 1 : 0) : cell);
      for (const move of [-1, 1]) {
        const to = cell + move;
        const next = to < 0 || to > 2 ? cell + 3 : to;
        for (let other = 0; other < states; other += 1) {
          transition.push(other === next ? 1 : 0);
          reward.push(other % 3 === goal ? 1 : 0);
        }
      }
    }
  }
  return {
    tasks: goals.length,
    states,
    actions,
    observationSize: 1,
    initial,
    transition,
    reward,
    observation,
  };
}

describe('the exact belief', () => {
  it('finds the location: a bump on the left and no reward mean the first cell', () => {
    const set = corridorSet([2], 'uniform', 'bump');
    const begun = beginBelief(set, Float64Array.of(1), Float32Array.of(0), exact);
    expect([...begun.slice(0, 3)]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    const step = { action: 0, reward: 0, seen: Float32Array.of(1) };
    const found = updateTaskBelief(set, begun, step, exact);
    expect(found[3]).toBeCloseTo(1, 10);
  });

  it('finds the task: no reward in the first cell leaves the other two', () => {
    const set = corridorSet([0, 1, 2], 'first', 'cell');
    const prior = new Float64Array(3).fill(1 / 3);
    const begun = beginBelief(set, prior, Float32Array.of(0), exact);
    const found = updateTaskBelief(set, begun, { action: 0, reward: 0, seen: Float32Array.of(0) }, exact);
    const tasks = [...taskMarginal(set, found)];
    [0, 0.5, 0.5].forEach((expected, index) => {
      expect(tasks[index]).toBeCloseTo(expected, 10);
    });
  });

  it('equals Bayes by brute force on random sets of random processes', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const rng = createRng(seed);
      const [tasks, states, actions] = [3, 3, 2];
      const rows = (count: number) =>
        Array.from({ length: count }, () => {
          const weights = Array.from({ length: states }, () => rng.next());
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          return weights.map((weight) => weight / total);
        }).flat();
      const set: TaskSet = {
        tasks,
        states,
        actions,
        observationSize: 1,
        initial: rows(tasks),
        transition: rows(tasks * states * actions),
        reward: Array.from({ length: tasks * states * actions * states }, () => 0),
        observation: Array.from({ length: tasks * states }, (_, index) => index % states),
      };
      // With the state seen, the belief over tasks is the product of transition probabilities.
      let state = rng.integer(states);
      let belief = beginBelief(set, new Float64Array(tasks).fill(1 / 3), Float32Array.of(state), exact);
      const mass = Array.from({ length: tasks }, (_, task) => set.initial[task * states + state] as number);
      for (let step = 0; step < 4; step += 1) {
        const [action, next] = [rng.integer(actions), rng.integer(states)];
        for (let task = 0; task < tasks; task += 1)
          mass[task] =
            (mass[task] as number) *
            (set.transition[((task * states + state) * actions + action) * states + next] as number);
        belief = updateTaskBelief(set, belief, { action, reward: 0, seen: Float32Array.of(next) }, exact);
        state = next;
      }
      const total = mass.reduce((sum, value) => sum + value, 0);
      taskMarginal(set, belief).forEach((value, task) => {
        expect(value).toBeCloseTo((mass[task] as number) / total, 8);
      });
    }
  });
});

describe('exact-posterior-sampling and bayes-filter', () => {
  async function play(
    learner: ReturnType<typeof createBayesFilter>,
    distribution: ReturnType<typeof hallwaySign>,
    trials: number,
  ) {
    const executor = eagerExecutor();
    const { trial } = distribution;
    const training = await learner.openTraining({ distribution, trial, executor, rng: createRng(1) });
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    const tasks = Array.from({ length: trials }, (_, index) =>
      distribution.task('test', index, createRng(2)),
    );
    const results = await runTrials({ agent, distribution, tasks, trial, rng: createRng(3) });
    training.dispose();
    agent.dispose();
    return results;
  }

  it('without a sign needs (K + 1) / 2 episodes to the first success', async () => {
    const distribution = hallwaySign({
      hallways: 4,
      length: 2,
      horizon: 2,
      sign: 'none',
      paintingBits: 0,
      explorationEpisodes: 0,
      executionEpisodes: 4,
    });
    const results = await play(createExactPosteriorSampling(), distribution, 400);
    const first = results.map(({ episodes }) => 1 + episodes.findIndex(({ success }) => success));
    expect(Math.min(...first)).toBe(1); // every hallway is tried once, so the last is found by the fourth
    expect(Math.max(...first)).toBe(4);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    expect(Math.abs(mean - 2.5)).toBeLessThan(0.2);
  });

  it('never goes to read the sign: succeeds in 2 of K', async () => {
    const distribution = hallwaySign({
      hallways: 6,
      length: 3,
      horizon: 5,
      explorationSteps: 5,
      paintingBits: 1,
    });
    const results = await play(createExactPosteriorSampling(), distribution, 300);
    const share = results.filter(({ episodes }) => episodes[1]?.success === true).length / results.length;
    expect(Math.abs(share - 1 / 3)).toBeLessThan(0.1);
  });

  it('uses what it meets in a corridor', async () => {
    const results = await play(createBayesFilter(), corridor() as never, 30);
    const last = results.reduce((sum, { episodes }) => sum + (episodes.at(-1)?.return ?? 0), 0) / 30;
    const first = results.reduce((sum, { episodes }) => sum + (episodes[0]?.return ?? 0), 0) / 30;
    expect(last).toBeGreaterThanOrEqual(first);
  });

  it('refuse tasks without models and options out of range', async () => {
    const distribution = toyBandits(2, 2);
    const context = { distribution, trial: distribution.trial, executor: eagerExecutor(), rng: createRng(1) };
    await expect(createBayesFilter().openTraining(context)).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
    for (const options of [{ discount: 1 }, { act: 'greedy' }, { rewardDeviation: 0 }])
      expect(() => createExactPosteriorSampling(options as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});
