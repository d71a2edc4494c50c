import type { HostTensor, Rng } from '@tasklearn/core';
import type { Relabel } from './relabel/relabel.js';
import type { ReplaySource, SampleOptions } from './replay.js';

/** What a replay of trajectories is made of. */
export interface TrajectoryReplayOptions {
  /** Episodes kept of each task, the newest. */
  readonly episodes: number;
  /** Most steps of an episode, H. */
  readonly horizon: number;
  /** Numbers of each field of one step. */
  readonly fields: Readonly<Record<string, number>>;
  /** Sub-buffers. Default 1. */
  readonly tasks?: number;
  /** Copies that collect at once, each with an episode under way. Default 1. */
  readonly copies?: number;
  /** Changes rows as they are drawn by `sample`. Default: nothing. */
  readonly relabel?: Relabel;
  /** Field of size 1 that marks steps: an episode is a success if it is > 0.5 at any step. */
  readonly mark?: string;
}

/** Whole episodes, padded with zeros, in buffers that the next draw of the same size overwrites. */
export interface EpisodeBatchRows {
  /** float32 [T, B, H, F]. */
  readonly rows: HostTensor;
  /** 1 where there is a step, float32 [T, B, H]. */
  readonly mask: HostTensor;
  /** Slot of each episode. */
  readonly slots: Int32Array;
  /** Task of each episode. */
  readonly tasks: Int32Array;
}

/**
 * Whole episodes, task by task. Steps are drawn uniformly over all steps of finished episodes (or in proportion to their
 * episode's priority). A view `recent` counts episodes.
 */
export interface TrajectoryReplay extends ReplaySource {
  readonly horizon: number;
  /** Finished episodes held of a task. */
  episodes(task?: number): number;
  /**
   * Takes one step of each active copy; where it ended the episode, or filled the horizon, the episode is kept.
   *
   * @param rows - [E * F].
   * @param ended - [E].
   * @param tasks - task of each copy, [E]. Default: all task 0.
   * @returns slots of the episodes that ended.
   */
  addSteps(
    rows: Float32Array,
    ended: Uint8Array,
    tasks?: ArrayLike<number>,
    active?: Uint8Array,
  ): readonly number[];
  /** Adds a whole episode, [L * F]. @returns its slot. */
  addTrajectory(rows: Float32Array, task?: number, priority?: number): number;
  /** Steps of the episode in a slot. */
  length(slot: number): number;
  /** One step; a view of what is kept. */
  rowAt(slot: number, time: number): Float32Array;
  /** All steps of the episode in a slot, [L * F]; a copy. */
  trajectory(slot: number): Float32Array;
  /** Weight of an episode's steps in `sample`, ≥ 0. */
  setPriority(slot: number, priority: number): void;
  /** Draws whole episodes of each task, uniformly over episodes; never relabelled. */
  sampleEpisodes(rng: Rng, count: number, options?: Pick<SampleOptions, 'tasks' | 'view'>): EpisodeBatchRows;
}
