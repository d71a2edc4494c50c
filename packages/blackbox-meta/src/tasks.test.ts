import { distributionChecks } from '@tasklearn/conformance';
import { createRng } from '@tasklearn/core';
import {
  cueRecall,
  evenStarts,
  gaussianClasses,
  labelStream,
  orientedObjects,
  patternCompletion,
} from '@tasklearn/tasks';
import { describe, expect, it } from 'vitest';

const pixels = Uint8Array.from({ length: 9 * 5 * 16 }, (_, at) => (7 * at + Math.floor(at / 16)) % 256);
const images = { pixels, classNames: [...'abcdefghi'], starts: evenStarts(9, 5), side: 4 };
const splits = { train: [0, 1, 2], validation: [3, 4, 5], test: [6, 7, 8] };
const stream = labelStream('@tasklearn/tasks/stream', images, splits, {
  ways: 3,
  instances: 4,
  rotations: 'train',
});

/** What a learner may learn from comes in the inputs of the steps. */
const blankSupport = {
  'episodes fit the spec': 'the support is one masked blank, without an item of each class',
};

for (const [distribution, options] of [
  [gaussianClasses({ queries: 2 }), {}],
  [orientedObjects(), {}],
  // Blank steps, repeated cues and blank supports are the same item many times over.
  [patternCompletion(), { distinctItems: false }],
  [cueRecall({ trials: 3 }), { distinctItems: false, expectedFailures: blankSupport }],
  [stream, { distinctItems: false, expectedFailures: blankSupport }],
] as const)
  describe(distribution.id, () => {
    for (const check of distributionChecks(distribution, options)) it(check.name, check.run);
  });

describe('positions', () => {
  it('tell all labels where items are sorted by them, and nothing where they are mixed', () => {
    const rightByPosition = (order: 'byLabel' | 'mixed') => {
      const { query } = gaussianClasses({ queries: 4, order }).episodes('train', 0, 200, createRng(0));
      const right = [...query.targets.data].filter((label, at) => label === Math.floor((at % 20) / 4));
      return right.length / query.targets.data.length;
    };
    expect(rightByPosition('byLabel')).toBe(1);
    expect(Math.abs(rightByPosition('mixed') - 0.2)).toBeLessThan(0.03);
  });
});
