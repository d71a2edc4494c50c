import { describe, expect, it } from 'vitest';
import { gridModel, squareModel } from '../__fixtures__/grid-model.js';
import { entropy } from '../information/entropy.js';
import { empowerment } from './empowerment.js';

describe('empowerment', () => {
  it('is the logarithm of the number of states in reach, in a deterministic world', () => {
    const square = squareModel(5);
    expect(empowerment(square, 12, 1)).toBeCloseTo(Math.log(5), 8); // The centre.
    expect(empowerment(square, 0, 1)).toBeCloseTo(Math.log(3), 8); // A corner.
    expect(empowerment(square, 12, 2)).toBeCloseTo(Math.log(13), 8);
  });

  it('is less in a corner than in the middle of a room', () => {
    const rooms = gridModel(['.....', '.....', '..S..', '##.##', '.....']);
    expect(empowerment(rooms, 0, 3)).toBeLessThan(empowerment(rooms, 12, 3));
  });

  it('is 0 where actions do nothing, and the capacity of a noisy channel where they do something', () => {
    const model = {
      states: 2,
      actions: 2,
      initial: Float64Array.of(1, 0),
      transition: Float64Array.of(0.9, 0.1, 0.1, 0.9, 0.5, 0.5, 0.5, 0.5),
      reward: new Float64Array(8),
      terminal: new Uint8Array(2),
    };
    expect(empowerment(model, 1, 1)).toBeCloseTo(0, 8);
    expect(empowerment(model, 0, 1)).toBeCloseTo(Math.LN2 - entropy([0.1, 0.9]), 8);
  });

  it('refuses more sequences than can be listed, and states that are not there', () => {
    const square = squareModel(3);
    for (const [state, steps] of [
      [0, 6],
      [9, 1],
    ] as const)
      expect(() => empowerment(square, state, steps)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});
