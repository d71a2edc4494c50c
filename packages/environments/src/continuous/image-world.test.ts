import { createRng } from '@tasklearn/core';
import { expect, it } from 'vitest';
import { pendulum } from '../classic-control/pendulum.js';
import { pointReach } from '../goal-suite/point-reach.js';
import { push } from '../goal-suite/push.js';
import { paintDisc, paintSegment } from '../picture/paint.js';

const rng = createRng(0);
const view = { left: 0, bottom: 0, width: 1, height: 1 };

it('paints a disc as large as it is, softly', () => {
  const pixels = new Float32Array(32 * 32);
  paintDisc({ pixels, at: 0, size: 32, view }, 0.3, 0.6, 0.2, 0.5);
  const area = pixels.reduce((sum, value) => sum + value, 0) / 0.5 / 1024;
  expect(area).toBeCloseTo(Math.PI * 0.04, 2);
  expect(Math.max(...pixels)).toBe(0.5);
  const centre =
    pixels.reduce((sum, value, index) => sum + value * ((index % 32) + 0.5), 0) /
    pixels.reduce((a, b) => a + b, 0);
  expect(centre / 32).toBeCloseTo(0.3, 2);
  expect(pixels[Math.floor(0.4 * 32) * 32 + Math.floor(0.3 * 32)]).toBe(0.5); // y upwards: row 0.4 from the top.
});

it('paints a segment, and only inside the picture', () => {
  const pixels = new Float32Array(16 * 16);
  paintSegment({ pixels, at: 0, size: 16, view }, -1, 0.5, 2, 0.5, 0.05, 1);
  const rows = Array.from({ length: 16 }, (_, row) =>
    pixels.subarray(row * 16, row * 16 + 16).reduce((a, b) => a + b, 0),
  );
  expect(rows[0]).toBe(0);
  expect(rows[7]).toBeCloseTo(0.8 * 16, 5); // 0.05 is four fifths of a pixel.
  expect(rows[8]).toBeCloseTo(0.8 * 16, 5);
});

it('shows now and the goal, alike once the goal is reached', () => {
  const world = pointReach({ image: 16, motion: 'kinematic' });
  expect(world.spec.goal).toEqual({ size: 256, achieved: 0, desired: 256 });
  expect(world.reward).toBeUndefined();
  const task = world.task('train', 0, rng);
  const seen = world.createEnvironment([task], 1, rng.split('a'));
  const known = pointReach({ motion: 'kinematic' }).createEnvironment([task], 1, rng.split('a'));
  seen.reset();
  let [x = 0, y = 0, goalX = 0, goalY = 0] = known.reset().observation;
  for (let step = 0; step < 25; step += 1) {
    const action = Float32Array.of((goalX - x) / 0.05, (goalY - y) / 0.05);
    [x = 0, y = 0, goalX = 0, goalY = 0] = known.step(action).observation;
    const steps = seen.step(action);
    expect(steps.reward[0]).toBe(Math.hypot(x - goalX, y - goalY) <= 0.05 ? 0 : -1);
  }
  const { observation, success } = seen.step(new Float32Array(2));
  expect(success[0]).toBe(1);
  for (let pixel = 0; pixel < 256; pixel += 1)
    expect(observation[pixel]).toBeCloseTo(observation[256 + pixel] as number, 3);
});

it('shows one step before where there is no goal, and pays as it does without images', () => {
  const [seen, known] = [pendulum({ image: 16 }), pendulum()].map((world) =>
    world.createEnvironment([world.task('train', 0, rng)], 3, rng.split('b')),
  ) as [
    ReturnType<ReturnType<typeof pendulum>['createEnvironment']>,
    ReturnType<ReturnType<typeof pendulum>['createEnvironment']>,
  ];
  let before = seen.reset().observation.slice();
  known.reset();
  for (let step = 0; step < 10; step += 1) {
    const action = Float32Array.of(2, -1, 0);
    const { reward } = known.step(action);
    const steps = seen.step(action);
    expect(steps.reward).toEqual(reward);
    for (let copy = 0; copy < 3; copy += 1)
      expect(steps.observation.slice(copy * 512 + 256, copy * 512 + 512)).toEqual(
        before.slice(copy * 512, copy * 512 + 256),
      );
    before = steps.observation.slice();
  }
});

it('shows hand and block', () => {
  const world = push({ image: 32 });
  const { observation } = world.createEnvironment([world.task('train', 0, rng)], 1, rng).reset();
  expect(Math.max(...observation.subarray(0, 1024))).toBe(1);
  expect(
    [...observation.subarray(0, 1024)].filter((value) => Math.abs(value - 0.6) < 1e-6).length,
  ).toBeGreaterThan(0);
  expect(() => push({ image: 4 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
