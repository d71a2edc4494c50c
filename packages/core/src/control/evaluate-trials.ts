import type { Split } from '../episode.js';
import { requireInteger } from '../options/require-option.js';
import type { Rng } from '../randomness/rng.js';
import type { ControlDistribution, ControlTask, TrialProtocol } from './control-distribution.js';
import type { ControlAgent } from './control-learner.js';
import { runTrials, type TrialResult } from './run-trials.js';

/** What {@link evaluateTrials} needs. */
export interface EvaluateTrialsOptions {
  /** Acts in every batch; or one agent for each batch, e.g. a reference that is told its tasks. The caller disposes. */
  readonly agent: ControlAgent | ((tasks: readonly ControlTask[], rng: Rng) => ControlAgent);
  readonly distribution: ControlDistribution;
  readonly split: Split;
  /** Index of the first task; 0 unless told. */
  readonly first?: number;
  /** Number of tasks, one trial each. */
  readonly count: number;
  /** Trials in lock-step; all of them unless told. What happens in a trial depends on it: compare with the same. */
  readonly tasksPerBatch?: number;
  /** Unless told, the distribution's. */
  readonly trial?: TrialProtocol;
  /** Tasks come from `rng.split('tasks')`, what happens in a batch from `rng.split('trials')`. */
  readonly rng: Rng;
  /** How many of the trials keep their trajectories, the first ones. Default 0. */
  readonly keepTrajectories?: number;
  /** Stops between steps: what is thrown is the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs one trial on each of many tasks. Environments draw from the same streams for every agent: agents are compared on
 * the same tasks and, as far as their actions agree, on the same luck.
 *
 * @returns results in order of task, yielded as batches finish.
 * @throws `INVALID_OPTION`; whatever the agent or the environment throws.
 */
export async function* evaluateTrials(
  options: EvaluateTrialsOptions,
): AsyncGenerator<TrialResult, void, undefined> {
  const { agent, distribution, split, rng, trial = distribution.trial, signal } = options;
  const { first = 0, count, tasksPerBatch = count, keepTrajectories = 0 } = options;
  const owner = 'evaluateTrials';
  requireInteger(owner, { first }, 'first', 0);
  requireInteger(owner, { count }, 'count', 1);
  requireInteger(owner, { tasksPerBatch }, 'tasksPerBatch', 1);
  requireInteger(owner, { keepTrajectories }, 'keepTrajectories', 0);
  const stream = rng.split('tasks');
  for (let done = 0; done < count; done += tasksPerBatch) {
    signal?.throwIfAborted();
    const tasks = Array.from({ length: Math.min(tasksPerBatch, count - done) }, (_, index) =>
      distribution.task(split, first + done + index, stream),
    );
    const own = rng.split('trials').split(first + done);
    yield* await runTrials({
      agent: typeof agent === 'function' ? agent(tasks, own.split('agent')) : agent,
      distribution,
      tasks,
      trial,
      rng: own,
      keepTrajectories: Math.max(0, keepTrajectories - done),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

/** What results come to, over execution episodes only. */
export interface TrialSummary {
  /** Mean sum of rewards. */
  readonly return: number;
  /** Share of episodes that reached success. */
  readonly success: number;
  /** Mean number of steps. */
  readonly length: number;
  /** Steps of environments in all episodes, exploration included. */
  readonly environmentSteps: number;
}

/**
 * Means over the execution episodes of all trials; NaN for none.
 *
 * @param trial - the protocol that the trials were run by.
 */
export function summariseTrials(results: readonly TrialResult[], trial: TrialProtocol): TrialSummary {
  const executed = results.flatMap(({ episodes }) => episodes.slice(trial.explorationEpisodes));
  const mean = (of: (episode: (typeof executed)[number]) => number) =>
    executed.reduce((sum, episode) => sum + of(episode), 0) / executed.length;
  return {
    return: mean((episode) => episode.return),
    success: mean(({ success }) => (success ? 1 : 0)),
    length: mean(({ length }) => length),
    environmentSteps: results
      .flatMap(({ episodes }) => episodes)
      .reduce((sum, { length }) => sum + length, 0),
  };
}
