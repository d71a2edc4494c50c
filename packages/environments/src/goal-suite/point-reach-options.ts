import { requireOneOf } from '@tasklearn/core';
import { requireImageSize } from '../continuous/image-world.js';
import { checkGoalOptions, type GoalOptions, goalDefaults } from './goal-options.js';
import type { Walls } from './walls.js';

/** What stands in the way of a reaching point. */
export type PointReachLayout = 'open' | 'u-trap' | 'corridor' | 'rooms' | 'spiral';

/** Options of the reaching point. */
export type PointReachOptions = GoalOptions & {
  /** `inertial`: v′ = 0.9 v + 0.02 a, p′ = p + v′; `kinematic`: p′ = p + 0.05 a and no velocity is observed. */
  readonly motion: 'inertial' | 'kinematic';
  /** Walls: none and no bounds; or a box [−1, 1]² with a U that opens away from the goals, and so on. */
  readonly layout: PointReachLayout;
  /** Whether episodes start anywhere rather than at the layout's starting point. */
  readonly randomStart: boolean;
  /** Whether goals are drawn from everywhere rather than at the layout's one goal. */
  readonly randomGoal: boolean;
  /** Pixels along a side of images, now and goal, that are observed instead of numbers; 0 for numbers. */
  readonly image: number;
};

/** Open plane. */
export const pointReachDefaults: PointReachOptions = {
  ...goalDefaults,
  motion: 'inertial',
  layout: 'open',
  randomStart: false,
  randomGoal: true,
  image: 0,
};

/** Walls and the two ends of the way. */
interface Layout {
  readonly walls: Walls;
  readonly start: readonly [number, number];
  readonly goal: readonly [number, number];
}

/** In the box [−1, 1]². The U-trap is that of the unit square, (0.2, 0.7)-(0.8, 0.7) with two legs down to 0.3, doubled. */
export const pointReachLayouts: Readonly<Record<PointReachLayout, Layout>> = {
  open: { walls: new Float64Array(0), start: [0, 0], goal: [0.8, 0.8] },
  'u-trap': {
    walls: Float64Array.of(-0.6, 0.4, 0.6, 0.4, -0.6, -0.4, -0.6, 0.4, 0.6, -0.4, 0.6, 0.4),
    start: [0, -0.8],
    goal: [0, 0.8],
  },
  corridor: {
    walls: Float64Array.of(-1, 0.2, 0.6, 0.2, -1, -0.2, 0.6, -0.2),
    start: [-0.8, 0.6],
    goal: [-0.8, -0.6],
  },
  rooms: {
    walls: Float64Array.of(
      ...[0, -1, 0, -0.6, 0, -0.3, 0, 0.3, 0, 0.6, 0, 1],
      ...[-1, 0, -0.6, 0, -0.3, 0, 0.3, 0, 0.6, 0, 1, 0],
    ),
    start: [-0.7, -0.7],
    goal: [0.7, 0.7],
  },
  spiral: {
    walls: Float64Array.of(
      ...[-0.6, -0.6, 1, -0.6, -0.6, -0.6, -0.6, 0.6, -0.6, 0.6, 0.6, 0.6],
      ...[0.6, 0.6, 0.6, -0.2, 0.6, -0.2, -0.2, -0.2],
    ),
    start: [0.8, -0.8],
    goal: [0, 0.2],
  },
};

/**
 * Complete options.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function pointReachSettings(owner: string, options: Partial<PointReachOptions>): PointReachOptions {
  const settings = { ...pointReachDefaults, ...options };
  checkGoalOptions(owner, settings);
  requireOneOf(owner, settings, 'motion', ['inertial', 'kinematic']);
  requireOneOf(owner, settings, 'layout', Object.keys(pointReachLayouts) as PointReachLayout[]);
  requireImageSize(owner, settings);
  return settings;
}
