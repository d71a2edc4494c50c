import { createRng } from '@tasklearn/core';

/** The stream of test tasks and of the learner's noise on them: one per seed, whatever the learner. */
export function testStream(seed: number) {
  return createRng(seed).split('test');
}
