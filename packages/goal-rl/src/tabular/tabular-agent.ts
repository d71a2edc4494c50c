import {
  type ControlAgent,
  type ControlAgentContext,
  type HostTensor,
  type Rng,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { observationSizeOf } from '@tasklearn/rl';

/** Policies of a finite world as an agent needs them. */
export type TabularParameters<Leaf = HostTensor> = {
  /** π_t(a|s) of each policy, [K, H * S * A]. */
  readonly policies: Leaf;
  /** Probability that an episode follows each, [K]. */
  readonly weights: Leaf;
  /** The observation of each state, [S, O]. */
  readonly observations: Leaf;
};

/** What an agent keeps of T trials. */
export interface TabularTaskState {
  readonly rng: Rng;
  readonly episode: number;
  readonly time: number;
  /** Policy of each trial in this episode, [T]. */
  readonly chosen: Int32Array;
}

/** Index drawn in proportion to weights. */
function draw(weights: ArrayLike<number>, rng: Rng): number {
  let total = 0;
  for (let index = 0; index < weights.length; index += 1) total += weights[index] as number;
  let left = rng.next() * total;
  for (let index = 0; index < weights.length; index += 1) {
    left -= weights[index] as number;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

/** The state that each observation shows. */
function stateReader(observations: HostTensor): (observation: Float32Array) => number {
  const size = observations.shape[1] as number;
  const known = new Map<string, number>();
  for (let state = 0; state < (observations.shape[0] as number); state += 1)
    known.set(observations.data.subarray(state * size, (state + 1) * size).join(), state);
  return (observation) => {
    const state = known.get(observation.join());
    if (state !== undefined) return state;
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      `A tabular agent was shown the observation [${observation}], which is of none of the ${known.size} states that it was planned for. ` +
        'Test it in the world that it was trained in.',
      { states: known.size },
    );
  };
}

/** Agents that follow one of several tabular policies, drawn anew for each episode. */
export async function openTabularAgent(
  parameters: Tree<HostTensor>,
  { spec }: ControlAgentContext,
): Promise<ControlAgent<TabularTaskState>> {
  const { policies, weights, observations } = parameters as unknown as TabularParameters;
  const stateOf = stateReader(observations);
  const size = observationSizeOf(spec);
  const states = observations.shape[0] as number;
  const stride = policies.shape[1] as number;
  const actions = (spec.action.maximum ?? 0) + 1;
  const begin = (trials: number, rng: Rng, episode: number): TabularTaskState => ({
    rng,
    episode,
    time: 0,
    chosen: Int32Array.from({ length: trials }, (_, trial) =>
      draw(weights.data, rng.split(episode).split(trial)),
    ),
  });
  return {
    beginTrials: (trials, _protocol, rng) => begin(trials, rng, 0),
    async act(state, steps, _active, rng) {
      const taken = Float32Array.from(state.chosen, (policy, trial) => {
        const s = stateOf(steps.observation.slice(trial * size, (trial + 1) * size));
        const at = policy * stride + (state.time * states + s) * actions;
        return draw(policies.data.subarray(at, at + actions), rng.split(trial));
      });
      return { actions: taken, state };
    },
    observe: (state) => ({ ...state, time: state.time + 1 }),
    endEpisode: (state) => begin(state.chosen.length, state.rng, state.episode + 1),
    adapt: (state) => Promise.resolve(state),
    dispose() {},
  };
}
