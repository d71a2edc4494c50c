import { describe, expect, it } from 'vitest';
import { expectLike } from './expect-like.js';
import { toModule } from './fenced-examples.js';

describe('fenced examples', () => {
  it('turn // => comments into assertions', () => {
    const module = toModule('const x = 1 + 1; // => 2\nx * 2; // => 4\n');
    expect(module).toContain('const x = 1 + 1; await __expectLike(x, 2);');
    expect(module).toContain('await __expectLike(x * 2, 4);');
  });

  it('compare numbers to four digits and typed arrays as lists, and notice a difference', async () => {
    await expectLike(Promise.resolve(Float32Array.of(0.1, 1 / 3)), [0.1, 0.33333]);
    await expect(expectLike(1.01, 1.0)).rejects.toThrow();
  });
});
