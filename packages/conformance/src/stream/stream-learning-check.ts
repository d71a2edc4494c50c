import type { StreamDistribution, StreamScore } from '@tasklearn/core';
import { type Check, demand } from '../check.js';
import { live, type StreamSubject, trainShortly } from './stream-subject.js';

/** What `learns what it is shown` needs. */
export interface StreamLearning {
  /** Where a lifetime long enough to learn from is taken. */
  readonly distribution: StreamDistribution;
  /** Updates of the meta-training before it. */
  readonly updates: number;
}

/** That the last task of a lifetime is better predicted when it has been learnt than before the first step. */
export function streamLearningCheck(
  subject: StreamSubject,
  { distribution, updates }: StreamLearning,
): Check {
  return {
    name: 'learns what it is shown',
    async run() {
      const own: StreamSubject = { ...subject, distribution, updates };
      const parameters = subject.isTrained ? (await trainShortly(own)).theta : undefined;
      const { result } = await live(own, { matrix: true, parameters });
      const { scores, order } = result;
      const task = order.at(-1) as number;
      const [before, after] = [scores[0]?.[task], scores.at(-1)?.[task]] as [StreamScore, StreamScore];
      const wrong = ({ loss, accuracy }: StreamScore) => (accuracy === undefined ? loss : 1 - accuracy);
      demand(
        wrong(after) <= 0.5 * wrong(before), // NaN fails.
        `${subject.id}: ${accuracyOrLoss(after)} of the last task must halve from before the first step to the end of the lifetime; it was ${wrong(before)} and is ${wrong(after)}.`,
        { before, after },
      );
    },
  };
}

const accuracyOrLoss = ({ accuracy }: StreamScore) =>
  accuracy === undefined ? 'the squared error' : 'the share of errors';
