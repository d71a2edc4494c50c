import type { Json } from '@tasklearn/core';

/** Text of a JSON value with the keys of every object in sorted order. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/**
 * A short fingerprint of a JSON value, the same however its keys are ordered: FNV-1a with 64 bits over the UTF-16 code
 * units of its canonical text.
 *
 * @param value - e.g. the complete options of a learner.
 * @returns 16 hexadecimal digits. Not cryptographic.
 * @see Fowler, Noll, Vo, Eastlake. The FNV Non-Cryptographic Hash Algorithm. IETF draft.
 *
 * @example
 * ```ts
 * hashJson({ a: 1, b: 2 }) === hashJson({ b: 2, a: 1 }); // => true
 * ```
 */
export function hashJson(value: Json): string {
  const text = canonical(value);
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = ((hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}
