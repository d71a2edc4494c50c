import type { ReferencePolicy } from './control-distribution.js';
import type { ControlAgent } from './control-learner.js';

/**
 * A reference policy as an agent, so that reference lines run as agents do. Unlike an agent it has been told the tasks,
 * so it is good for one batch of trials: those it was made for.
 */
export function referenceAgent(policy: ReferencePolicy): ControlAgent<{ readonly episode: number }> {
  return {
    beginTrials() {
      policy.beginEpisode?.(0);
      return { episode: 0 };
    },
    act: async (state, steps) => ({ actions: policy.act(steps), state }),
    observe(state, actions, steps, active) {
      policy.observe?.(actions, steps, active);
      return state;
    },
    endEpisode({ episode }) {
      policy.beginEpisode?.(episode + 1);
      return { episode: episode + 1 };
    },
    adapt: async (state) => state,
    dispose: () => undefined,
  };
}
