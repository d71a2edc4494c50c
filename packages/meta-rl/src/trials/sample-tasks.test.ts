import { createRng } from '@tasklearn/core';
import { bernoulliBandits, hallwaySign } from '@tasklearn/environments';
import { describe, expect, it } from 'vitest';
import { sampleTasks, trainingSet } from './sample-tasks.js';

describe('tasks of a training', () => {
  it('cover a finite set, whatever indices draw', () => {
    const hallways = hallwaySign();
    const all = trainingSet(hallways, 1, createRng(1));
    expect(all.map(({ identity }) => identity)).toEqual(Array.from(all, (_, index) => index));
    expect(all).toHaveLength(hallways.trainingTasks as number);
    const drawn = sampleTasks(hallways, 3000, createRng(2), createRng(1));
    expect(new Set(drawn.map(({ identity }) => identity)).size).toBe(all.length);
  });

  it('are the first so many of an endless set', () => {
    expect(trainingSet(bernoulliBandits(), 7, createRng(1))).toHaveLength(7);
  });

  it('must have identities where they are finitely many', () => {
    const { task, ...rest } = hallwaySign();
    const nameless = {
      ...rest,
      task: (...call: Parameters<typeof task>) => {
        const { identity: _, ...given } = task(...call);
        return given;
      },
    };
    expect(() => trainingSet(nameless, 1, createRng(1))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});
