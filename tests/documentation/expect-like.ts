import { expect } from 'vitest';

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, rounded);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
  return value;
}

/** Asserts what a `// =>` comment says: equal, numbers to four significant digits, typed arrays as lists. */
export async function expectLike(actual: unknown, expected: unknown): Promise<void> {
  expect(rounded(await actual)).toEqual(rounded(expected));
}
