import type { Rng, Transitions } from '@tasklearn/core';
import type { FieldLayout } from '../field-layout.js';

/** Rows that have been drawn, and the episodes that they come from. */
export interface RelabelDraw {
  readonly layout: FieldLayout;
  /** [N * F], to be changed in place. */
  readonly rows: Float32Array;
  /** Task of each row, [N], to be changed in place. */
  readonly tasks: Int32Array;
  /** Episode of each row, [N]. */
  readonly slots: Int32Array;
  /** Time of each row in its episode, [N]. */
  readonly times: Int32Array;
  /** Steps of an episode, L. */
  length(slot: number): number;
  /** Step of an episode as it was kept; not to be changed. */
  rowAt(slot: number, time: number): Float32Array;
  /** Which episode a slot holds: a number that no other episode has. */
  episode(slot: number): number;
  /** A slot with probability proportional to its steps. */
  anySlot(rng: Rng, task: number): number;
}

/** Changes drawn rows in place: other goals or tasks, and the rewards that they bring. */
export type Relabel = (draw: RelabelDraw, rng: Rng) => void;

/**
 * Rewards of transitions, each under a task of its own.
 *
 * @param tasks - task of each transition, [N].
 * @returns [N].
 */
export type RewardOfTasks = (transitions: Transitions, tasks: Int32Array) => Float32Array;
