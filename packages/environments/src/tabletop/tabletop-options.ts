import { requireInteger, requireOneOf } from '@tasklearn/core';
import {
  type TabletopModifier,
  type TabletopSkill,
  tabletopModifiers,
  tabletopSkills,
} from './tabletop-skills.js';

/** Which tasks there are. */
export type TabletopSplit = '10' | '50' | '45-5' | 'variation';

/** Options of the tabletop. */
export type TabletopOptions = {
  /**
   * - `10`: the ten skills as they are (modifier `plain`); the same tasks in all splits.
   * - `50`: all skills under all modifiers; the same tasks in all splits.
   * - `45-5`: 45 of these to train on, and 5 that are not among them, of 5 skills and 5 modifiers, for test and validation.
   * - `variation`: one skill under one modifier; tasks differ in where things are.
   */
  readonly split: TabletopSplit;
  /** Of `variation`. */
  readonly skill: TabletopSkill;
  /** Of `variation`. */
  readonly modifier: TabletopModifier;
  /** Where things are: drawn for each episode, or fixed by the task (as always in `variation`). */
  readonly placement: 'episode' | 'task';
  /** Steps of an episode. */
  readonly horizon: number;
  /** Training tasks of `variation`; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Ten skills. */
export const tabletopDefaults: TabletopOptions = {
  split: '10',
  skill: 'reach',
  modifier: 'plain',
  placement: 'episode',
  horizon: 100,
  trainingTasks: 50,
};

/**
 * Complete options.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function tabletopSettings(options: Partial<TabletopOptions>): TabletopOptions {
  const settings = { ...tabletopDefaults, ...options };
  requireOneOf('tabletop', settings, 'split', ['10', '50', '45-5', 'variation']);
  requireOneOf('tabletop', settings, 'skill', tabletopSkills);
  requireOneOf('tabletop', settings, 'modifier', tabletopModifiers);
  requireOneOf('tabletop', settings, 'placement', ['episode', 'task']);
  requireInteger('tabletop', settings, 'horizon');
  requireInteger('tabletop', settings, 'trainingTasks', 0);
  return settings;
}
