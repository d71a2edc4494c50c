import {
  type ControlAgent,
  type ControlAgentContext,
  type HostTensor,
  type Rng,
  TasklearnError,
  type TimeSteps,
  type Tree,
  type TrialProtocol,
} from '@tasklearn/core';
import { actionSizeOf } from '@tasklearn/rl';
import type { Proposer } from '../proposers/proposer.js';
import { noProposer } from '../proposers/proposers.js';
import { openActing } from './acting.js';
import { baseOptions } from './base-options.js';
import type { GoalSlots } from './goal-slots.js';
import type { GoalTrainingOptions } from './goal-training-options.js';

/** What an agent keeps of T trials. */
export interface GoalTaskState {
  readonly episode: number;
  readonly protocol: TrialProtocol;
  /** Stream of the trials. */
  readonly rng: Rng;
  /** Policy of each trial in this episode, [T]. */
  readonly policies: Int32Array;
  /** z of each trial in this episode, [T * Z]. */
  readonly codes: Float32Array;
  /** Number of that z in the proposer's order, [T]; -1 where it was drawn. */
  readonly numbers: Int32Array;
  /** Return of each trial in this episode, [T]. */
  readonly returns: Float64Array;
  /** Best return of each trial so far, [T], and the number of the z that brought it. */
  readonly best: Float64Array;
  readonly bestNumbers: Int32Array;
}

/** Policy and z of the episode to come: in exploration one skill after another, then the best of them. */
function beginEpisode(state: GoalTaskState, proposer: Proposer, policies: number): GoalTaskState {
  const { episode, protocol, rng, best } = state;
  const trials = best.length;
  const codes = new Float32Array(trials * proposer.size);
  const numbers = new Int32Array(trials).fill(-1);
  const chosen = new Int32Array(trials);
  for (let trial = 0; trial < trials; trial += 1) {
    const stream = rng.split(episode).split(trial);
    chosen[trial] = policies === 1 ? 0 : stream.split('policy').integer(policies);
    if (proposer.size === 0) continue;
    if (protocol.explorationEpisodes === 0) {
      codes.set(proposer.sample(stream.split('code')), trial * proposer.size);
      continue;
    }
    const number =
      episode < protocol.explorationEpisodes
        ? episode % proposer.count
        : (state.bestNumbers[trial] as number);
    numbers[trial] = number;
    codes.set(proposer.at(number), trial * proposer.size);
  }
  return { ...state, policies: chosen, codes, numbers, returns: new Float64Array(trials) };
}

/** The episode's returns compared with the best so far; the next one begun. */
function endEpisode(state: GoalTaskState, proposer: Proposer, policies: number): GoalTaskState {
  const best = state.best.slice();
  const bestNumbers = state.bestNumbers.slice();
  for (let trial = 0; trial < best.length; trial += 1) {
    if ((state.numbers[trial] as number) < 0 || (state.returns[trial] as number) <= (best[trial] as number))
      continue;
    best[trial] = state.returns[trial] as number;
    bestNumbers[trial] = state.numbers[trial] as number;
  }
  return beginEpisode({ ...state, episode: state.episode + 1, best, bestNumbers }, proposer, policies);
}

/** @throws `SHAPE_MISMATCH` unless the parameters are policies of this learner. */
function policiesOf(name: string, parameters: Tree<HostTensor>, size: number): HostTensor {
  const { policies } = parameters as { readonly policies?: HostTensor };
  if (policies?.shape[1] === size) return policies;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${name}.openAgent: expected parameters { policies: [M, ${size}], normalization }, got ${JSON.stringify(policies?.shape)}. ` +
      'They must come from a training with the same options on the same observations and actions.',
    { expected: [size], received: policies?.shape },
  );
}

/** Agents that act with what `goalLearner` has learnt, as well as they can: no noise, no learning. */
export async function openGoalAgent(
  slots: GoalSlots,
  options: GoalTrainingOptions,
  parameters: Tree<HostTensor>,
  { spec, executor }: ControlAgentContext,
): Promise<ControlAgent<GoalTaskState>> {
  const proposer = slots.z?.() ?? noProposer();
  const algorithm = slots.base(spec, baseOptions(slots, options, proposer.size));
  const acting = openActing(slots.name, algorithm, spec, executor);
  const { size } = acting;
  const { data, shape } = policiesOf(slots.name, parameters, size);
  const normalization = (parameters as unknown as { readonly normalization: HostTensor }).normalization
    .data as Float32Array;
  const count = shape[0] as number;
  const actionSize = actionSizeOf(spec);

  /** Actions of all trials, one call for each policy in use. */
  const decide = async (state: GoalTaskState, steps: TimeSteps, rng: Rng) => {
    const trials = state.policies.length;
    const actions = new Float32Array(trials * actionSize);
    for (const policy of new Set(state.policies)) {
      const own = (data as Float32Array).subarray(policy * size, (policy + 1) * size);
      const all = await acting.act(own, normalization, steps, state.codes, rng.split(policy));
      for (let trial = 0; trial < trials; trial += 1) {
        if (state.policies[trial] !== policy) continue;
        actions.set(all.subarray(trial * actionSize, (trial + 1) * actionSize), trial * actionSize);
      }
    }
    return actions;
  };

  return {
    beginTrials: (trials, protocol, rng) =>
      beginEpisode(
        {
          episode: 0,
          protocol,
          rng,
          policies: new Int32Array(trials),
          codes: new Float32Array(0),
          numbers: new Int32Array(trials),
          returns: new Float64Array(trials),
          best: new Float64Array(trials).fill(Number.NEGATIVE_INFINITY),
          bestNumbers: new Int32Array(trials),
        },
        proposer,
        count,
      ),
    async act(state, steps, _active, rng) {
      return { actions: await decide(state, steps, rng), state };
    },
    observe: (state, _actions, steps, active) => ({
      ...state,
      returns: state.returns.map((sum, trial) =>
        active[trial] === 1 ? sum + (steps.reward[trial] as number) : sum,
      ),
    }),
    endEpisode: (state) => endEpisode(state, proposer, count),
    adapt: (state) => Promise.resolve(state),
    dispose: () => acting.dispose(),
  };
}
