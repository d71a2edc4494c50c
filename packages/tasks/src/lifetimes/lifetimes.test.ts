import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { evenStarts } from '../sampling/image-set.js';
import { cueRecall } from './cue-recall.js';
import { labelStream } from './label-stream.js';
import { erasedBitError, patternCompletion } from './pattern-completion.js';

const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

describe('patternCompletion', () => {
  const episodes = patternCompletion({ bits: 6, patterns: 2, shown: 2, blanks: 1, cue: 2 }).episodes(
    'train',
    0,
    20,
    createRng(0),
  );
  const step = (task: number, at: number) =>
    [...episodes.query.inputs.data].slice((task * 8 + at) * 6, (task * 8 + at + 1) * 6);
  const target = (task: number) =>
    [...episodes.query.targets.data].slice((task * 8 + 7) * 6, (task + 1) * 48);

  it('shows each pattern, a blank after it, then one of them with half its bits', () => {
    for (let task = 0; task < 20; task++) {
      expect(step(task, 0)).toEqual(step(task, 1));
      expect(step(task, 2)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(step(task, 3)).toEqual(step(task, 4));
      expect(step(task, 0).reduce((sum, bit) => sum + bit, 0)).toBe(0); // Balanced.
      expect([step(task, 0), step(task, 3)]).toContainEqual(target(task));
      const cue = step(task, 7);
      expect(step(task, 6)).toEqual(cue);
      expect(cue.filter((bit) => bit === 0).length).toBe(3);
      for (const [bit, value] of cue.entries()) if (value !== 0) expect(value).toBe(target(task)[bit]);
    }
  });

  it('judges the last step alone, and nothing in the support counts', () => {
    expect([...(episodes.query.mask?.data ?? [])].slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect([...(episodes.support.labelled.mask?.data ?? [])]).toEqual(new Array(20).fill(0));
  });

  it('counts wrong signs among erased bits', () => {
    const means = (sign: number) => [...new Array(42).fill(0), ...target(3).map((bit) => sign * bit)];
    expect(erasedBitError(episodes, 3, means(0.2))).toBe(0);
    expect(erasedBitError(episodes, 3, means(-1))).toBe(1);
    const one = means(1);
    const erased = step(3, 7).indexOf(0);
    one[42 + erased]! *= -1;
    expect(erasedBitError(episodes, 3, one)).toBeCloseTo(1 / 3);
  });

  it('refuses odd patterns', () => {
    expect(() => patternCompletion({ bits: 5 })).toThrow(invalid);
  });
});

describe('cueRecall', () => {
  it('asks after two cues, answers later, and the answer is whether one of them is the target', () => {
    const distribution = cueRecall({ bits: 12, cues: 3, trials: 40, delay: 2 });
    const { query } = distribution.episodes('train', 0, 5, createRng(0));
    const width = 15;
    for (let task = 0; task < 5; task++) {
      const at = (step: number) =>
        [...query.inputs.data].slice((task * 240 + step) * width, (task * 240 + step + 1) * width);
      const cues = new Map<string, Set<number>>();
      for (let trial = 0; trial < 40; trial++) {
        const start = trial * 6;
        const answer = query.targets.data[task * 240 + start + 2] as number;
        expect(at(start + 2)).toEqual([...new Array(12).fill(0), 1, 0, 0]);
        expect(at(start + 3)).toEqual(new Array(15).fill(0));
        expect(at(start + 5)).toEqual([...new Array(12).fill(0), 0, 2 * answer - 1, 1]);
        const shown = [at(start), at(start + 1)].map((cue) => cue.slice(0, 12).join());
        for (const cue of shown) {
          const answers = cues.get(cue) ?? new Set();
          cues.set(cue, answers.add(answer));
        }
      }
      expect(cues.size).toBe(3);
      // Every showing of the target is answered by yes; the others see both answers.
      const always = [...cues.values()].filter((answers) => answers.size === 1);
      expect(always.length).toBe(1);
      expect(always[0]?.has(1)).toBe(true);
    }
  });

  it('is no in (3/4)² of all trials', () => {
    const { query } = cueRecall({ trials: 20 }).episodes('test', 0, 400, createRng(2));
    const answers = [...query.targets.data].filter((_, at) => query.mask?.data[at] === 1);
    expect(answers.length).toBe(8000);
    const no = answers.filter((answer) => answer === 0).length / 8000;
    expect(Math.abs(no - 0.5625)).toBeLessThan(0.03); // Five standard deviations of independent answers.
  });
});

describe('labelStream', () => {
  // Image c, i holds the byte 10 c + i + 1 in all its pixels.
  const side = 4;
  const pixels = new Uint8Array(9 * 5 * 16).map(
    (_, at) => 10 * Math.floor(at / 80) + (Math.floor(at / 16) % 5) + 1,
  );
  const images = { pixels, classNames: [...'abcdefghi'], starts: evenStarts(9, 5), side };
  const splits = { train: [0, 1, 2], validation: [3, 4, 5], test: [6, 7, 8] };
  const options = { ways: 3, instances: 4, rotations: 'none' } as const;
  const distribution = labelStream('@acme/stream', images, splits, options);

  it('gives every step an image of its class and the label of the step before', () => {
    const { query } = distribution.episodes('test', 0, 30, createRng(0));
    const bindings = new Set<string>();
    for (let task = 0; task < 30; task++) {
      const classOf = new Map<number, number>();
      const counts = [0, 0, 0];
      const seen = new Set<number>();
      for (let step = 0; step < 12; step++) {
        const at = task * 12 + step;
        const input = [...query.inputs.data].slice(at * 20, (at + 1) * 20);
        const label = query.targets.data[at] as number;
        const byte = Math.round((input[0] as number) * 255) - 1;
        const character = Math.floor(byte / 10);
        expect(splits.test).toContain(character);
        expect(classOf.get(label) ?? character).toBe(character);
        classOf.set(label, character);
        counts[label]! += 1;
        expect(seen.has(byte)).toBe(false); // No image twice.
        seen.add(byte);
        const row = [0, 0, 0, 0];
        if (step > 0) row[query.targets.data[at - 1] as number] = 1;
        expect(input.slice(16)).toEqual(row);
      }
      expect(counts).toEqual([4, 4, 4]);
      bindings.add([0, 1, 2].map((label) => classOf.get(label)).join());
    }
    expect(bindings.size).toBe(6); // Every binding of three classes to three labels is met.
  });

  it('writes over the buffers it is given, old labels included', () => {
    const fresh = distribution.episodes('train', 5, 2, createRng(1));
    const copy = [...fresh.query.inputs.data];
    const other = distribution.episodes('train', 9, 2, createRng(1), fresh);
    expect([...distribution.episodes('train', 5, 2, createRng(1), other).query.inputs.data]).toEqual(copy);
  });

  it('refuses more images than a class has, and more classes than a row has pixels', () => {
    expect(() => labelStream('@acme/stream', images, splits, { ...options, instances: 6 })).toThrow(invalid);
    expect(() => labelStream('@acme/stream', images, splits, { ...options, ways: 5 })).toThrow(invalid);
  });
});
