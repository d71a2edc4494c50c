import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { smallParts } from '../__fixtures__/small-regression.js';
import { adaptedLeaves } from './adapted-leaves.js';
import { learnedRate } from './inner-rate.js';
import { adaptiveDescent } from './inner-solver.js';
import { firstOrder, truncated, unrolled, untrained } from './meta-gradient.js';
import { metaLearner } from './meta-learner.js';
import type { DirectSolver, InnerLoss, MetaLearnerParts, OuterTerm } from './meta-learner-parts.js';
import { pooled } from './pooled-loss.js';
import { reptileGradient } from './reptile-gradient.js';
import { reverseHvp } from './reverse-hvp.js';
import { newHeadStart } from './start.js';
import { taskLoss } from './task-loss.js';

describe('parts that do not fit', () => {
  const learnedLoss: InnerLoss = { ...taskLoss(), name: 'learned', init: () => tf.scalar(1) };
  const ridge: DirectSolver = {
    kind: 'closedForm',
    name: 'ridge',
    differentiable: true,
    solve: () => ({}) as never,
  };
  const term: OuterTerm = { name: 'term', value: () => tf.scalar(0) };
  const learned = learnedRate({ granularity: 'layer', initial: 0.1, sign: 'signed' });
  const refused: [string, Partial<MetaLearnerParts>, RegExp][] = [
    ['unrolled through Adam', { solver: adaptiveDescent() }, /cannot be differentiated/],
    [
      'reverseHvp with a stateful solver',
      { solver: adaptiveDescent(), metaGradient: reverseHvp() },
      /keeps state/,
    ],
    ['reverseHvp with a closed form', { solver: ridge, metaGradient: reverseHvp() }, /no gradient steps/],
    ['reverseHvp with outer terms', { outer: [term], metaGradient: reverseHvp() }, /outer terms \(term\)/],
    ['truncation of a closed form', { solver: ridge, metaGradient: truncated(1) }, /no gradient steps/],
    ['truncation by half a step', { metaGradient: truncated(0.5) }, /whole number/],
    [
      'first order with a learned loss',
      { innerLoss: learnedLoss, metaGradient: firstOrder() },
      /learned inner loss/,
    ],
    ['reptile with a closed form', { solver: ridge, metaGradient: reptileGradient() }, /no gradient steps/],
    ['reptile with learned rates', { rate: learned, metaGradient: reptileGradient() }, /cannot be learned/],
    [
      'reptile on the head',
      { adapted: adaptedLeaves('head'), metaGradient: reptileGradient() },
      /adapt all leaves/,
    ],
    ['reptile with a new head', { start: newHeadStart(), metaGradient: reptileGradient() }, /start at θ/],
    [
      'reptile without steps',
      { steps: { train: 0, test: 1 }, metaGradient: reptileGradient() },
      /never moves/,
    ],
    ['pooled with learned rates', { rate: learned, metaGradient: pooled('episode') }, /cannot be learned/],
    ['an optimizer without use', { metaGradient: untrained() }, /no use/],
    ['half a step', { steps: { train: 0.5, test: 1 } }, /integer/],
  ];
  for (const [name, parts, reason] of refused) {
    it(`${name} is refused at construction, with the reason`, () => {
      expect(() => metaLearner(smallParts(parts))).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          details: expect.objectContaining({ reason: expect.stringMatching(reason) }),
        }),
      );
    });
  }

  it('a trained θ without an optimizer is refused', () => {
    const { optimizer: _dropped, ...rest } = smallParts({ metaGradient: unrolled() });
    expect(() => metaLearner(rest)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
