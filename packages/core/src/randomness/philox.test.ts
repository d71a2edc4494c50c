import { describe, expect, it } from 'vitest';
import { philox } from './philox.js';

function hex(key: [number, number], counter: [number, number, number, number]): string {
  const output = new Uint32Array(4);
  philox(...key, ...counter, output);
  return [...output].map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

describe('philox', () => {
  // The known-answer file of Random123 (kat_vectors), lines `philox4x32 10`.
  it('agrees with the known answer for zeros', () => {
    expect(hex([0, 0], [0, 0, 0, 0])).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
  });

  it('agrees with the known answer for ones', () => {
    const ones = 0xffffffff;
    expect(hex([ones, ones], [ones, ones, ones, ones])).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
  });

  it('agrees with the known answer for digits of pi', () => {
    expect(hex([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344])).toBe(
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    );
  });

  it('reads signed and unsigned words alike', () => {
    expect(hex([-1, -1], [-1, -1, -1, -1])).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
  });
});
