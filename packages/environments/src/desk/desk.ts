import { type ControlDistribution, type GoalLayout, requireOneOf } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns, indicator, lengthOf } from '../continuous/columns.js';
import { type ContinuousFamily, continuousDistribution } from '../continuous/continuous-distribution.js';
import { imageFamily, requireImageSize } from '../continuous/image-world.js';
import type { World } from '../continuous/world.js';
import { checkGoalOptions, type GoalOptions, goalDefaults } from '../goal-suite/goal-options.js';
import { paintDisc, paintSegment } from '../picture/paint.js';
import type { StepRandom } from '../vectorised/step-random.js';
import { DESK_BUTTONS, DESK_RAIL, Desk, stepDesk } from './desk-physics.js';
import { deskPicture } from './desk-picture.js';
import { deskExpert, deskPlay } from './desk-references.js';

/** Options of the desk. */
export type DeskOptions = GoalOptions & {
  /** What the goals of episodes ask for: one of four things, drawn for each episode where `any`. */
  readonly task: 'any' | 'press-a' | 'press-b' | 'slide' | 'place';
  /** Pixels along a side of images, now and goal, that are observed instead of numbers; 0 for numbers. */
  readonly image: number;
};

/** Any of four things. */
export const deskDefaults: DeskOptions = { ...goalDefaults, task: 'any', image: 0 };

const chores = ['press-a', 'press-b', 'slide', 'place'] as const;
const goal: GoalLayout = { size: 8, achieved: 0, desired: Desk.goal };

/** Distance of buttons, slider and block from what is wanted; the hand may be anywhere. */
function distance(next: Float32Array, n: number): number {
  let sum = 0;
  for (let index = Desk.buttons; index < 8; index += 1)
    sum += ((next[n + index] as number) - (next[n + Desk.goal + index] as number)) ** 2;
  return Math.sqrt(sum);
}

/** Draws a start and, as the goal, the same with one thing changed. */
function beginDesk(
  state: Float64Array,
  s: number,
  task: DeskOptions['task'],
  random: StepRandom,
  copy: number,
): void {
  const between = (low: number, high: number) => low + (high - low) * random.uniform(copy);
  state.fill(0, s, s + 17);
  state[s] = between(0.3, 0.7);
  state[s + 1] = between(0.3, 0.7);
  state[s + Desk.slider] = random.uniform(copy);
  state[s + Desk.block] = between(0.2, 0.8);
  state[s + Desk.block + 1] = between(0.3, 0.7);
  state.copyWithin(s + Desk.goal, s, s + 8);
  const chore = task === 'any' ? random.integer(copy, 4) : chores.indexOf(task);
  changeOne(state, s, chore, random, copy);
}

/** Changes one thing in the goal, and puts its hand where it would be after that. */
function changeOne(state: Float64Array, s: number, chore: number, random: StepRandom, copy: number): void {
  const between = (low: number, high: number) => low + (high - low) * random.uniform(copy);
  const wanted = s + Desk.goal;
  state[wanted + Desk.closed] = 1;
  if (chore < 2) {
    state[wanted + Desk.buttons + chore] = 1;
    state.set(DESK_BUTTONS[chore] as readonly [number, number], wanted);
    return;
  }
  if (chore === 2) {
    do state[wanted + Desk.slider] = random.uniform(copy);
    while (Math.abs((state[wanted + Desk.slider] as number) - (state[s + Desk.slider] as number)) < 0.3);
    state[wanted] = DESK_RAIL.from + DESK_RAIL.length * (state[wanted + Desk.slider] as number);
    state[wanted + 1] = DESK_RAIL.y;
    return;
  }
  do {
    state[wanted + Desk.block] = between(0.2, 0.8);
    state[wanted + Desk.block + 1] = between(0.3, 0.7);
  } while (
    Math.hypot(
      (state[wanted + Desk.block] as number) - (state[s + Desk.block] as number),
      (state[wanted + Desk.block + 1] as number) - (state[s + Desk.block + 1] as number),
    ) < 0.15
  );
  state.copyWithin(wanted, wanted + Desk.block, wanted + Desk.block + 2);
}

/** State: hand x, y, closed; buttons; slider; block; then the goal, likewise; what is held. Observed: all but the last. */
function deskWorld({ task, horizon, tolerance, reward }: DeskOptions): World<object> {
  return {
    id: '@tasklearn/environments/desk',
    spec: {
      observation: { shape: [16], dtype: 'float32', minimum: 0, maximum: 1 },
      action: { shape: [3], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      goal,
      hasSuccess: true,
    },
    stateSize: 17,
    bodyOf: () => ({}),
    begin: (state, s, _body, random, copy) => beginDesk(state, s, task, random, copy),
    advance(state, s, actions, a) {
      stepDesk(state, s, actions, a);
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 16; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward(_observation, _o, _actions, _a, next, n) {
      const left = distance(next, n);
      return reward === 'dense' ? -left : left <= tolerance ? 0 : -1;
    },
    reached: (next, n) => distance(next, n) <= tolerance,
  };
}

/**
 * A desk with two buttons that stay pressed, a slider, a block and a hand: many things to do, each done by reaching a state.
 *
 * Observes, now and as wanted: hand x, y, closed; the buttons; the slider; block x, y. Actions: dx, dy (0.05 per step at
 * full), grip (closes where > 0). Success: buttons, slider and block within 0.05 of what is wanted, wherever the hand is. The
 * goal is the start with one thing changed. References: `expert`, `play` (one object after the other, goals unseen; for data
 * to learn from), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Lynch, Khansari, Xiao, Kumar, Tompson, Levine, Sermanet. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 *
 * @example
 * ```ts
 * import { desk } from '@tasklearn/environments';
 *
 * desk().spec.goal; // => { size: 8, achieved: 0, desired: 8 }
 * ```
 */
export function desk(options: Partial<DeskOptions> = {}): ControlDistribution {
  const settings = { ...deskDefaults, ...options };
  checkGoalOptions('desk', settings);
  requireOneOf('desk', settings, 'task', ['any', ...chores]);
  const size = requireImageSize('desk', settings);
  const family: ContinuousFamily<object> = {
    world: deskWorld(settings),
    varies: [],
    draw: () => ({}),
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => {
        const things = 8 - Desk.buttons;
        const now = columns(next, Desk.buttons, things); // [..., 5]
        const left = lengthOf(tf.sub(now, columns(next, Desk.goal + Desk.buttons, things))); // [...]
        if (settings.reward === 'dense') return tf.neg(left);
        return tf.sub(indicator(tf.lessEqual(left, settings.tolerance)), 1);
      }),
    references: { expert: deskExpert, play: deskPlay },
    picture: deskPicture,
  };
  return continuousDistribution(size === 0 ? family : asImages(family, size));
}

/** Buttons (bright where pressed), slider, block and hand as images. */
function asImages(family: ContinuousFamily<object>, size: number): ContinuousFamily<object> {
  return imageFamily(family, {
    size,
    view: { left: 0, bottom: 0, width: 1, height: 1 },
    paint: (observation, canvas) => paintDesk(observation, 0, canvas),
    paintGoal: (observation, canvas) => paintDesk(observation, Desk.goal, canvas),
  });
}

function paintDesk(observation: Float32Array, at: number, canvas: Parameters<typeof paintDisc>[0]): void {
  const { from, length, y } = DESK_RAIL;
  paintSegment(canvas, from, y, from + length, y, 0.01, 0.3);
  paintDisc(canvas, from + length * (observation[at + Desk.slider] as number), y, 0.05, 0.8);
  for (const [button, [x, top]] of DESK_BUTTONS.entries())
    paintDisc(canvas, x, top, 0.06, observation[at + Desk.buttons + button] === 1 ? 1 : 0.35);
  paintDisc(
    canvas,
    observation[at + Desk.block] as number,
    observation[at + Desk.block + 1] as number,
    0.06,
    1,
  );
  paintDisc(canvas, observation[at] as number, observation[at + 1] as number, 0.03, 0.6);
}
