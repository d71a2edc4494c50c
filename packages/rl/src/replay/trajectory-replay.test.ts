import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { chiSquare, frequencies } from '../__fixtures__/chi-square.js';
import { codeOf } from '../__fixtures__/code-of.js';
import { createTrajectoryReplay } from './create-trajectory-replay.js';
import { fieldLayout } from './field-layout.js';
import { createNStepAccumulator } from './n-step.js';

const ids = (from: number, to: number) =>
  Float32Array.from({ length: to - from }, (_, index) => from + index);

describe('createTrajectoryReplay', () => {
  it('draws steps uniformly over all steps, whatever the lengths', () => {
    const replay = createTrajectoryReplay({ episodes: 4, horizon: 6, fields: { id: 1 } });
    replay.addTrajectory(ids(0, 1));
    replay.addTrajectory(ids(1, 4));
    replay.addTrajectory(ids(4, 10));
    expect(replay.size()).toBe(10);
    const { rows, indices } = replay.sample(createRng(0), 20_000);
    expect(chiSquare(frequencies(rows.data, 10), Array(10).fill(0.1))).toBeLessThan(27.9);
    expect(indices[0]).toBeLessThan(4 * 6);
  });

  it('draws episodes uniformly, padded, with a mask', () => {
    const replay = createTrajectoryReplay({ episodes: 3, horizon: 4, fields: { id: 1 } });
    replay.addTrajectory(ids(1, 2));
    replay.addTrajectory(ids(10, 14));
    const { rows, mask, slots } = replay.sampleEpisodes(createRng(1), 4000);
    expect(rows.shape).toEqual([1, 4000, 4, 1]);
    expect(chiSquare(frequencies(slots, 2), [0.5, 0.5])).toBeLessThan(10.8);
    const first = slots.indexOf(0);
    expect([...rows.data.slice(first * 4, first * 4 + 4)]).toEqual([1, 0, 0, 0]);
    expect([...mask.data.slice(first * 4, first * 4 + 4)]).toEqual([1, 0, 0, 0]);
  });

  it('keeps episodes apart that copies collect at once, and drops the oldest', () => {
    const replay = createTrajectoryReplay({ episodes: 2, horizon: 3, fields: { id: 1 }, copies: 2 });
    expect(replay.addSteps(Float32Array.of(0, 10), Uint8Array.of(0, 1))).toEqual([0]);
    expect(replay.addSteps(Float32Array.of(1, 20), Uint8Array.of(1, 0))).toEqual([1]);
    expect([...replay.trajectory(0)]).toEqual([10]);
    expect([...replay.trajectory(1)]).toEqual([0, 1]);
    replay.addSteps(Float32Array.of(0, 21), Uint8Array.of(0, 0), undefined, Uint8Array.of(0, 1));
    // The horizon ends an episode that nothing else has ended.
    expect(replay.addSteps(Float32Array.of(2, 22), Uint8Array.of(0, 0))).toEqual([0]);
    expect([...replay.trajectory(0)]).toEqual([20, 21, 22]);
    expect([replay.size(), replay.episodes()]).toEqual([5, 2]);
  });

  it('draws by priority and view', () => {
    const fields = { id: 1, success: 1 };
    const replay = createTrajectoryReplay({ episodes: 3, horizon: 2, fields, mark: 'success' });
    replay.addTrajectory(Float32Array.of(0, 0, 0, 1));
    replay.addTrajectory(Float32Array.of(1, 0), 0, 6);
    replay.addTrajectory(Float32Array.of(2, 0, 2, 0));
    const drawn = (view: Parameters<typeof replay.sample>[2]) =>
      frequencies(
        replay.sample(createRng(2), 6000, view).rows.data.filter((_value, index) => index % 2 === 0),
        3,
      );
    expect(chiSquare(drawn({}), [0.2, 0.6, 0.2])).toBeLessThan(13.8);
    expect(drawn({ view: 'success' })).toEqual([6000, 0, 0]);
    expect(drawn({ view: 'balanced' })[0]).toBe(3000);
    expect(drawn({ view: { kind: 'recent', count: 1 } })).toEqual([0, 0, 6000]);
    replay.setPriority(1, 0);
    expect(
      chiSquare(
        [0, 2].map((slot) => drawn({})[slot] as number),
        [0.5, 0.5],
      ),
    ).toBeLessThan(10.8);
  });

  it('goes on exactly after a restore, episodes under way included', () => {
    const options = { episodes: 2, horizon: 3, fields: { id: 1 }, tasks: 2, copies: 2 };
    const replay = createTrajectoryReplay(options);
    replay.addTrajectory(ids(0, 3), 1);
    replay.addSteps(Float32Array.of(5, 6), Uint8Array.of(1, 0), [0, 1]);
    const other = createTrajectoryReplay(options);
    other.restore(replay.save());
    for (const store of [replay, other]) store.addSteps(Float32Array.of(7, 8), Uint8Array.of(1, 1), [0, 1]);
    const [a, b] = [replay, other].map((store) => store.sample(createRng(1), 50).rows.data.slice());
    expect(a).toEqual(b);
    expect([...other.trajectory(3)]).toEqual([6, 8]);
  });

  it('refuses what it cannot do', () => {
    const replay = createTrajectoryReplay({ episodes: 2, horizon: 2, fields: { id: 1 } });
    expect(codeOf(() => replay.sample(createRng(0), 1))).toBe('@tasklearn/rl:EMPTY_REPLAY');
    expect(codeOf(() => replay.addTrajectory(ids(0, 3)))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => replay.addTrajectory(ids(0, 1), 1))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => createTrajectoryReplay({ episodes: 0, horizon: 2, fields: { id: 1 } }))).toBe(
      'INVALID_OPTION',
    );
    const other = createTrajectoryReplay({ episodes: 3, horizon: 2, fields: { id: 1 } });
    expect(codeOf(() => other.restore(replay.save()))).toBe('SHAPE_MISMATCH');
  });
});

describe('createNStepAccumulator', () => {
  const layout = fieldLayout({ observation: 1, reward: 1, next: 1, discount: 1 });

  it('sums n rewards, and fewer at the end of an episode', () => {
    const nStep = createNStepAccumulator(layout, 3, 0.5, 1);
    const step = (time: number, ended: number, discount: number) => [
      ...nStep.push(Float32Array.of(time, 1 + time, time + 1, discount), Uint8Array.of(ended)).rows,
    ];
    expect(step(0, 0, 1)).toEqual([]);
    expect(step(1, 0, 1)).toEqual([]);
    expect(step(2, 0, 1)).toEqual([0, 1 + 2 / 2 + 3 / 4, 3, 0.25]);
    // Terminated: what is left of the episode comes out at once, and bootstraps nothing.
    expect(step(3, 1, 0)).toEqual([1, 2 + 3 / 2 + 4 / 4, 4, 0, 2, 3 + 4 / 2, 4, 0, 3, 4, 4, 0]);
  });

  it('bootstraps after a truncation', () => {
    const nStep = createNStepAccumulator(layout, 2, 0.5, 1);
    nStep.push(Float32Array.of(0, 1, 1, 1), Uint8Array.of(0));
    const { rows } = nStep.push(Float32Array.of(1, 1, 2, 1), Uint8Array.of(1));
    expect([...rows]).toEqual([0, 1.5, 2, 0.5, 1, 1, 2, 1]);
  });

  it('keeps copies apart and can be restored', () => {
    const nStep = createNStepAccumulator(layout, 2, 1, 2);
    nStep.push(Float32Array.of(0, 1, 0, 1, 10, 1, 0, 1), Uint8Array.of(0, 1));
    const other = createNStepAccumulator(layout, 2, 1, 2);
    other.restore(nStep.save());
    const { rows, copies } = other.push(Float32Array.of(1, 5, 0, 1, 11, 7, 0, 1), Uint8Array.of(0, 0));
    expect([...rows.slice(0, 2)]).toEqual([0, 6]);
    expect([...copies]).toEqual([0]);
    expect(codeOf(() => createNStepAccumulator(layout, 0, 1, 1))).toBe('INVALID_OPTION');
  });
});
