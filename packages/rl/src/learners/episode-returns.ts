import type { HostTensor } from '@tasklearn/core';
import type { Experience } from './experience.js';

/** Follows the returns of episodes that span several collections. */
export interface EpisodeReturns {
  /** Mean return and length of the episodes that ended here, or of the last that did; nothing before the first. */
  add(experience: Experience): Record<string, number>;
  save(): HostTensor;
  restore(saved: HostTensor): void;
}

/** Follows E copies. */
export function episodeReturns(copies: number): EpisodeReturns {
  // Sum and length per copy, then mean return, mean length, and whether there was any.
  const state = new Float64Array(2 * copies + 3);
  const report = () =>
    state[2 * copies + 2] === 0
      ? {}
      : { return: state[2 * copies] as number, episodeLength: state[2 * copies + 1] as number };
  return {
    add({ length, reward, ends, mask }) {
      let [count, total, steps] = [0, 0, 0];
      for (let row = 0; row < reward.length; row += 1) {
        if (mask[row] === 0) continue;
        const copy = 2 * Math.floor(row / length);
        state[copy] = (state[copy] as number) + (reward[row] as number);
        state[copy + 1] = (state[copy + 1] as number) + 1;
        if (ends[row] !== 1) continue;
        count += 1;
        total += state[copy] as number;
        steps += state[copy + 1] as number;
        state.fill(0, copy, copy + 2);
      }
      if (count > 0) state.set([total / count, steps / count, 1], 2 * copies);
      return report();
    },
    save: () => ({
      dtype: 'int32',
      shape: [2 * state.length],
      data: new Int32Array(state.slice().buffer),
    }),
    restore({ data }) {
      state.set(new Float64Array((data as Int32Array).slice().buffer));
    },
  };
}
