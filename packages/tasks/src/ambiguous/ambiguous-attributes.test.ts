import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { ambiguousAttributes } from './ambiguous-attributes.js';
import { drawFace, faceAttributes } from './draw-face.js';

/** Chances at random must pass: four standard deviations of a share. */
const fourDeviations = (share: number, count: number) => 4 * Math.sqrt((share * (1 - share)) / count);

describe('drawFace', () => {
  it('shows every attribute: it changes pixels of a face that is otherwise the same', () => {
    const draw = (attributes: number[]) => {
      const pixels = new Float32Array(576);
      drawFace(attributes, { noise: 0, jitter: 1 }, createRng('one face'), pixels);
      return pixels;
    };
    const plain = draw(faceAttributes.map(() => 0));
    for (const [at] of faceAttributes.entries()) {
      const other = draw(faceAttributes.map((_, index) => (index === at ? 1 : 0)));
      const changed = other.reduce(
        (sum, value, pixel) => sum + Math.abs(value - (plain[pixel] as number)),
        0,
      );
      expect(changed).toBeGreaterThan(4);
    }
  });

  it('moves and resizes heads, and overwrites what was there', () => {
    const plain = faceAttributes.map(() => 0);
    const [one, two] = [new Float32Array(576).fill(9), new Float32Array(576)];
    drawFace(plain, { noise: 0, jitter: 1 }, createRng(1), one);
    drawFace(plain, { noise: 0, jitter: 1 }, createRng(2), two);
    expect(one).not.toEqual(two);
    expect(Math.max(...one)).toBeLessThanOrEqual(1);
    expect(one[0]).toBe(0);
    drawFace(plain, { noise: 0, jitter: 0 }, createRng(1), one);
    drawFace(plain, { noise: 0, jitter: 0 }, createRng(2), two);
    expect(one).toEqual(two);
  });
});

describe('ambiguousAttributes', () => {
  const distribution = ambiguousAttributes();
  const tripleOf = (split: 'train' | 'validation' | 'test', index: number) => {
    const { first, second, third } = distribution.truth?.(split, index, createRng(0)).parameters ?? {};
    return `${first} ${second} ${third}`;
  };

  it('holds triples of meta-test back from meta-training', () => {
    const seen = Object.fromEntries(
      (['train', 'validation', 'test'] as const).map((split) => [
        split,
        new Set(Array.from({ length: 500 }, (_, index) => tripleOf(split, index))),
      ]),
    );
    expect([seen.train?.size, seen.validation?.size, seen.test?.size]).toEqual([36, 8, 12]);
    expect(new Set([...seen.train!, ...seen.validation!, ...seen.test!]).size).toBe(56);
  });

  it('labels queries by the rule in force, and knows what the other two would say', () => {
    const { query, support } = distribution.episodes('test', 3, 40, createRng(1));
    const modes = distribution.modes('test', 3, 40, createRng(1));
    expect(modes.shape).toEqual([40, 3, 20]);
    for (let task = 0; task < 40; task++) {
      const rule = distribution.truth?.('test', 3 + task, createRng(1)).parameters?.rule as number;
      const own = modes.data.slice((3 * task + rule) * 20, (3 * task + rule + 1) * 20);
      expect(own).toEqual(query.targets.data.slice(20 * task, 20 * (task + 1)));
      for (const [set, items] of [
        [query, 20],
        [support.labelled, 10],
      ] as const)
        expect(set.targets.data.slice(task * items, (task + 1) * items).reduce((a, b) => a + b, 0)).toBe(
          items / 2,
        );
    }
  });

  it('says nothing of the rule but by labels: a face with exactly two attributes is positive in one of three', () => {
    const count = 300;
    const { query } = distribution.episodes('train', 0, count, createRng(2));
    const modes = distribution.modes('train', 0, count, createRng(2));
    let [open, positive, sure, wrong] = [0, 0, 0, 0];
    for (let item = 0; item < count * 20; item++) {
      const [task, at] = [Math.floor(item / 20), item % 20];
      const fits = [0, 1, 2].reduce(
        (sum, rule) => sum + (modes.data[(3 * task + rule) * 20 + at] as number),
        0,
      );
      const label = query.targets.data[item] as number;
      if (fits === 1) {
        open += 1;
        positive += label;
      } else {
        sure += 1;
        wrong += label === (fits === 3 ? 1 : 0) ? 0 : 1; // All three rules agree.
      }
    }
    expect(wrong).toBe(0);
    expect(Math.abs(open / (open + sure) - 0.6)).toBeLessThan(fourDeviations(0.6, count * 20));
    expect(Math.abs(positive / open - 1 / 3)).toBeLessThan(fourDeviations(1 / 3, open));
  });

  it('has each rule in a third of its tasks', () => {
    const rules = Array.from(
      { length: 900 },
      (_, index) => distribution.truth?.('train', index, createRng(3)).parameters?.rule as number,
    );
    for (const rule of [0, 1, 2]) {
      const share = rules.filter((own) => own === rule).length / 900;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(fourDeviations(1 / 3, 900));
    }
  });

  it('is pure, whatever the batch', () => {
    const batch = distribution.episodes('train', 0, 3, createRng(4));
    const alone = distribution.episodes('train', 2, 1, createRng(4));
    expect(alone.query.inputs.data).toEqual(batch.query.inputs.data.slice(2 * 20 * 576));
    expect(alone.support.labelled.targets.data).toEqual(batch.support.labelled.targets.data.slice(20));
  });

  it('refuses options out of range', () => {
    for (const options of [{ shots: 0 }, { queries: 1.5 }, { noise: -1 }, { jitter: -1 }])
      expect(() => ambiguousAttributes(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
