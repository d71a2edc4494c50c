import type { StepEncoding } from '../networks/step-encoding.js';
import type { TrialBatch } from '../trials/trial-batch.js';

/** How transitions are shown to the encoder. */
export interface ContextLayout {
  readonly encoding: StepEncoding;
  /** Whether the next observation is shown. */
  readonly next: boolean;
  /** Rewards below it are shown as 0, others as what they exceed it by; null shows them as they are. */
  readonly threshold: number | null;
  /** Added to rewards that reach the threshold, so that they stand out from 0. */
  readonly bonus: number;
  /** F: observation, action, reward and perhaps next observation. */
  readonly features: number;
}

/** The layout for an environment. */
export function contextLayout(
  encoding: StepEncoding,
  next: boolean,
  threshold: number | null,
  bonus = 0,
): ContextLayout {
  const { observationSize: O, actionSize: A } = encoding;
  return { encoding, next, threshold, bonus, features: O + A + 1 + (next ? O : 0) };
}

/** The reward that the encoder sees. */
export function shownReward(
  { threshold, bonus }: Pick<ContextLayout, 'threshold' | 'bonus'>,
  reward: number,
): number {
  if (threshold === null) return reward;
  return reward < threshold ? 0 : reward - threshold + bonus;
}

/** One recorded step as features, written at `offset`. */
export function writeContextItem(
  target: Float32Array,
  offset: number,
  layout: ContextLayout,
  batch: TrialBatch,
  step: number,
): void {
  const { observationSize: O, actionSize: A } = layout.encoding;
  target.fill(0, offset, offset + layout.features);
  target.set(batch.observation.subarray(step * O, (step + 1) * O), offset);
  layout.encoding.writeAction(target, offset + O, batch.action, step);
  target[offset + O + A] = shownReward(layout, batch.reward[step] as number);
  if (layout.next) target.set(batch.next.subarray(step * O, (step + 1) * O), offset + O + A + 1);
}

/** All recorded steps of one copy as features, [n * F]. */
export function contextOf(layout: ContextLayout, batch: TrialBatch, copy: number): Float32Array {
  const count = batch.lengths[copy] as number;
  const items = new Float32Array(count * layout.features);
  for (let index = 0; index < count; index += 1)
    writeContextItem(items, index * layout.features, layout, batch, copy * batch.length + index);
  return items;
}

/**
 * Everything seen of every trial as one padded context [C, L, F + 1], the last column the mask.
 */
export function contextOfTrials(layout: ContextLayout, batch: TrialBatch): Float32Array {
  const width = layout.features + 1;
  const padded = new Float32Array(batch.copies * batch.length * width);
  for (let copy = 0; copy < batch.copies; copy += 1) {
    for (let index = 0; index < (batch.lengths[copy] as number); index += 1) {
      const step = copy * batch.length + index;
      writeContextItem(padded, step * width, layout, batch, step);
      padded[step * width + width - 1] = 1;
    }
  }
  return padded;
}
