import type { Trajectory } from '@tasklearn/core';
import { colourOf, disc, label, picture, rectangle } from './svg.js';

const CELL = 14;
const LEFT = 64;

/**
 * Arms as rows and pulls as columns: a bar shows each arm's mean reward (in its best context), a disc each pull, filled as
 * far as it paid. Episodes are drawn one below the other.
 */
export function drawArmPulls(
  means: Float64Array,
  arms: number,
  pulls: number,
  trajectories: readonly Trajectory[],
): string {
  const best = Array.from({ length: arms }, (_, arm) =>
    Math.max(...means.filter((_, index) => index % arms === arm)),
  );
  const [low, high] = [Math.min(0, ...best), Math.max(1e-9, ...best)];
  const rewards = trajectories.flatMap(({ rewards }) => [...rewards]);
  const most = Math.max(1e-9, ...rewards.map(Math.abs));
  const blocks = Math.max(1, trajectories.length);
  const blockHeight = (arms + 1) * CELL;
  const parts: string[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const top = block * blockHeight + CELL / 2;
    for (const [arm, mean] of best.entries()) {
      const y = top + arm * CELL;
      parts.push(label(8, y + CELL / 2, 8, String(arm)));
      parts.push(
        rectangle(
          18,
          y + 4,
          ((mean - low) / (high - low)) * (LEFT - 24),
          CELL - 8,
          'fill="currentColor" opacity="0.45"',
        ),
      );
      parts.push(rectangle(LEFT, y + CELL / 2, pulls * CELL, 0.4, 'fill="currentColor" opacity="0.3"'));
    }
    const trajectory = trajectories[block];
    for (let time = 0; time < (trajectory?.length ?? 0); time += 1) {
      const paid = Math.abs(trajectory?.rewards[time] ?? 0) / most;
      const y = top + ((trajectory?.actions[time] ?? 0) + 0.5) * CELL;
      const colour = colourOf((trajectory?.rewards[time] ?? 0) < 0 ? 1 : 0);
      parts.push(
        disc(
          LEFT + (time + 0.5) * CELL,
          y,
          4.5,
          `fill="${colour}" fill-opacity="${(0.1 + 0.9 * paid).toFixed(2)}" stroke="${colour}"`,
        ),
      );
    }
  }
  return picture(LEFT + pulls * CELL + CELL / 2, blocks * blockHeight, 'Pulls of the arms', parts);
}
