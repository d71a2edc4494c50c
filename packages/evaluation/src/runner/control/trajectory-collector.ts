import {
  type ControlDistribution,
  encodeCheckpoint,
  type HostTensor,
  type Json,
  type Trajectory,
  type TrialProtocol,
  type TrialResult,
} from '@tasklearn/core';
import type { Cell } from '../cell.js';
import type { CellTest } from '../cell-kind.js';

/** One test trial, drawn. */
export interface DrawnTrial {
  /** Id of the task. */
  readonly task: string;
  /** Per episode: sum of rewards, steps, success. */
  readonly episodes: readonly {
    readonly return: number;
    readonly length: number;
    readonly success: boolean;
  }[];
  /** An SVG of all its episodes. */
  readonly drawing?: string;
  /** SVGs of moments of the trial, in order, all with one view box. */
  readonly frames?: readonly string[];
}

/** Drawings of a few test trials, as they are kept in a cell: a report needs no plugin to show them. */
export interface CellDrawings {
  readonly learner: string;
  readonly seed: number;
  readonly explorationEpisodes: number;
  readonly trials: readonly DrawnTrial[];
}

const TRIALS = 3;
const FILMS = 2;
const FRAMES = 60;
/** Letters of all frames of a film; a longer one loses frames. */
const FILM_SIZE = 300_000;

/** Collects the first test trials of a cell. */
export interface TrajectoryCollector {
  /** Trials that are to keep their trajectories. */
  readonly count: number;
  /** Takes a trial; those without trajectories are ignored. */
  add(result: TrialResult): void;
  /** Files of the cell's folder. */
  finish(): CellTest['examples'];
}

/** Makes a collector of the first test trials of a cell: their trajectories, and drawings where the distribution draws. */
export function trajectoryCollector(
  { learner, seed }: Cell,
  distribution: ControlDistribution,
  { explorationEpisodes }: TrialProtocol,
): TrajectoryCollector {
  const kept: TrialResult[] = [];
  return {
    count: TRIALS,
    add(result) {
      if (kept.length < TRIALS && result.episodes[0]?.trajectory !== undefined) kept.push(result);
    },
    finish() {
      if (kept.length === 0) return {};
      const drawings: CellDrawings = {
        learner: learner.name,
        seed,
        explorationEpisodes,
        trials: kept.map((result, index) => drawTrial(distribution, result, index < FILMS)),
      };
      return { examples: encodeTrials(learner.name, seed, kept), drawings: JSON.stringify(drawings) };
    },
  };
}

function trajectoriesOf({ episodes }: TrialResult): Trajectory[] {
  return episodes.flatMap(({ trajectory }) => trajectory ?? []);
}

function encodeTrials(learner: string, seed: number, results: readonly TrialResult[]): Uint8Array {
  const host = (data: Float32Array, steps: number): HostTensor => ({
    dtype: 'float32',
    shape: steps === 0 ? [0, 0] : [steps, data.length / steps],
    data,
  });
  return encodeCheckpoint({
    tensors: results.map((result) =>
      trajectoriesOf(result).map(({ observations, actions, rewards, length }) => ({
        observations: host(observations, length + 1),
        actions: host(actions, length),
        rewards: { dtype: 'float32', shape: [length], data: rewards } as HostTensor,
      })),
    ),
    metadata: { learner, seed, tasks: results.map(({ task }) => task) as unknown as Json },
  });
}

function drawTrial(distribution: ControlDistribution, result: TrialResult, filmed: boolean): DrawnTrial {
  const { task, episodes } = result;
  const trajectories = trajectoriesOf(result);
  const drawing = distribution.draw?.(task, trajectories);
  const frames = filmed ? framesOf(distribution, task, trajectories) : undefined;
  return {
    task: task.id,
    episodes: episodes.map(({ return: sum, length, success }) => ({ return: sum, length, success })),
    ...(drawing === undefined ? {} : { drawing }),
    ...(frames === undefined ? {} : { frames }),
  };
}

/** Every so many moments of a trial, its first and its last among them. */
function framesOf(
  { drawFrame, spec }: ControlDistribution,
  task: TrialResult['task'],
  trajectories: readonly Trajectory[],
): string[] | undefined {
  if (drawFrame === undefined) return undefined;
  const size = spec.observation.shape[0] ?? 1;
  const moments = trajectories.flatMap(({ observations }) =>
    Array.from({ length: observations.length / size }, (_, time) =>
      observations.subarray(time * size, (time + 1) * size),
    ),
  );
  const draw = (observation: Float32Array) => drawFrame(task, observation);
  const longest = draw(moments[0] as Float32Array).length;
  const count = Math.max(2, Math.min(moments.length, FRAMES, Math.floor(FILM_SIZE / longest)));
  return Array.from({ length: count }, (_, frame) =>
    draw(moments[Math.round((frame * (moments.length - 1)) / (count - 1))] as Float32Array),
  );
}
