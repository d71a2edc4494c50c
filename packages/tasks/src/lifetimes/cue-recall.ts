import { type EpisodicDistribution, type HostTensor, requireInteger } from '@tasklearn/core';
import { clearLifetimes, lifetimeBuffers, lifetimeSpec } from './lifetime-buffers.js';

/** Options of cue recall. */
export type CueRecallOptions = {
  /** Bits of a cue, >= 1. */
  readonly bits: number;
  /** Cues of a lifetime, one of them the target, >= 2. */
  readonly cues: number;
  /** Trials of a lifetime, >= 1. */
  readonly trials: number;
  /** Blank steps between the question and the feedback, >= 0. */
  readonly delay: number;
};

/** Four cues of 20 bits, 15 trials, feedback at once. */
export const cueRecallDefaults: CueRecallOptions = { bits: 20, cues: 4, trials: 15, delay: 0 };

const ID = '@tasklearn/tasks/cue-recall';

/**
 * Find out by feedback which of a few random cues is the target. A trial: one cue, another (drawn with replacement), the
 * question whether the target was among them, `delay` blank steps, then the answer as feedback. Judged are the answers to
 * the questions; "no" is right in (1 − 1/cues)² of them, 56 % with four cues.
 *
 * Inputs [H, bits + 3]: the cue, the question's flag, feedback ±1, the feedback's flag. The steps are the query set, to be
 * read in order by a learner whose state goes on from query to query. Feedback is the right answer whatever was answered.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Miconi, Rawal, Clune, Stanley. Backpropamine. ICLR 2019, section 4.1, there with reward for right answers.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { cueRecall } from '@tasklearn/tasks';
 *
 * const { query } = cueRecall({ delay: 4, trials: 10 }).episodes('train', 0, 2, createRng(0));
 * query.inputs.shape; // => [2, 80, 23]
 * ```
 */
export function cueRecall(options: Partial<CueRecallOptions> = {}): EpisodicDistribution {
  const complete = { ...cueRecallDefaults, ...options };
  requireInteger(ID, complete, 'bits', 1);
  requireInteger(ID, complete, 'cues', 2);
  requireInteger(ID, complete, 'trials', 1);
  requireInteger(ID, complete, 'delay', 0);
  const { bits, cues, trials, delay } = complete;
  const [trial, width] = [4 + delay, bits + 3];
  const steps = trials * trial;
  const spec = lifetimeSpec(steps, {
    input: { shape: [width], dtype: 'float32', minimum: -1, maximum: 1 },
    target: { kind: 'classification', classes: 2 },
    loss: 'crossEntropy',
  });
  return {
    kind: 'episodic',
    id: ID,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = lifetimeBuffers(spec, count)) {
      clearLifetimes(into);
      const [inputs, targets, mask] = [
        into.query.inputs.data,
        into.query.targets.data,
        into.query.mask as HostTensor,
      ];
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const all = Array.from({ length: cues }, () =>
          Float32Array.from({ length: bits }, () => 2 * own.integer(2) - 1),
        );
        const wanted = own.integer(cues);
        for (let index = 0; index < trials; index++) {
          const start = task * steps + index * trial;
          const shown = [own.integer(cues), own.integer(cues)];
          for (const [step, cue] of shown.entries())
            inputs.set(all[cue] as Float32Array, (start + step) * width);
          const answer = shown.includes(wanted) ? 1 : 0;
          inputs[(start + 2) * width + bits] = 1;
          targets[start + 2] = answer;
          mask.data[start + 2] = 1;
          const feedback = (start + 3 + delay) * width + bits;
          inputs.set([2 * answer - 1, 1], feedback + 1);
        }
      }
      return into;
    },
  };
}
