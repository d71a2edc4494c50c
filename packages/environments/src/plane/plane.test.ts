import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { plane } from './plane.js';
import { hallOf, moveInPlane, type PlaneLayout } from './plane-regions.js';

const rng = createRng(0);
const layouts: readonly PlaneLayout[] = ['star', 'pit', 'hurdles', 'field', 'hallway'];

describe('moveInPlane', () => {
  it('keeps a point in the halls of the star, and lets it slide along their walls', () => {
    const [ux, uy] = hallOf(1);
    const state = Float64Array.of(6 * ux, 6 * uy);
    moveInPlane(state, 0, uy * 2 + ux, -ux * 2 + uy, 'star'); // 2 aside, 1 along.
    expect((state[0] as number) * ux + (state[1] as number) * uy).toBeCloseTo(7, 9);
    expect((state[0] as number) * uy - (state[1] as number) * ux).toBeCloseTo(0.5, 9);
    moveInPlane(state, 0, 9 * ux, 9 * uy, 'star');
    expect((state[0] as number) * ux + (state[1] as number) * uy).toBeCloseTo(12, 9);
    const middle = Float64Array.of(0, 0);
    moveInPlane(middle, 0, 0, -3, 'star'); // No hall that way.
    expect([...middle]).toEqual([0, -2]);
  });

  it('is stopped by hurdles but for their gaps', () => {
    const blocked = Float64Array.of(1.9, 0);
    moveInPlane(blocked, 0, 0.3, 0, 'hurdles');
    expect(blocked[0]).toBeLessThan(2);
    const through = Float64Array.of(1.9, 0.6);
    moveInPlane(through, 0, 0.3, 0, 'hurdles');
    expect(through[0]).toBeCloseTo(2.2, 9);
  });
});

describe.each(layouts)('plane %s', (layout) => {
  it('is mastered by who knows it, and not by chance', () => {
    const world = plane({ layout });
    const level = (name: string) =>
      meanOf(
        (runReference(world, name, firstTasks(world, 'test', 30, rng), 1, rng)[0] ?? []).map(
          (one) => one.return,
        ),
      );
    const best = { star: 40, pit: 70, hurdles: 9.5, field: 9.5, hallway: 9.5 }[layout];
    expect(level('oracle')).toBeGreaterThan(best);
    expect(level('random')).toBeLessThan(best / 2);
  });

  it('has one reward law', () => expectOffLineRewards(plane({ layout }), 40));
});
