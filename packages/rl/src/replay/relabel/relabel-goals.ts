import { type GoalLayout, type Rng, requireInRange, requireOneOf, type Transitions } from '@tasklearn/core';
import { type FieldLayout, placeOf, readField } from '../field-layout.js';
import type { Relabel, RelabelDraw, RewardOfTasks } from './relabel.js';

/**
 * Which goal a step is given in hindsight: one that was achieved at the episode's end (`final`), at a later step of it
 * (`future`), at any step of it (`episode`), or at any step of any episode of the task (`random`).
 */
export type GoalStrategy = 'final' | 'future' | 'episode' | 'random';

/** How goals are relabelled. */
export interface RelabelGoalsOptions {
  /** Default `future`. */
  readonly strategy?: GoalStrategy;
  /** Relabelled steps per original one, k > 0. Default 4. */
  readonly relabelledPerOriginal?: number;
  /** Probability that a step is relabelled. Default 1 − 1/(1 + k). */
  readonly probability?: number;
  /** Where goals lie in `observation` and `next`. */
  readonly goal: GoalLayout;
  /** Rewards under the new goals, which it reads from the observations. */
  readonly reward: RewardOfTasks;
  /** The factor of the bootstrapped value after a relabelled step, from its new reward. Default: as it was. */
  readonly discount?: (reward: number) => number;
}

/** Slot and time after which the goal was achieved: `next` of that row. */
function sourceOf(
  draw: RelabelDraw,
  item: number,
  strategy: GoalStrategy,
  rng: Rng,
): readonly [number, number] {
  const slot = draw.slots[item] as number;
  const time = draw.times[item] as number;
  const length = draw.length(slot);
  if (strategy === 'final') return [slot, length - 1];
  // Rows time .. L−1 lead to the states time+1 .. L: the goal is always later than the step.
  if (strategy === 'future') return [slot, time + rng.integer(length - time)];
  if (strategy === 'episode') return [slot, rng.integer(length)];
  const other = draw.anySlot(rng, draw.tasks[item] as number);
  return [other, rng.integer(draw.length(other))];
}

/** Transitions of some of the rows. */
export function transitionsOf(layout: FieldLayout, rows: Float32Array): Transitions {
  const [observation, action, next] = (['observation', 'action', 'next'] as const).map((name) =>
    readField(layout, rows, name),
  ) as [Float32Array, Float32Array, Float32Array];
  return { observation, action, next };
}

/** Copies of the chosen rows, joined. */
export function gatherRows(layout: FieldLayout, rows: Float32Array, chosen: readonly number[]): Float32Array {
  const gathered = new Float32Array(chosen.length * layout.size);
  chosen.forEach((item, index) => {
    gathered.set(rows.subarray(item * layout.size, (item + 1) * layout.size), index * layout.size);
  });
  return gathered;
}

/**
 * Relabelling of goals in hindsight: a step is given a goal that was achieved, and the reward that it would have brought.
 *
 * At sampling time each drawn step is relabelled with probability 1 − 1/(1 + k): the same distribution as storing k
 * relabelled copies beside each original step.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Andrychowicz et al. Hindsight Experience Replay. NeurIPS 2017, section 4.5. arXiv:1707.01495.
 */
export function relabelGoals(options: RelabelGoalsOptions): Relabel {
  const { strategy = 'future', relabelledPerOriginal: k = 4, goal, reward, discount } = options;
  const owner = 'relabelGoals';
  requireOneOf(owner, { strategy }, 'strategy', ['final', 'future', 'episode', 'random']);
  requireInRange(owner, { relabelledPerOriginal: k }, 'relabelledPerOriginal', 0, Number.MAX_VALUE);
  const { probability = 1 - 1 / (1 + k) } = options;
  requireInRange(owner, { probability }, 'probability', 0, 1);
  return (draw, rng) => {
    const { layout, rows } = draw;
    const changed: number[] = [];
    const { offset: observation } = placeOf(layout, 'observation');
    const { offset: next } = placeOf(layout, 'next');
    for (let item = 0; item < draw.slots.length; item += 1) {
      if (rng.next() >= probability) continue;
      const [slot, time] = sourceOf(draw, item, strategy, rng);
      const source = draw.rowAt(slot, time);
      const start = item * layout.size + goal.desired;
      for (let index = 0; index < goal.size; index += 1) {
        const value = source[next + goal.achieved + index] as number;
        rows[start + observation + index] = value;
        rows[start + next + index] = value;
      }
      changed.push(item);
    }
    setRewards(draw, changed, reward, discount);
  };
}

/** Writes the rewards of changed rows, and where told their discounts. */
export function setRewards(
  draw: Pick<RelabelDraw, 'layout' | 'rows' | 'tasks'>,
  changed: readonly number[],
  reward: RewardOfTasks,
  discount?: (reward: number) => number,
): void {
  if (changed.length === 0) return;
  const { layout, rows } = draw;
  const tasks = Int32Array.from(changed, (item) => draw.tasks[item] as number);
  const rewards = reward(transitionsOf(layout, gatherRows(layout, rows, changed)), tasks);
  const { offset } = placeOf(layout, 'reward');
  changed.forEach((item, index) => {
    const value = rewards[index] as number;
    rows[item * layout.size + offset] = value;
    if (discount !== undefined)
      rows[item * layout.size + placeOf(layout, 'discount').offset] = discount(value);
  });
}
