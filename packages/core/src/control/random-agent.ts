import type { ControlAgent } from './control-learner.js';
import type { ControlSpec } from './environment.js';

/**
 * An agent that draws every action uniformly: of all discrete actions, or within the limits of continuous ones
 * (−1 to 1 where there are none). The reference line that always exists.
 */
export function randomAgent({ action }: ControlSpec): ControlAgent<{ readonly trials: number }> {
  const { minimum = -1, maximum = 1, dtype } = action;
  const size = action.shape[0] ?? 1;
  return {
    beginTrials: (trials) => ({ trials }),
    async act(state, _steps, _active, rng) {
      const draw =
        dtype === 'int32'
          ? () => minimum + rng.integer(maximum - minimum + 1)
          : () => minimum + (maximum - minimum) * rng.next();
      return { actions: Float32Array.from({ length: state.trials * size }, draw), state };
    },
    observe: (state) => state,
    endEpisode: (state) => state,
    adapt: async (state) => state,
    dispose: () => undefined,
  };
}
