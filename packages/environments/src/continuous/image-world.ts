import { requireInteger, TasklearnError } from '@tasklearn/core';
import { imagePicture } from '../picture/image-picture.js';
import type { Canvas } from '../picture/paint.js';
import type { View } from '../picture/svg.js';
import type { ContinuousFamily } from './continuous-distribution.js';
import type { World } from './world.js';

/** How a world is shown as images. */
export interface ImageOptions {
  /** Pixels along a side. */
  readonly size: number;
  /** A square of the world. */
  readonly view: View;
  /** Paints what is observed (the numbers at `observation[0 ..]`) onto black. */
  paint(observation: Float32Array, canvas: Canvas): void;
  /** Paints what would be observed at the goal; where goals exist. */
  paintGoal?(observation: Float32Array, canvas: Canvas): void;
}

/** The sizes that an option `image` may have; 0 for no image. */
export function requireImageSize<Options extends { readonly image: number }>(
  owner: string,
  options: Options,
): number {
  const size = options.image;
  if (size !== 0) requireInteger(owner, { image: size }, 'image', 8, 64);
  return size;
}

/**
 * The same world, observed as two grey images, [2 * size²] numbers in [0, 1]: what it looks like now and, where goals
 * exist, what it is to look like; elsewhere, what it looked like one step before, so that motion can be seen.
 *
 * What an image shows does not determine the reward, so there is no reward off-line and there are no references but chance.
 */
export function imageFamily<Body>(
  family: ContinuousFamily<Body>,
  options: ImageOptions,
): ContinuousFamily<Body> {
  const { world, draw, varies, trial, trainingTasks, shared } = family;
  return {
    world: imageWorld(world, options),
    varies,
    draw,
    hiddenReward: true,
    picture: imagePicture(options.size, 2, 'What is seen'),
    ...(trial === undefined ? {} : { trial }),
    ...(trainingTasks === undefined ? {} : { trainingTasks }),
    ...(shared === undefined ? {} : { shared }),
  };
}

function imageWorld<Body>(world: World<Body>, { size, view, paint, paintGoal }: ImageOptions): World<Body> {
  const pixels = size * size;
  const numbers = world.spec.observation.shape[0] as number;
  if (world.spec.goal !== undefined && paintGoal === undefined)
    throw new TasklearnError('INVALID_OPTION', `${world.id}: images of its goals are wanting.`, {
      id: world.id,
    });
  const { spec } = world;
  // The numbers behind the images before and after the step of the copy that moved last: its reward is asked for next.
  const before = new Float32Array(numbers);
  const now = new Float32Array(numbers);
  const show = (
    painter: (observation: Float32Array, canvas: Canvas) => void,
    from: Float32Array,
    into: Float32Array,
    at: number,
  ) => {
    into.fill(0, at, at + pixels);
    painter(from, { pixels: into, at, size, view });
  };
  return {
    ...world,
    spec: {
      ...spec,
      observation: { shape: [2 * pixels], dtype: 'float32', minimum: 0, maximum: 1 },
      ...(spec.goal === undefined ? {} : { goal: { size: pixels, achieved: 0, desired: pixels } }),
    },
    stateSize: world.stateSize + numbers,
    begin(state, s, body, random, copy) {
      world.begin(state, s, body, random, copy);
      world.observe(state, s, body, now, 0, random, copy);
      state.set(now, s + world.stateSize);
    },
    observe(state, s, body, observation, o, random, copy) {
      const kept = s + world.stateSize;
      for (let index = 0; index < numbers; index += 1) before[index] = state[kept + index] as number;
      world.observe(state, s, body, now, 0, random, copy);
      state.set(now, kept);
      show(paint, now, observation, o);
      if (paintGoal === undefined) show(paint, before, observation, o + pixels);
      else show(paintGoal, now, observation, o + pixels);
    },
    reward: (_observation, _o, actions, a, _next, _n, body) =>
      world.reward(before, 0, actions, a, now, 0, body),
    ...(world.reached === undefined
      ? {}
      : { reached: (_next: Float32Array, _n: number, body: Body) => world.reached?.(now, 0, body) === true }),
  };
}
