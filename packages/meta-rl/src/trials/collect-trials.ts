import type { ControlAgent, Environment, Rng, TimeSteps, TrialProtocol } from '@tasklearn/core';
import { addToTrialBatch, clearTrialBatch, type TrialBatch } from './trial-batch.js';

/** The part of an agent that acts in trials: what training and testing share, so that both collect alike. */
export type TrialActor<TaskState> = Pick<
  ControlAgent<TaskState>,
  'beginTrials' | 'act' | 'observe' | 'endEpisode' | 'adapt'
>;

/** What {@link collectTrials} needs. */
export interface CollectTrialsOptions<TaskState> {
  readonly actor: TrialActor<TaskState>;
  readonly environment: Environment;
  readonly trial: TrialProtocol;
  readonly rng: Rng;
  /** Filled anew; as many copies as the environment, room for all episodes. */
  readonly batch: TrialBatch;
  /** First episode of the trial to play and the one to stop before; all of them unless told. */
  readonly episodes?: { readonly first: number; readonly end: number };
  /** State to go on from; a new one unless told. */
  readonly state?: TaskState;
}

async function collectEpisode<TaskState>(
  options: CollectTrialsOptions<TaskState>,
  begun: TaskState,
  episode: number,
  rng: Rng,
): Promise<TaskState> {
  const { actor, environment, batch } = options;
  const active = new Uint8Array(environment.copies).fill(1);
  const before = new Float32Array(batch.copies * batch.observationSize);
  let steps: TimeSteps = environment.reset();
  let state = begun;
  for (let time = 0; active.includes(1); time += 1) {
    before.set(steps.observation);
    const acted = await actor.act(state, steps, active, rng.split(time));
    steps = environment.step(acted.actions, active);
    addToTrialBatch(batch, before, acted.actions, steps, active, episode);
    state = actor.observe(acted.state, acted.actions, steps, active);
    for (let copy = 0; copy < environment.copies; copy += 1)
      if (active[copy] === 1 && steps.stepType[copy] === 2) active[copy] = 0;
  }
  return state;
}

/**
 * Plays trials in every copy of an environment in lock-step and records them: the loop of core's `runTrials`, for
 * training.
 *
 * @returns the actor's state after the last episode (adapted).
 */
export async function collectTrials<TaskState>(options: CollectTrialsOptions<TaskState>): Promise<TaskState> {
  const { actor, environment, trial, rng, batch } = options;
  const count = trial.explorationEpisodes + trial.executionEpisodes;
  const { first, end } = options.episodes ?? { first: 0, end: count };
  clearTrialBatch(batch);
  let state = options.state ?? actor.beginTrials(environment.copies, trial, rng.split('begin'));
  for (let episode = first; episode < end; episode += 1) {
    const stream = rng.split('episode').split(episode);
    state = await collectEpisode(options, state, episode, stream.split('act'));
    state = await actor.adapt(actor.endEpisode(state), stream.split('adapt'));
  }
  return state;
}
