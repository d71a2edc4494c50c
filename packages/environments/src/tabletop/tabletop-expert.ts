import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { pushToward } from '../goal-suite/push-expert.js';
import { distanceToObject, Seen, TABLETOP_OBSERVATION } from './tabletop-law.js';
import { TABLETOP_HAND } from './tabletop-physics.js';
import { Kind, kindOf, type TabletopSkill, tabletopTask } from './tabletop-skills.js';

const clip = (value: number) => Math.min(1, Math.max(-1, value));
const wrap = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/** Above everything, walls included. */
const CRUISE = 0.22;

/** One copy's observation and where its action goes. */
interface Turn {
  readonly now: Float32Array;
  readonly actions: Float32Array;
  readonly a: number;
}

function move({ now, actions, a }: Turn, x: number, y: number, z: number, grip: 1 | -1): void {
  for (const [axis, target] of [x, y, z].entries())
    actions[a + axis] = clip((target - (now[axis] as number)) / TABLETOP_HAND);
  actions[a + 3] = grip;
}

/** Over to (x, y) at cruising height, then down to z; returns whether it is there. */
function approach(turn: Turn, x: number, y: number, z: number, grip: 1 | -1): boolean {
  const [handX, handY, handZ] = turn.now as unknown as [number, number, number];
  const aside = Math.hypot(handX - x, handY - y);
  if (aside < 0.02) move(turn, x, y, z, grip);
  else if (handZ < CRUISE - 0.05) move(turn, handX, handY, CRUISE, grip);
  else move(turn, x, y, Math.max(z, CRUISE), grip);
  return aside < 0.02 && Math.abs(handZ - z) < 0.02;
}

const at = ({ now }: Turn, index: number) => now[index] as number;

/** Grips the object and returns whether it is held. */
function take(turn: Turn, kind: number): boolean {
  const x = at(turn, Seen.object);
  const y = at(turn, Seen.object + 1);
  const tall = kind === Kind.block;
  const z = tall ? at(turn, Seen.object + 2) : 0;
  const near = distanceToObject(turn.now, 0, { kind, reach: false, release: false, tolerance: 0 });
  const closed = at(turn, Seen.closed) === 1;
  if (closed && near < 0.09) return true;
  const there = approach(turn, x, y, z, -1);
  if (there && !closed) move(turn, x, y, z, 1);
  return false;
}

/** Carries what is held to the goal, over everything where it is let go in the end. */
function carry(turn: Turn, release: boolean): void {
  const [goalX, goalY, goalZ] = [0, 1, 2].map((axis) => at(turn, Seen.goal + axis)) as [
    number,
    number,
    number,
  ];
  const [x, y, z] = turn.now as unknown as [number, number, number];
  const aside = Math.hypot(x - goalX, y - goalY);
  if (!release) {
    move(turn, goalX, goalY, goalZ, 1);
    return;
  }
  if (aside < 0.01) {
    move(turn, goalX, goalY, goalZ, Math.abs(z - goalZ) < 0.012 ? -1 : 1);
    return;
  }
  if (z < 0.1) {
    move(turn, x, y, 0.15, 1);
    return;
  }
  move(turn, goalX, goalY, 0.15, 1);
}

/** Turns a held knob by steps along its circle, whose centre is told by handle and angle. */
function turnKnob(turn: Turn): void {
  const angle = at(turn, Seen.object + 2);
  const centreX = at(turn, Seen.object) - 0.1 * Math.cos(angle);
  const centreY = at(turn, Seen.object + 1) - 0.1 * Math.sin(angle);
  const wanted = Math.atan2(at(turn, Seen.goal + 1) - centreY, at(turn, Seen.goal) - centreX);
  const next = angle + Math.min(0.35, Math.max(-0.35, wrap(wanted - angle)));
  move(turn, centreX + 0.1 * Math.cos(next), centreY + 0.1 * Math.sin(next), 0, 1);
}

/** Pushes the block with a fist: down beside it, then by feedback. */
function push(turn: Turn): void {
  const { now, actions, a } = turn;
  const [handX, handY, handZ] = now as unknown as [number, number, number];
  const [x, y] = [at(turn, Seen.object), at(turn, Seen.object + 1)];
  const [goalX, goalY] = [at(turn, Seen.goal), at(turn, Seen.goal + 1)];
  const left = Math.hypot(goalX - x, goalY - y) || 1;
  if (handZ > 0.05) {
    // Lands behind the block, as seen from the goal.
    const [backX, backY] = [x - (0.13 * (goalX - x)) / left, y - (0.13 * (goalY - y)) / left];
    approach(turn, Math.min(0.98, Math.max(0.02, backX)), Math.max(0.02, backY), 0.01, 1);
    return;
  }
  pushToward(handX, handY, x, y, goalX, goalY, actions, a);
  actions[a + 2] = 0;
  actions[a + 3] = 1;
}

function act(skill: TabletopSkill, turn: Turn): void {
  const goal = [0, 1, 2].map((axis) => at(turn, Seen.goal + axis)) as [number, number, number];
  switch (skill) {
    case 'reach':
      approach(turn, ...goal, -1);
      return;
    case 'push':
      push(turn);
      return;
    case 'press':
      approach(turn, at(turn, Seen.object), at(turn, Seen.object + 1), 0, 1);
      return;
    case 'turn':
      if (take(turn, kindOf[skill])) turnKnob(turn);
      return;
    default:
      if (skill === 'stack' && placed(turn)) {
        move(turn, ...goal, -1);
        return;
      }
      if (take(turn, kindOf[skill])) carry(turn, skill === 'stack');
  }
}

/** Whether the block stands where it should. */
function placed(turn: Turn): boolean {
  const apart = [0, 1, 2].map((axis) => at(turn, Seen.object + axis) - at(turn, Seen.goal + axis));
  return Math.hypot(...apart) < 0.02 && at(turn, Seen.closed) === 0;
}

/** Scripted: knows the skill and the circumstance. */
export const tabletopExpert: ReferenceFactory = (tasks, copiesPerTask) => {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 4);
  const known = tasks.map((task) => tabletopTask(task.parameters.task ?? 0));
  return {
    act({ observation }) {
      for (let copy = 0; copy < copies; copy += 1) {
        const [skill, modifier] = known[Math.floor(copy / copiesPerTask)] as (typeof known)[number];
        const now = observation.subarray(copy * TABLETOP_OBSERVATION, (copy + 1) * TABLETOP_OBSERVATION);
        act(skill, { now, actions, a: copy * 4 });
        if (modifier === 'mirrored') actions[copy * 4] = -(actions[copy * 4] as number);
      }
      return actions;
    },
  };
};
