import { type GoalLayout, requireInRange, requireInteger, requireOneOf } from '@tasklearn/core';
import { type GoalStrategy, relabelGoals, requireRelabelling, rewardOfTasks } from '@tasklearn/rl';
import type { Relabelling, SlotContext } from '../learners/goal-slots.js';

/** How goals are relabelled in hindsight; JSON. */
export interface GoalRelabellingOptions {
  /** Which achieved goal: of the episode's end, of later in it, of anywhere in it, of any episode; or `none`. */
  readonly strategy: GoalStrategy | 'none';
  /** Relabelled rows for each original one, k > 0. */
  readonly relabelledPerOriginal: number;
  /** Whether episodes end at their goal: then they do in hindsight too. */
  readonly endsAtGoal: boolean;
}

/**
 * The relabelling of hindsight experience replay, as rows are drawn.
 *
 * @throws `UNSUPPORTED_TASK` where there are no goals, the reward is not known off-line, dynamics vary, or the base
 *   learner is on-policy.
 */
export function goalRelabelling(
  name: string,
  options: GoalRelabellingOptions,
): (context: SlotContext) => Relabelling {
  requireOneOf(name, options, 'strategy', ['none', 'final', 'future', 'episode', 'random']);
  const { strategy, relabelledPerOriginal, endsAtGoal } = options;
  requireInRange(name, { relabelledPerOriginal }, 'relabelledPerOriginal', 1e-9, 1e9);
  if (strategy === 'none') return () => ({});
  return ({ distribution, spec, tasks, offPolicy }) => {
    requireRelabelling(name, distribution, { offPolicy, goals: true });
    return {
      onSample: relabelGoals({
        strategy,
        relabelledPerOriginal,
        goal: spec.goal as GoalLayout,
        reward: rewardOfTasks(distribution, tasks),
        ...(endsAtGoal ? { discount: (reward: number) => (reward < 0 ? 1 : 0) } : {}),
      }),
    };
  };
}

/** From how much later in a trajectory goals are taken; JSON. */
export interface WindowOptions {
  /** Least and most steps ahead, >= 1. */
  readonly minimum: number;
  /** 0 for the whole episode. */
  readonly maximum: number;
}

/**
 * Every row gets the goal that was achieved w steps later in its episode, w uniform over the window (and what is left
 * of the episode). Rewards stay: imitation does not read them.
 *
 * @throws `UNSUPPORTED_TASK` where there are no goals.
 */
export function windowRelabelling(
  name: string,
  options: WindowOptions,
): (context: SlotContext) => Relabelling {
  const minimum = requireInteger(name, options, 'minimum');
  const maximum = requireInteger(name, options, 'maximum', 0);
  return ({ distribution, spec }) => {
    requireRelabelling(
      name,
      { ...distribution, reward: () => new Float32Array(0) },
      { offPolicy: true, goals: true },
    );
    const goal = spec.goal as GoalLayout;
    return {
      onSample(draw, rng) {
        const { layout, rows } = draw;
        const [from, to] = [
          layout.fields.observation?.offset as number,
          layout.fields.next?.offset as number,
        ];
        for (let item = 0; item < draw.slots.length; item += 1) {
          const [slot, time] = [draw.slots[item] as number, draw.times[item] as number];
          const left = draw.length(slot) - time; // Steps to the end, this one included.
          const most = Math.min(left, maximum === 0 ? left : maximum);
          const least = Math.min(minimum, most);
          const ahead = least + rng.integer(most - least + 1);
          const source = draw
            .rowAt(slot, time + ahead - 1)
            .subarray(to + goal.achieved, to + goal.achieved + goal.size);
          rows.set(source, item * layout.size + from + goal.desired);
          rows.set(source, item * layout.size + to + goal.desired);
        }
      },
    };
  };
}
