import { describe, expect, it } from 'vitest';
import {
  didYouMean,
  isJson,
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
} from '../index.js';

const refused = (details: object) =>
  expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining(details) });

describe('didYouMean', () => {
  it('counts insertions, deletions, replacements and swaps', () => {
    expect(didYouMean('mamll', ['maml', 'reptile'])).toBe('maml');
    expect(didYouMean('retpile', ['maml', 'reptile'])).toBe('reptile');
    expect(didYouMean('PROTONET', ['protonet'])).toBe('protonet');
    expect(didYouMean('innerStep', ['innerSteps', 'innerRate'])).toBe('innerSteps');
  });

  it('stays silent when nothing is close', () => {
    expect(didYouMean('zebra', ['maml', 'reptile'])).toBeUndefined();
    expect(didYouMean('x', [])).toBeUndefined();
  });
});

describe('resolveOptions', () => {
  const defaults = {
    rate: 0.1,
    steps: 5,
    order: 'second',
    verbose: false,
    hidden: [40, 40],
    free: [] as unknown[],
    limit: null as number | null,
    model: { filters: 64, kind: 'conv' },
    weights: {},
  };

  it('merges over the defaults, deeply, and freezes a copy', () => {
    const given = {
      rate: 0.5,
      hidden: [8],
      limit: 3,
      model: { filters: 32 },
      weights: { a: 1 },
      free: [1, 'a'],
      steps: undefined,
    };
    const merged = resolveOptions('owner', defaults, given);
    expect(merged).toEqual({
      ...defaults,
      rate: 0.5,
      hidden: [8],
      limit: 3,
      free: [1, 'a'],
      model: { filters: 32, kind: 'conv' },
      weights: { a: 1 },
    });
    for (const part of [merged, merged.hidden, merged.model, merged.weights])
      expect(Object.isFrozen(part)).toBe(true);
    expect([Object.isFrozen(given.hidden), Object.isFrozen(defaults.model)]).toEqual([false, false]);
    expect(resolveOptions('owner', defaults)).toEqual(defaults);
  });

  it('refuses unknown keys and says what was probably meant', () => {
    expect(() => resolveOptions('owner', defaults, { step: 1 })).toThrow(
      refused({ owner: 'owner', key: 'step', suggestion: 'steps', known: Object.keys(defaults) }),
    );
    expect(() => resolveOptions('owner', defaults, { model: { filter: 1 } })).toThrow(
      refused({ key: 'model.filter', suggestion: 'filters' }),
    );
    expect(() => resolveOptions('owner', defaults, { qqqqqqqq: 1 })).toThrow(
      expect.not.objectContaining({ details: expect.objectContaining({ suggestion: expect.anything() }) }),
    );
    expect(() => resolveOptions('owner', {}, { anything: 1 })).toThrow(
      refused({ key: 'anything', known: [] }),
    );
  });

  it('refuses values of another JSON type', () => {
    const cases: [object, string, string][] = [
      [{ rate: '0.1' }, 'rate', 'number'],
      [{ rate: null }, 'rate', 'number'],
      [{ order: 2 }, 'order', 'string'],
      [{ verbose: 'yes' }, 'verbose', 'boolean'],
      [{ hidden: 40 }, 'hidden', 'array'],
      [{ hidden: { 0: 1 } }, 'hidden', 'array'],
      [{ hidden: [40, '40'] }, 'hidden', 'number'],
      [{ model: [1] }, 'model', 'object'],
      [{ model: { filters: true } }, 'model.filters', 'number'],
    ];
    for (const [given, key, expected] of cases) {
      expect(() => resolveOptions('owner', defaults, given)).toThrow(refused({ key, expected }));
    }
  });

  it('refuses what JSON cannot hold', () => {
    const values = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      () => 1,
      new Float32Array(1),
      [Number.NaN],
      { a: undefined },
      1n,
    ];
    for (const limit of values) {
      expect(() => resolveOptions('owner', defaults, { limit })).toThrow(
        refused({ key: 'limit', expected: 'json' }),
      );
      expect(isJson(limit)).toBe(false);
    }
    for (const value of [1, 'a', null, true, [1, [2]], { a: { b: 'c' } }, Object.create(null)])
      expect(isJson(value)).toBe(true);
    for (const options of [[1], null, 'text', 5]) {
      expect(() => resolveOptions('owner', defaults, options as never)).toThrow(refused({ key: '' }));
    }
  });
});

describe('require*', () => {
  const options = {
    rate: 0.5,
    zero: 0,
    negative: -1,
    steps: 3,
    half: 1.5,
    nan: Number.NaN,
    sizes: [1, 2],
    bad: [1, 0.5],
    mode: 'first',
  };

  it('returns values in range', () => {
    expect(requirePositive('o', options, 'rate')).toBe(0.5);
    expect(requireNonNegative('o', options, 'zero')).toBe(0);
    expect(requireInRange('o', options, 'negative', -1, 0)).toBe(-1);
    expect(requireInteger('o', options, 'steps')).toBe(3);
    expect(requireInteger('o', options, 'zero', 0, 3)).toBe(0);
    expect(requireIntegers('o', options, 'sizes')).toEqual([1, 2]);
    expect(requireOneOf('o', options, 'mode', ['first', 'second'])).toBe('first');
  });

  it('refuses values out of range', () => {
    expect(() => requirePositive('o', options, 'zero')).toThrow(
      refused({ owner: 'o', key: 'zero', received: 0 }),
    );
    expect(() => requirePositive('o', options, 'nan')).toThrow(refused({ key: 'nan' }));
    expect(() => requireNonNegative('o', options, 'negative')).toThrow(refused({ key: 'negative' }));
    expect(() => requireNonNegative('o', options, 'nan')).toThrow(refused({ key: 'nan' }));
    expect(() => requireInRange('o', options, 'half', 0, 1)).toThrow(
      refused({ key: 'half', expected: 'a number in [0, 1]' }),
    );
    expect(() => requireInRange('o', options, 'nan', 0, 1)).toThrow(refused({ key: 'nan' }));
    expect(() => requireInteger('o', options, 'half')).toThrow(refused({ expected: 'an integer >= 1' }));
    expect(() => requireInteger('o', options, 'zero')).toThrow(refused({ key: 'zero' }));
    expect(() => requireInteger('o', options, 'steps', 0, 2)).toThrow(
      refused({ expected: 'an integer in [0, 2]' }),
    );
    expect(() => requireIntegers('o', options, 'bad')).toThrow(refused({ key: 'bad', received: [1, 0.5] }));
    expect(() => requireIntegers('o', options, 'sizes', 2)).toThrow(refused({ key: 'sizes' }));
    expect(() => requireIntegers('o', { sizes: 3 as unknown as number[] }, 'sizes')).toThrow(
      refused({ key: 'sizes' }),
    );
    expect(() => requireOneOf('o', { mode: 'frist' }, 'mode', ['first', 'second'])).toThrow(
      /did you mean 'first'/,
    );
    expect(() => requireOneOf('o', { mode: 'zzzzzz' }, 'mode', ['first', 'second'])).toThrow(
      refused({ expected: "one of 'first', 'second'" }),
    );
  });
});
