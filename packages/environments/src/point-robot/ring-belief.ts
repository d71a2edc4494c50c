import type { Rng, TimeSteps } from '@tasklearn/core';
import { StepRandom } from '../vectorised/step-random.js';
import type { PointRobotSettings } from './point-robot-options.js';

/** Beliefs of several copies over where on the half circle the goal is. */
export interface RingBelief {
  /** Back to the prior. */
  forget(copy: number): void;
  /** Draws the goal to go to from the belief. */
  sample(copy: number): void;
  /** Takes in the reward of the step just made. */
  see(copy: number, steps: TimeSteps): void;
  /** The goal drawn last. */
  target(copy: number): readonly [x: number, y: number];
}

/** Candidate goals, evenly spaced along the half circle. */
const CANDIDATES = 180;

/**
 * The exact posterior, up to the spacing of the candidates: rewards have no noise, so a candidate is either possible or
 * not. Unpaid steps rule out the goals near them; paid ones tell the distance, reward = 1 − d.
 */
export function createRingBelief(settings: PointRobotSettings, copies: number, rng: Rng): RingBelief {
  const { goalDistance: radius, goalRadius } = settings;
  const spacing = (Math.PI * radius) / CANDIDATES;
  const possible = new Uint8Array(copies * CANDIDATES).fill(1);
  const drawn = new Int32Array(copies);
  const random = new StepRandom(rng, copies);
  const angleOf = (candidate: number) => (Math.PI * (candidate + 0.5)) / CANDIDATES;
  return {
    forget: (copy) => void possible.fill(1, copy * CANDIDATES, (copy + 1) * CANDIDATES),
    sample(copy) {
      const own = possible.subarray(copy * CANDIDATES, (copy + 1) * CANDIDATES);
      let left = random.integer(
        copy,
        own.reduce((sum, value) => sum + value, 0),
      );
      for (let candidate = 0; candidate < CANDIDATES; candidate += 1) {
        if (own[candidate] === 0) continue;
        if (left === 0) drawn[copy] = candidate;
        left -= 1;
      }
    },
    see(copy, steps) {
      const x = steps.observation[copy * 2] as number;
      const y = steps.observation[copy * 2 + 1] as number;
      const paid = steps.reward[copy] as number;
      for (let candidate = 0; candidate < CANDIDATES; candidate += 1) {
        const angle = angleOf(candidate);
        const d = Math.hypot(x - radius * Math.cos(angle), y - radius * Math.sin(angle));
        const ruledOut = paid > 0 ? Math.abs(d - (1 - paid)) > spacing : d < goalRadius - spacing;
        if (ruledOut) possible[copy * CANDIDATES + candidate] = 0;
      }
    },
    target(copy) {
      const angle = angleOf(drawn[copy] as number);
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  };
}
