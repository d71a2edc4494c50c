import { requireInteger } from '@tasklearn/core';
import type { WindowOptions } from '../relabelling/relabel-goal-slot.js';

/** Where play comes from, and how far ahead of a step its goals are taken; JSON. */
export interface PlayOptions {
  /** Which of the distribution's reference policies plays. */
  readonly reference: string;
  /** Episodes of play, all collected in the first update; nothing is collected after it. */
  readonly playEpisodes: number;
  /** Least steps ahead that a goal is taken from, >= 1. */
  readonly windowMinimum: number;
  /** Most steps ahead; 0 for the rest of the episode. */
  readonly windowMaximum: number;
}

/** 400 episodes of the reference `play`, goals up to 32 steps ahead. */
export const playDefaults: PlayOptions = {
  reference: 'play',
  playEpisodes: 400,
  windowMinimum: 1,
  windowMaximum: 32,
};

/** @throws `INVALID_OPTION` for a value out of range. */
export function validatePlay(owner: string, options: PlayOptions): WindowOptions {
  requireInteger(owner, options, 'playEpisodes');
  const minimum = requireInteger(owner, options, 'windowMinimum');
  const maximum = requireInteger(owner, options, 'windowMaximum', 0);
  return { minimum, maximum };
}
