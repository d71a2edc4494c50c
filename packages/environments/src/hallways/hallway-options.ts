import { requireInteger, requireOneOf } from '@tasklearn/core';

/** Options of {@link hallwaySign}. */
export type HallwayOptions = {
  /** K, >= 2. */
  readonly hallways: number;
  /** L, steps from the junction to the end of a hallway, >= 1. */
  readonly length: number;
  /** D, steps from the junction to the sign, >= 1. */
  readonly signDistance: number;
  /**
   * What the sign shows while stood before it: `oneHot` the number of the hallway; `permuted` that number under a
   * permutation of the task's own, which nobody can read; `image` a digit of 3 x 5 pixels (K <= 10); `none` there is
   * no sign.
   */
  readonly sign: 'oneHot' | 'permuted' | 'image' | 'none';
  /** P, bits of the paintings, which differ between tasks and do not matter; 0 for none. */
  readonly paintingBits: number;
  /** Steps from the junction to the paintings, >= 1. */
  readonly paintingDistance: number;
  /** X, steps of an exploration episode, >= 1. */
  readonly explorationSteps: number;
  /** Steps of an execution episode, >= 1. */
  readonly horizon: number;
  /** Exploration episodes of a trial, >= 0. */
  readonly explorationEpisodes: number;
  /** Execution episodes of a trial, >= 1. */
  readonly executionEpisodes: number;
};

/** Six hallways of length 5, a sign two steps away, paintings two steps away on the other side. */
export const hallwayDefaults: HallwayOptions = {
  hallways: 6,
  length: 5,
  signDistance: 2,
  sign: 'oneHot',
  paintingBits: 4,
  paintingDistance: 2,
  explorationSteps: 5,
  horizon: 10,
  explorationEpisodes: 1,
  executionEpisodes: 1,
};

/** @throws `INVALID_OPTION`. */
export function requireHallways(id: string, options: HallwayOptions): void {
  const sign = requireOneOf(id, options, 'sign', ['oneHot', 'permuted', 'image', 'none']);
  requireInteger(id, options, 'hallways', 2, sign === 'image' ? 10 : 64);
  requireInteger(id, options, 'paintingBits', 0, 10);
  requireInteger(id, options, 'explorationEpisodes', 0);
  for (const key of [
    'length',
    'signDistance',
    'paintingDistance',
    'explorationSteps',
    'horizon',
    'executionEpisodes',
  ] as const)
    requireInteger(id, options, key);
}
