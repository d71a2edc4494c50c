import type { GoalLayout, HostTensor, Rng } from '@tasklearn/core';
import { placeOf, type TrajectoryReplay } from '@tasklearn/rl';
import { type Normalization, normalizeInPlace } from '../learners/observation-normalizer.js';
import type { WindowOptions } from '../relabelling/relabel-goal-slot.js';
import type { PlayWindows } from './latent-plan-model.js';

/** What {@link drawWindows} draws from, and how. */
export interface DrawWindowsOptions {
  readonly replay: TrajectoryReplay;
  readonly goal: GoalLayout;
  readonly normalization: Normalization;
  /** Steps of a window: its length is uniform in [minimum, maximum], or what is left of the episode. */
  readonly window: WindowOptions;
  /** B. */
  readonly count: number;
}

/** W: steps of the longest window. */
function longestWindow({ maximum }: WindowOptions, horizon: number): number {
  return maximum === 0 ? horizon : Math.min(maximum, horizon);
}

/**
 * B windows of play: episodes drawn uniformly, a first step uniform in its episode; the goal of every step is what has been achieved at
 * the window's end.
 */
export function drawWindows(options: DrawWindowsOptions, rng: Rng): PlayWindows<HostTensor> {
  const { replay, goal, normalization, window, count } = options;
  const [from, action, next] = (['observation', 'action', 'next'] as const).map((name) =>
    placeOf(replay.layout, name),
  ) as [{ offset: number; size: number }, { offset: number; size: number }, { offset: number }];
  const length = longestWindow(window, replay.horizon);
  const observations = new Float32Array(count * length * from.size);
  const actions = new Float32Array(count * length * action.size);
  const mask = new Float32Array(count * length);
  for (let item = 0; item < count; item += 1) {
    const slot = rng.integer(replay.episodes());
    const steps = replay.length(slot);
    const start = rng.integer(steps);
    const most = Math.min(steps - start, length);
    const least = Math.min(window.minimum, most);
    const own = least + rng.integer(most - least + 1);
    const reached = replay.rowAt(slot, start + own - 1).subarray(next.offset + goal.achieved);
    for (let step = 0; step < own; step += 1) {
      const row = replay.rowAt(slot, start + step);
      const at = (item * length + step) * from.size;
      observations.set(row.subarray(from.offset, from.offset + from.size), at);
      observations.set(reached.subarray(0, goal.size), at + goal.desired);
      const taken = row.subarray(action.offset, action.offset + action.size);
      actions.set(taken, (item * length + step) * action.size);
      mask[item * length + step] = 1;
    }
  }
  normalizeInPlace(observations, normalization);
  return {
    observations: { dtype: 'float32', shape: [count, length, from.size], data: observations },
    actions: { dtype: 'float32', shape: [count, length, action.size], data: actions },
    mask: { dtype: 'float32', shape: [count, length], data: mask },
  };
}
