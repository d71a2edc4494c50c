import { describe, expect, it } from 'vitest';
import { toyChain } from '../__fixtures__/toy-chain.js';
import {
  type ControlAgent,
  type ControlTask,
  countSteps,
  createRng,
  evaluateTrials,
  randomAgent,
  referenceAgent,
  runTrials,
  summariseTrials,
  type TrialResult,
} from '../index.js';

const rng = createRng(3);
const chain = toyChain({ slip: 0 });
const tasks = [1, -1].map((side): ControlTask => ({ id: `side ${side}`, parameters: { side } }));
const trial = { explorationEpisodes: 1, executionEpisodes: 2 };

/** Goes right always, and writes down what it is asked. */
function diary(): { agent: ControlAgent<readonly string[]>; entries: readonly string[] } {
  const entries: string[] = [];
  const agent: ControlAgent<readonly string[]> = {
    beginTrials(trials, protocol) {
      entries.push(`begin ${trials} ${protocol.executionEpisodes}`);
      return [];
    },
    async act(state, steps, active) {
      entries.push(`act ${[...active].join('')} at ${steps.observation[0]},${steps.observation[2]}`);
      return { actions: Float32Array.of(1, 1), state: [...state, 'act'] };
    },
    observe(state, _actions, steps, active) {
      entries.push(`see ${[...active].join('')} ${[...steps.reward].map((value) => value.toFixed(1))}`);
      return [...state, 'see'];
    },
    endEpisode(state) {
      entries.push(`end ${state.length}`);
      return state;
    },
    async adapt(state) {
      entries.push('adapt');
      return [...state, 'adapt'];
    },
    dispose: () => undefined,
  };
  return { agent, entries };
}

describe('runTrials', () => {
  it('runs episodes of both tasks in lock-step and keeps the state of the trial', async () => {
    const { agent, entries } = diary();
    const results = await runTrials({ agent, distribution: chain, tasks, trial, rng, keepTrajectories: 1 });
    // From cell 2 to cell 4: two steps; +1 where that end is good, −1 else.
    const episode = ['act 11 at 2,2', 'see 11 -0.1,-0.1', 'act 11 at 3,3', 'see 11 1.0,-1.0'];
    expect(entries).toEqual([
      'begin 2 2',
      ...[4, 9, 14].flatMap((length) => [...episode, `end ${length}`, 'adapt']),
    ]);
    expect(results.map(({ task }) => task.id)).toEqual(['side 1', 'side -1']);
    expect(results.map(({ episodes }) => episodes.map(({ length, success }) => [length, success]))).toEqual([
      Array(3).fill([2, true]),
      Array(3).fill([2, false]),
    ]);
    expect(results[0]?.episodes[0]?.return).toBeCloseTo(0.9, 6);
    expect(results[1]?.episodes[0]?.return).toBeCloseTo(-1.1, 6);
    expect(results[1]?.episodes[0]?.trajectory).toBeUndefined();
  });

  it('records the trajectories that it is asked for', async () => {
    const { agent } = diary();
    const [first] = await runTrials({ agent, distribution: chain, tasks, trial, rng, keepTrajectories: 1 });
    expect(first?.episodes[2]?.trajectory).toEqual({
      observations: Float32Array.of(2, 1, 3, 1, 4, 1),
      actions: Float32Array.of(1, 1),
      rewards: Float32Array.of(-0.1, 1),
      length: 2,
      success: true,
      terminated: true,
    });
  });

  it('tells truncation from termination and stops acting in copies that have ended', async () => {
    // A copy that goes left and right for ever is truncated; its neighbour ends at once.
    const agent: ControlAgent<number> = {
      ...diary().agent,
      beginTrials: () => 0,
      act: async (time, _steps, active) => {
        expect(active[1]).toBe(time < 2 ? 1 : 0);
        return { actions: Float32Array.of(time % 2, 1), state: time + 1 };
      },
      observe: (time) => time,
      endEpisode: () => 0,
      adapt: async () => 0,
    };
    const results = await runTrials({ agent, distribution: chain, tasks, trial, rng, keepTrajectories: 2 });
    const ends = results.map(({ episodes }) => episodes[0]?.trajectory);
    expect(ends.map((end) => [end?.length, end?.terminated])).toEqual([
      [10, false],
      [2, true],
    ]);
    expect(ends.map((end) => end?.rewards.length)).toEqual([10, 2]);
  });

  it('is the same again for the same seed, and stops for a signal', async () => {
    const slippery = toyChain({ slip: 0.3 });
    const options = { agent: randomAgent(slippery.spec), distribution: slippery, tasks, trial, rng };
    expect(await runTrials(options)).toEqual(await runTrials(options));
    const other = await runTrials({ ...options, rng: createRng(4) });
    expect(other).not.toEqual(await runTrials(options));
    await expect(runTrials({ ...options, signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});

async function evaluated(options: Partial<Parameters<typeof evaluateTrials>[0]>): Promise<TrialResult[]> {
  const results: TrialResult[] = [];
  const agent = randomAgent(chain.spec);
  const base = { agent, distribution: chain, split: 'test', count: 5, tasksPerBatch: 2, trial, rng } as const;
  for await (const result of evaluateTrials({ ...base, ...options })) results.push(result);
  return results;
}

describe('evaluateTrials', () => {
  it('meets each task once, in order, and sums up execution episodes', async () => {
    const results = await evaluated({ keepTrajectories: 3 });
    expect(results.map(({ task }) => task.id)).toEqual([0, 1, 2, 3, 4].map((index) => `test/${index}`));
    const kept = results.map(({ episodes }) => episodes.every(({ trajectory }) => trajectory !== undefined));
    expect(kept).toEqual([true, true, true, false, false]);
    const executed = results.flatMap(({ episodes }) => episodes.slice(1));
    const summary = summariseTrials(results, trial);
    expect(summary.return).toBeCloseTo(executed.reduce((sum, episode) => sum + episode.return, 0) / 10, 10);
    expect(summary.success).toBe(executed.filter(({ success }) => success).length / 10);
  });

  it('counts every step of every episode', async () => {
    const counted = countSteps(chain, 100);
    const results = await evaluated({ distribution: counted.distribution });
    expect(counted.steps() - 100).toBe(summariseTrials(results, trial).environmentSteps);
  });

  it('runs a reference that is told the tasks of each batch', async () => {
    const oracle = chain.references?.oracle;
    const results = await evaluated({
      agent: (own, stream) => referenceAgent(oracle!(own, 1, stream)),
    });
    expect(summariseTrials(results, trial)).toEqual({
      return: expect.closeTo(0.9, 6),
      success: 1,
      length: 2,
      environmentSteps: 30,
    });
  });

  it('refuses counts out of range', async () => {
    await expect(evaluated({ count: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('countSteps', () => {
  it('counts active copies, and nothing for a step that throws', () => {
    const { distribution, steps } = countSteps(chain);
    const environment = distribution.createEnvironment(tasks, 2, rng);
    expect(() => environment.step(new Float32Array(4))).toThrow();
    environment.reset();
    environment.step(new Float32Array(4));
    environment.step(new Float32Array(4).fill(1), Uint8Array.of(1, 0, 0, 1));
    expect(steps()).toBe(6);
  });

  it('keeps what the distribution has besides, inherited members too', () => {
    class Derived {
      readonly kind = 'control';
      readonly id = 'derived';
      readonly world = { size: 3 };
      secret() {
        return this.world.size;
      }
    }
    const { distribution } = countSteps(new Derived() as never);
    expect((distribution as unknown as Derived).secret()).toBe(3);
    expect({ ...distribution }).toMatchObject({ id: 'derived', world: { size: 3 } });
  });
});

describe('randomAgent', () => {
  it('draws every discrete action, and continuous ones within their limits', async () => {
    const steps = {} as never;
    const discrete = randomAgent({
      ...chain.spec,
      action: { shape: [], dtype: 'int32', minimum: 0, maximum: 2 },
    });
    const drawn = await discrete.act({ trials: 60 }, steps, new Uint8Array(60), rng);
    expect([...new Set(drawn.actions)].sort()).toEqual([0, 1, 2]);
    const action = { shape: [2], dtype: 'float32', minimum: -3, maximum: -1 } as const;
    const { actions } = await randomAgent({ ...chain.spec, action }).act(
      { trials: 50 },
      steps,
      new Uint8Array(50),
      rng,
    );
    expect(actions.length).toBe(100);
    expect(Math.min(...actions)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...actions)).toBeLessThanOrEqual(-1);
    expect(Math.max(...actions) - Math.min(...actions)).toBeGreaterThan(1.5);
  });
});

describe('the toy chain', () => {
  it('makes the same of its copies whether they step together or one by one', () => {
    const slippery = toyChain({ slip: 0.4 });
    const [together, apart] = [1, 2].map(() => slippery.createEnvironment(tasks, 2, rng));
    const actions = Float32Array.of(0, 1, 1, 0);
    const seen = [together!.reset(), apart!.reset()];
    for (let time = 0; time < 2; time += 1) {
      const active = seen[0]!.stepType.map((type) => (type === 2 ? 0 : 1));
      together!.step(actions, active);
      for (let copy = 3; copy >= 0; copy -= 1)
        apart!.step(
          actions,
          active.map((own, index) => (index === copy ? own : 0)),
        );
      expect(seen[1]).toEqual(seen[0]);
    }
  });

  it('goes on from a snapshot exactly, what it showed included', () => {
    const slippery = toyChain({ slip: 0.4 });
    const environment = slippery.createEnvironment(tasks, 1, rng);
    environment.reset();
    environment.step(Float32Array.of(1, 0));
    const other = slippery.createEnvironment(tasks, 1, rng);
    other.restore(environment.snapshot());
    expect(other.reset(new Uint8Array(2))).toEqual(environment.reset(new Uint8Array(2)));
    const again = environment.step(Float32Array.of(0, 1));
    expect(other.step(Float32Array.of(0, 1))).toEqual(again);
    expect(() => other.restore(new Uint8Array(3))).toThrow();
  });
});
