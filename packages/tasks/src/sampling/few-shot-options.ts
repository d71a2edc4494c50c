import { requireInteger, requireOneOf, TasklearnError } from '@tasklearn/core';

/** Form of an N-way K-shot episode, whatever its items are. */
export type EpisodeOptions = {
  /** N, classes in an episode, >= 2. */
  readonly ways: number;
  /** K, labelled images per class, >= 1. */
  readonly shots: number;
  /**
   * Where greater than 0: each episode draws its K from [minimumShots, shots], and the support is padded to `shots` with
   * masked items.
   */
  readonly minimumShots: number;
  /** Query images per class, >= 1. */
  readonly queries: number;
  /** `shuffled`: labels are drawn anew for each episode. `fixed`: a class has the same label whenever it appears. */
  readonly labels: 'shuffled' | 'fixed';
  /**
   * Position of items in support and query: all of label 0, then all of label 1, ...; or mixed at random, so that a
   * position tells nothing of a label.
   */
  readonly order: 'byLabel' | 'mixed';
  /** Episodes of the meta-training split say which class each item is of; see `identities` of core's labelled sets. */
  readonly identities: boolean;
};

/** Form of an N-way K-shot episode of images. */
export type FewShotOptions = EpisodeOptions & {
  /** Turned by 90, 180 and 270 degrees a class becomes three more: for which splits. */
  readonly rotations: 'none' | 'train' | 'all';
};

/** 5-way 1-shot with 15 queries per class and shuffled labels. */
export const episodeDefaults: EpisodeOptions = {
  ways: 5,
  shots: 1,
  minimumShots: 0,
  queries: 15,
  labels: 'shuffled',
  order: 'byLabel',
  identities: false,
};

/** The same, with images as they are. */
export const fewShotDefaults: FewShotOptions = { ...episodeDefaults, rotations: 'none' };

/** @throws `INVALID_OPTION` for a value out of range. */
export function checkFewShotOptions(owner: string, options: EpisodeOptions): void {
  requireInteger(owner, options, 'ways', 2);
  requireInteger(owner, options, 'shots', 1);
  requireInteger(owner, options, 'minimumShots', 0);
  requireInteger(owner, options, 'queries', 1);
  requireOneOf(owner, options, 'labels', ['shuffled', 'fixed']);
  requireOneOf(owner, options, 'order', ['byLabel', 'mixed']);
  if (options.minimumShots > options.shots) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: option \`minimumShots\` must be at most \`shots\` (${options.shots}), got ${options.minimumShots}.`,
      { owner, key: 'minimumShots', expected: `<= ${options.shots}`, received: options.minimumShots },
    );
  }
}
