import type { Trajectory } from './control-distribution.js';
import type { ControlSpec, TimeSteps } from './environment.js';
import type { TrialEpisode } from './run-trials.js';

/** Sums up, and where asked keeps, one episode of each of several copies. */
export interface EpisodeRecorder {
  /** A new episode has begun in every copy. */
  begin(steps: TimeSteps): void;
  /** The active copies have made a step. */
  add(actions: Float32Array, steps: TimeSteps, active: Uint8Array): void;
  /** The episode of each copy. */
  finish(): readonly TrialEpisode[];
}

/** The numbers of one kept episode. */
interface Kept {
  readonly observations: number[];
  readonly actions: number[];
  readonly rewards: number[];
}

const slice = (values: Float32Array, index: number, size: number) =>
  values.subarray(index * size, (index + 1) * size);

/**
 * A recorder for `copies` copies; the first `keep` of them keep their trajectories.
 */
export function recordEpisodes(spec: ControlSpec, copies: number, keep: number): EpisodeRecorder {
  const observationSize = spec.observation.shape[0] ?? 1;
  const actionSize = spec.action.shape[0] ?? 1;
  const total = new Float64Array(copies);
  const length = new Int32Array(copies);
  const success = new Uint8Array(copies);
  const terminated = new Uint8Array(copies);
  let kept: Kept[] = [];

  const add = (actions: Float32Array, steps: TimeSteps, copy: number) => {
    total[copy] = (total[copy] as number) + (steps.reward[copy] as number);
    length[copy] = (length[copy] as number) + 1;
    if (steps.success[copy] === 1) success[copy] = 1;
    if (steps.stepType[copy] === 2 && steps.discount[copy] === 0) terminated[copy] = 1;
    const trajectory = kept[copy];
    if (trajectory === undefined) return;
    trajectory.observations.push(...slice(steps.observation, copy, observationSize));
    trajectory.actions.push(...slice(actions, copy, actionSize));
    trajectory.rewards.push(steps.reward[copy] as number);
  };
  const trajectoryOf = ({ observations, actions, rewards }: Kept, copy: number): Trajectory => ({
    observations: Float32Array.from(observations),
    actions: Float32Array.from(actions),
    rewards: Float32Array.from(rewards),
    length: rewards.length,
    success: success[copy] === 1,
    terminated: terminated[copy] === 1,
  });

  return {
    begin(steps) {
      for (const sum of [total, length, success, terminated]) sum.fill(0);
      kept = Array.from({ length: Math.min(keep, copies) }, (_, copy) => ({
        observations: [...slice(steps.observation, copy, observationSize)],
        actions: [],
        rewards: [],
      }));
    },
    add(actions, steps, active) {
      for (let copy = 0; copy < copies; copy += 1) if (active[copy] === 1) add(actions, steps, copy);
    },
    finish: () =>
      Array.from({ length: copies }, (_, copy) => {
        const trajectory = kept[copy];
        return {
          return: total[copy] as number,
          length: length[copy] as number,
          success: success[copy] === 1,
          ...(trajectory === undefined ? {} : { trajectory: trajectoryOf(trajectory, copy) }),
        };
      }),
  };
}
