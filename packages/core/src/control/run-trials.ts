import type { Rng } from '../randomness/rng.js';
import type { ControlDistribution, ControlTask, Trajectory, TrialProtocol } from './control-distribution.js';
import type { ControlAgent } from './control-learner.js';
import type { Environment, TimeSteps } from './environment.js';
import { type EpisodeRecorder, recordEpisodes } from './record-episodes.js';

/** One episode of one trial. */
export interface TrialEpisode {
  /** Sum of rewards. */
  readonly return: number;
  /** Steps made. */
  readonly length: number;
  /** Whether success was reached at any step. */
  readonly success: boolean;
  /** What happened, where it was asked for. */
  readonly trajectory?: Trajectory;
}

/** One trial: the episodes of one task in sequence. */
export interface TrialResult {
  readonly task: ControlTask;
  /** Exploration episodes first. */
  readonly episodes: readonly TrialEpisode[];
}

/** What {@link runTrials} needs. */
export interface RunTrialsOptions {
  readonly agent: ControlAgent;
  readonly distribution: ControlDistribution;
  /** One trial each, in lock-step. */
  readonly tasks: readonly ControlTask[];
  readonly trial: TrialProtocol;
  readonly rng: Rng;
  /** How many of the trials keep their trajectories, the first ones. Default 0. */
  readonly keepTrajectories?: number;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
}

/** Acts until the episode has ended in every copy. */
async function runEpisode(
  agent: ControlAgent,
  begun: unknown,
  environment: Environment,
  recorder: EpisodeRecorder,
  rng: Rng,
  signal?: AbortSignal,
): Promise<unknown> {
  const active = new Uint8Array(environment.copies).fill(1);
  let steps: TimeSteps = environment.reset();
  let state = begun;
  recorder.begin(steps);
  for (let time = 0; active.includes(1); time += 1) {
    signal?.throwIfAborted();
    const acted = await agent.act(state, steps, active, rng.split(time));
    steps = environment.step(acted.actions, active);
    recorder.add(acted.actions, steps, active);
    state = agent.observe(acted.state, acted.actions, steps, active);
    for (let copy = 0; copy < environment.copies; copy += 1)
      if (active[copy] === 1 && steps.stepType[copy] === 2) active[copy] = 0;
  }
  return state;
}

/**
 * Runs one trial per task in lock-step: `explorationEpisodes` + `executionEpisodes` episodes each, the agent's task
 * state kept between them.
 *
 * @returns one result per task, in order.
 */
export async function runTrials(options: RunTrialsOptions): Promise<readonly TrialResult[]> {
  const { agent, distribution, tasks, trial, rng, signal, keepTrajectories = 0 } = options;
  const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
  const recorder = recordEpisodes(environment.spec, tasks.length, keepTrajectories);
  const episodes: TrialEpisode[][] = tasks.map(() => []);
  try {
    let state: unknown = agent.beginTrials(tasks.length, trial, rng.split('begin'));
    const count = trial.explorationEpisodes + trial.executionEpisodes;
    for (let episode = 0; episode < count; episode += 1) {
      const stream = rng.split('episode').split(episode);
      state = await runEpisode(agent, state, environment, recorder, stream.split('act'), signal);
      for (const [index, result] of recorder.finish().entries()) episodes[index]?.push(result);
      state = await agent.adapt(agent.endEpisode(state), stream.split('adapt'));
    }
  } finally {
    environment.dispose();
  }
  return tasks.map((task, index) => ({ task, episodes: episodes[index] as TrialEpisode[] }));
}
