import type { EpisodeBatch, Rollout } from '../roll-outs/rollout.js';

/** What was collected for one update, copy-major: step h of copy e is row e * H + h. */
export interface Experience {
  readonly copies: number;
  readonly length: number;
  readonly order: 'copy';
  /** [E * H * O]. */
  readonly observation: Float32Array;
  /** [E * H * A]. */
  readonly action: Float32Array;
  /** [E * H]. */
  readonly reward: Float32Array;
  /** [E * H]. */
  readonly discount: Float32Array;
  /** 1 where the observation is the first of an episode, [E * H]. */
  readonly begins: Uint8Array;
  /** 1 where the step ended the episode, [E * H]. */
  readonly ends: Uint8Array;
  /** [E * H * O]. */
  readonly next: Float32Array;
  /** 0 for what was padded, [E * H]. */
  readonly mask: Float32Array;
}

/** Rows [H, E] of `width` numbers as [E, H]. */
function copyMajor<Values extends Float32Array | Uint8Array>(
  values: Values,
  length: number,
  copies: number,
  width = 1,
): Values {
  const result = values.slice() as Values;
  for (let time = 0; time < length; time += 1)
    for (let copy = 0; copy < copies; copy += 1) {
      const [from, to] = [(time * copies + copy) * width, (copy * length + time) * width];
      for (let i = 0; i < width; i += 1) result[to + i] = values[from + i] as number;
    }
  return result;
}

/** A roll-out as experience. */
export function experienceOfRollout(rollout: Rollout): Experience {
  const { copies, length, observationSize, actionSize } = rollout;
  return {
    copies,
    length,
    order: 'copy',
    observation: copyMajor(rollout.observation, length, copies, observationSize),
    action: copyMajor(rollout.action, length, copies, actionSize),
    reward: copyMajor(rollout.reward, length, copies),
    discount: copyMajor(rollout.discount, length, copies),
    begins: copyMajor(rollout.begins, length, copies),
    ends: copyMajor(rollout.ends, length, copies),
    next: copyMajor(rollout.next, length, copies, observationSize),
    mask: new Float32Array(copies * length).fill(1),
  };
}

/** Whole episodes as experience. */
export function experienceOfEpisodes(episodes: EpisodeBatch): Experience {
  const { copies, length, lengths } = episodes;
  const begins = new Uint8Array(copies * length);
  const ends = new Uint8Array(copies * length);
  for (let copy = 0; copy < copies; copy += 1) {
    begins[copy * length] = 1;
    ends[copy * length + (lengths[copy] as number) - 1] = 1;
  }
  const { observation, action, reward, discount, next, mask } = episodes;
  return { copies, length, order: 'copy', observation, action, reward, discount, begins, ends, next, mask };
}
