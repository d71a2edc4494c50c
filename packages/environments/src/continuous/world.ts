import type { ControlSpec, ControlTask } from '@tasklearn/core';
import type { StepRandom } from '../vectorised/step-random.js';

/**
 * A world with continuous state: the motion of one copy, over flat arrays and without allocation. The copy's state is
 * `state[s ..]`, its actions `actions[a ..]` (within their limits; an index where actions are discrete), its observation
 * `observation[o ..]`.
 *
 * Reward and success are functions of what is observed, so that they hold off-line exactly as they held on-line.
 */
export interface World<Body> {
  /** Of the distribution. */
  readonly id: string;
  readonly spec: ControlSpec;
  /** Numbers of state per copy. */
  readonly stateSize: number;
  /** Actions may take effect so many steps late: the task's parameter `delay`, at most this. */
  readonly maximumDelay?: number;
  /** What acts while a delayed action is on its way at the start of an episode; 0 unless told. */
  readonly idleAction?: number;
  /** What a task's parameters mean: made once per task and environment. */
  bodyOf(parameters: ControlTask['parameters']): Body;
  /** Begins an episode. */
  begin(state: Float64Array, s: number, body: Body, random: StepRandom, copy: number): void;
  /** Moves; returns whether the episode has terminated. */
  advance(
    state: Float64Array,
    s: number,
    actions: Float32Array,
    a: number,
    body: Body,
    random: StepRandom,
    copy: number,
  ): boolean;
  /** Writes the observation. */
  observe(
    state: Float64Array,
    s: number,
    body: Body,
    observation: Float32Array,
    o: number,
    random: StepRandom,
    copy: number,
  ): void;
  /** Reward of observation, action, next observation. */
  reward(
    observation: Float32Array,
    o: number,
    actions: Float32Array,
    a: number,
    next: Float32Array,
    n: number,
    body: Body,
  ): number;
  /** Whether success has been reached; absent where there is no such notion. */
  reached?(next: Float32Array, n: number, body: Body): boolean;
}
