import type { HostTensor } from '@tasklearn/core';

/** Characters that are made at once: arguments of a call are limited. */
const CHUNK = 8192;

/** One text per item of a tensor [B, ...], equal for items that are equal bit for bit and for no others. */
export function contentKeys({ shape, data }: HostTensor): string[] {
  const count = shape[0] as number;
  const units = new Uint16Array(data.slice().buffer);
  const size = units.length / Math.max(count, 1);
  return Array.from({ length: count }, (_, item) => {
    let key = '';
    for (let at = item * size; at < (item + 1) * size; at += CHUNK)
      key += String.fromCharCode(...units.subarray(at, Math.min(at + CHUNK, (item + 1) * size)));
    return key;
  });
}
