import type { Rng } from '@tasklearn/core';
import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { StepRandom } from '../vectorised/step-random.js';
import { DESK_BUTTONS, DESK_RAIL, DESK_STEP, Desk } from './desk-physics.js';

const SIZE = 16;

/** What is to be done next: an object (buttons 0 and 1, slider 2, block 3) and, for the last two, where to. */
interface Chore {
  object: number;
  x: number;
  y: number;
}

const clip = (value: number) => Math.min(1, Math.max(-1, value));

/** Goes to a point; returns whether it is there. */
function go(
  now: Float32Array,
  x: number,
  y: number,
  grip: 1 | -1,
  actions: Float32Array,
  a: number,
): boolean {
  const [dx, dy] = [x - (now[0] as number), y - (now[1] as number)];
  actions[a] = clip(dx / DESK_STEP);
  actions[a + 1] = clip(dy / DESK_STEP);
  actions[a + 2] = grip;
  return Math.hypot(dx, dy) < 0.02;
}

/** One step of a chore: there with an open hand, closes, takes along. */
function work(now: Float32Array, chore: Chore, actions: Float32Array, a: number): void {
  const { object } = chore;
  const handle = DESK_RAIL.from + DESK_RAIL.length * (now[Desk.slider] as number);
  const [x, y] =
    object < 2
      ? (DESK_BUTTONS[object] as readonly [number, number])
      : object === 2
        ? [handle, DESK_RAIL.y]
        : [now[Desk.block] as number, now[Desk.block + 1] as number];
  const near = Math.hypot((now[0] as number) - x, (now[1] as number) - y);
  if (now[Desk.closed] === 1 && near < 0.06 && object >= 2) {
    go(now, chore.x, chore.y, 1, actions, a);
    return;
  }
  if (go(now, x, y, -1, actions, a) && now[Desk.closed] === 0) actions[a + 2] = 1;
}

/** What is left to do for a goal: the first object that is not as it should be; none is 4. */
function choreFor(now: Float32Array, chore: Chore): void {
  const wanted = (index: number) => now[Desk.goal + index] as number;
  chore.x = 0.5;
  chore.y = 0.5;
  for (let button = 0; button < 2; button += 1)
    if (wanted(Desk.buttons + button) > (now[Desk.buttons + button] as number) + 0.5) {
      chore.object = button;
      return;
    }
  if (Math.abs(wanted(Desk.slider) - (now[Desk.slider] as number)) > 0.01) {
    chore.object = 2;
    chore.x = DESK_RAIL.from + DESK_RAIL.length * wanted(Desk.slider);
    chore.y = DESK_RAIL.y;
    return;
  }
  chore.object = 3;
  chore.x = wanted(Desk.block);
  chore.y = wanted(Desk.block + 1);
  if (Math.hypot(chore.x - (now[Desk.block] as number), chore.y - (now[Desk.block + 1] as number)) < 0.01)
    chore.object = 4;
}

/** Scripted: does what the goal asks for. */
export const deskExpert: ReferenceFactory = (tasks, copiesPerTask) => {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 3);
  const chore: Chore = { object: 0, x: 0, y: 0 };
  return {
    act({ observation }) {
      for (let copy = 0; copy < copies; copy += 1) {
        const now = observation.subarray(copy * SIZE, (copy + 1) * SIZE);
        choreFor(now, chore);
        if (chore.object === 4) go(now, now[0] as number, now[1] as number, -1, actions, copy * 3);
        else work(now, chore, actions, copy * 3);
      }
      return actions;
    },
  };
};

/**
 * Plays: every 10 to 20 steps another object and somewhere to put it, with noise of 0.2 on the motion. Goals are not looked at.
 *
 * @see Lynch, Khansari, Xiao, Kumar, Tompson, Levine, Sermanet. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 */
export const deskPlay: ReferenceFactory = (tasks, copiesPerTask, rng: Rng) => {
  const copies = tasks.length * copiesPerTask;
  const random = new StepRandom(rng, copies);
  const actions = new Float32Array(copies * 3);
  const chores = Array.from({ length: copies }, (): Chore & { left: number } => ({
    object: 0,
    x: 0,
    y: 0,
    left: 0,
  }));
  return {
    beginEpisode(_episode, which) {
      for (const [copy, chore] of chores.entries())
        if (which === undefined || which[copy] === 1) chore.left = 0;
    },
    act({ observation }) {
      for (const [copy, chore] of chores.entries()) {
        if (chore.left === 0) {
          chore.left = 10 + random.integer(copy, 11);
          chore.object = random.integer(copy, 4);
          chore.x =
            chore.object === 2
              ? DESK_RAIL.from + DESK_RAIL.length * random.uniform(copy)
              : 0.15 + 0.7 * random.uniform(copy);
          chore.y = chore.object === 2 ? DESK_RAIL.y : 0.3 + 0.4 * random.uniform(copy);
        }
        chore.left -= 1;
        work(observation.subarray(copy * SIZE, (copy + 1) * SIZE), chore, actions, copy * 3);
        for (let axis = 0; axis < 2; axis += 1)
          actions[copy * 3 + axis] = clip((actions[copy * 3 + axis] as number) + 0.2 * random.gaussian(copy));
      }
      return actions;
    },
  };
};
