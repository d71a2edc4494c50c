import { trivialControlDistribution } from '@tasklearn/conformance';
import { createRng } from '@tasklearn/core';
import { createTrajectoryReplay } from '@tasklearn/rl';
import { describe, expect, it } from 'vitest';
import { slotContext, walk } from '../__fixtures__/slot-context.js';
import { goalRelabelling, windowRelabelling } from './relabel-goal-slot.js';
import { taskRelabelling } from './relabel-task-slot.js';

const fields = { observation: 2, action: 1, reward: 1, next: 2, discount: 1 };
const positions = [0, 0.25, 0.5, 0.75, 1];

/** Rows drawn after relabelling from a replay of one walk: [position, goal, , reward, next, goal, discount]. */
function drawn(relabelling: ReturnType<ReturnType<typeof windowRelabelling>>, count: number) {
  const relabel = relabelling.onSample;
  if (relabel === undefined) throw new Error('Expected rows to be relabelled as they are drawn.');
  const replay = createTrajectoryReplay({ episodes: 1, horizon: 4, fields, relabel });
  replay.addTrajectory(walk(positions, -1));
  const { data } = replay.sample(createRng(1), count).rows;
  return Array.from({ length: count }, (_, row) => [...data.slice(row * 7, (row + 1) * 7)]);
}

describe('windowRelabelling', () => {
  it('takes goals from later in the episode, all equally often', () => {
    const rows = drawn(windowRelabelling('gcsl', { minimum: 1, maximum: 0 })(slotContext()), 4000);
    const counts = new Map<string, number>();
    for (const [at = 0, goal = 0, , , , also] of rows) {
      expect(goal).toBeGreaterThan(at);
      expect(also).toBe(goal);
      counts.set(`${at}/${goal}`, (counts.get(`${at}/${goal}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(10); // 4 + 3 + 2 + 1
    for (const goal of [0.25, 0.5, 0.75, 1])
      expect(Math.abs((counts.get(`0/${goal}`) ?? 0) - 250)).toBeLessThan(65); // σ is 15.
  });

  it('shows shortest paths in shortest windows, and detours in longer ones', () => {
    const positions = [0]; // A random walk, a quarter each step.
    const coin = createRng(3);
    for (let step = 1; step <= 4000; step += 1)
      positions.push((positions[step - 1] as number) + (coin.next() < 0.5 ? 0.25 : -0.25));
    const rows = positions.slice(1).flatMap((next, step) => {
      const at = positions[step] as number;
      return [at, 0, next > at ? 1 : 0, -1, next, 0, 1];
    });
    /** How often the way to a goal two steps to the right, met `length` steps later, begins to the right. */
    const share = (length: number) => {
      const { onSample } = windowRelabelling('gcbc', { minimum: length, maximum: length })(slotContext());
      const relabel = onSample as NonNullable<typeof onSample>;
      const replay = createTrajectoryReplay({ episodes: 1, horizon: 4000, fields, relabel });
      replay.addTrajectory(Float32Array.from(rows));
      const { data } = replay.sample(createRng(1), 8000).rows;
      const taken: number[] = [];
      for (let row = 0; row < 8000; row += 1)
        if (Math.abs((data[7 * row + 1] as number) - (data[7 * row] as number) - 0.5) < 1e-6)
          taken.push(data[7 * row + 2] as number);
      return taken.reduce((sum, right) => sum + right, 0) / taken.length;
    };
    expect(share(2)).toBe(1);
    expect(share(4)).toBeCloseTo(3 / 4, 1); // Three steps to the right and one to the left, in any order.
  });

  it('keeps within the window where the episode is long enough', () => {
    const rows = drawn(windowRelabelling('gcsl', { minimum: 2, maximum: 3 })(slotContext()), 500);
    for (const [at = 0, goal = 0] of rows) {
      const ahead = Math.round((goal - at) * 4);
      const left = Math.round((1 - at) * 4);
      expect(ahead).toBeGreaterThanOrEqual(Math.min(2, left));
      expect(ahead).toBeLessThanOrEqual(3);
    }
  });

  it('refuses tasks without goals', () => {
    const hidden = trivialControlDistribution({ goal: 'hidden' });
    expect(() => windowRelabelling('gcsl', { minimum: 1, maximum: 0 })(slotContext(hidden))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});

describe('goalRelabelling', () => {
  const options = { strategy: 'final', relabelledPerOriginal: 1e9, endsAtGoal: true } as const;

  it('gives the rewards of the new goal, and ends there where episodes do', () => {
    const rows = drawn(goalRelabelling('her', options)(slotContext()), 200);
    for (const [, goal, , reward = 0, next = 0, , discount] of rows) {
      expect(goal).toBe(1);
      expect(reward).toBeCloseTo(-Math.abs(next - 1), 6); // The trivial tasks' law.
      expect(discount).toBe(next === 1 ? 0 : 1);
    }
  });

  it('does nothing where told so', () => {
    expect(goalRelabelling('her', { ...options, strategy: 'none' })(slotContext())).toEqual({});
  });

  it('refuses on-policy learners and rewards that are not known off-line', () => {
    const create = goalRelabelling('her', options);
    const { reward: _, ...unknown } = trivialControlDistribution();
    for (const context of [slotContext(undefined, { offPolicy: false }), slotContext(unknown)])
      expect(() => create(context)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_TASK' }));
  });
});

describe('taskRelabelling', () => {
  const options = { smallestPriority: 0.01, descriptor: null } as const;

  it('stores for all tasks, each described in the observation and paid by its own law', () => {
    const settings = { ...options, strategy: 'all', prioritised: true, endsAtReward: false } as const;
    const { onStore } = taskRelabelling('multi', settings)(slotContext());
    const stored = onStore?.(walk(positions, -1), 0, createRng(0)) ?? [];
    expect(stored.map(({ task }) => task)).toEqual([0, 1]);
    const [own, other] = stored;
    expect(own?.rows).toEqual(walk(positions, -1));
    expect(own?.priority).toBeCloseTo(4.01, 5);
    expect([...(other?.rows ?? [])].filter((_, index) => index % 7 === 1)).toEqual([1, 1, 1, 1]);
    expect([...(other?.rows ?? [])].filter((_, index) => index % 7 === 3)).toEqual([-0.75, -0.5, -0.25, -0]);
    expect(other?.priority).toBeCloseTo(1.51, 5);
  });

  it('gives the values of native experience, where all of it is there', () => {
    const context = slotContext();
    const { onStore } = taskRelabelling('multi', {
      ...options,
      strategy: 'all',
      prioritised: false,
      endsAtReward: false,
    })(context);
    const places = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1];
    /** Every step there is, as one task shows and pays it. */
    const native = (goal: number) =>
      Float32Array.from(
        places.flatMap((at) =>
          [0, 1].flatMap((action) => {
            const next = Math.min(1, Math.max(-1, at + 0.5 * action - 0.25));
            return [at, goal, action, -Math.abs(next - goal), next, goal, 1];
          }),
        ),
      );
    const values = (rows: Float32Array) => {
      const q = new Float64Array(2 * places.length);
      for (let sweep = 0; sweep < 100; sweep += 1)
        for (let row = 0; row < rows.length; row += 7) {
          const next = 2 * places.indexOf(rows[row + 4] as number);
          const best = Math.max(q[next] as number, q[next + 1] as number);
          const entry = 2 * places.indexOf(rows[row] as number) + (rows[row + 2] as number);
          q[entry] = (rows[row + 3] as number) + 0.9 * best;
        }
      return [...q];
    };
    const [, other] = onStore?.(native(-1), 0, createRng(0)) ?? [];
    expect(other?.task).toBe(1);
    expect(values(other?.rows as Float32Array)).toEqual(values(native(1)));
    expect(values(native(-1))).not.toEqual(values(native(1)));
  });

  it('keeps to its own task where nothing is shared, by priority if asked', () => {
    const settings = { ...options, strategy: 'none', prioritised: true, endsAtReward: false } as const;
    const { onStore } = taskRelabelling('multi', settings)(slotContext());
    const stored = onStore?.(walk(positions, -1), 1, createRng(0)) ?? [];
    expect(stored.map(({ task }) => task)).toEqual([1]);
    expect(stored[0]?.priority).toBeCloseTo(4.01, 5);
    expect(taskRelabelling('multi', { ...settings, prioritised: false })(slotContext())).toEqual({});
  });

  it('gives a trajectory to the task under which its return is highest', () => {
    const settings = {
      ...options,
      strategy: 'high-reward',
      prioritised: false,
      endsAtReward: false,
    } as const;
    const { onStore } = taskRelabelling('multi', settings)(slotContext());
    const stored = onStore?.(walk(positions, -1), 0, createRng(0)) ?? [];
    expect(stored.map(({ task, priority }) => [task, priority])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('ends relabelled trajectories at their first reward, where episodes do', () => {
    const sparse = {
      ...trivialControlDistribution(),
      reward: (_: unknown, { next }: { readonly next: Float32Array }) =>
        Float32Array.from({ length: next.length / 2 }, (_row, row) => (next[2 * row] === 0.5 ? 1 : 0)),
    };
    const settings = { ...options, strategy: 'all', prioritised: false, endsAtReward: true } as const;
    const { onStore } = taskRelabelling('multi', settings)(slotContext(sparse));
    const [, other] = onStore?.(walk(positions, -1), 0, createRng(0)) ?? [];
    expect(other?.rows).toHaveLength(14); // Two of four steps.
    expect([...(other?.rows.slice(10) ?? [])]).toEqual([1, 0.5, 1, 0]);
  });

  it('refuses tasks whose dynamics differ', () => {
    const other = { ...trivialControlDistribution(), varies: ['dynamics'] as const };
    const settings = { ...options, strategy: 'all', prioritised: true, endsAtReward: false } as const;
    expect(() => taskRelabelling('multi', settings)(slotContext(other))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});
