import type { ControlDistribution, ControlTask, Rng, Split, Varies } from '@tasklearn/core';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import { recordableTabletopReward } from './recordable-tabletop-reward.js';
import { tabletopExpert } from './tabletop-expert.js';
import {
  Seen,
  TABLETOP_OBSERVATION,
  TABLETOP_TOLERANCE,
  type TabletopLaw,
  tabletopDone,
  tabletopReward,
} from './tabletop-law.js';
import { type TabletopOptions, tabletopSettings } from './tabletop-options.js';
import { stepTabletop, type TabletopBody } from './tabletop-physics.js';
import { tabletopPicture } from './tabletop-picture.js';
import { At, layOut, PLACEMENT, TABLETOP_STATE } from './tabletop-placement.js';
import {
  Kind,
  kindOf,
  TABLETOP_TASKS,
  type TabletopModifier,
  type TabletopSkill,
  tabletopModifiers,
  tabletopSkills,
  tabletopTask,
} from './tabletop-skills.js';

/** A task: what is to be done, and how things behave. */
interface TabletopTask extends TabletopBody, TabletopLaw {
  readonly skill: TabletopSkill;
  readonly modifier: TabletopModifier;
  /** Where things are, if the task says so. */
  readonly placement: Float64Array | undefined;
}

/** A task's parameters by name. */
export function tabletopTaskOf({ task = 0, ...others }: ControlTask['parameters']): TabletopTask {
  const [skill, modifier] = tabletopTask(task);
  return {
    skill,
    modifier,
    kind: kindOf[skill],
    wall: modifier === 'wall',
    heavy: modifier === 'heavy',
    mirrored: modifier === 'mirrored',
    reach: skill === 'reach',
    release: skill === 'stack',
    tolerance: skill === 'stack' ? 0.03 : TABLETOP_TOLERANCE,
    placement:
      others.place0 === undefined
        ? undefined
        : Float64Array.from({ length: PLACEMENT }, (_, index) => others[`place${index}`] as number),
  };
}

function tabletopWorld(horizon: number): World<TabletopTask> {
  const drawn = new Float64Array(PLACEMENT);
  return {
    id: '@tasklearn/environments/tabletop',
    spec: {
      observation: { shape: [TABLETOP_OBSERVATION], dtype: 'float32' },
      action: { shape: [4], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: true,
    },
    stateSize: TABLETOP_STATE,
    bodyOf: tabletopTaskOf,
    begin(state, s, { skill, modifier, placement }, random, copy) {
      for (let index = 0; index < PLACEMENT; index += 1)
        drawn[index] = placement === undefined ? random.uniform(copy) : (placement[index] as number);
      layOut(state, s, skill, modifier, drawn);
    },
    advance(state, s, actions, a, body) {
      stepTabletop(state, s, actions, a, body);
      return false;
    },
    observe(state, s, { kind, modifier, skill }, observation, o) {
      for (let index = 0; index < 4; index += 1) observation[o + index] = state[s + index] as number;
      for (let axis = 0; axis < 2; axis += 1) {
        observation[o + Seen.object + axis] = state[s + At.object + axis] as number;
        observation[o + Seen.other + axis] = state[s + At.other + axis] as number;
      }
      const tall = kind === Kind.block || kind === Kind.button;
      observation[o + Seen.object + 2] = state[s + (tall ? At.height : At.joint)] as number;
      observation[o + Seen.object + 3] = kind / 5;
      observation[o + Seen.other + 2] = 0;
      observation[o + Seen.other + 3] = skill === 'stack' ? Kind.block / 5 : 0;
      for (let axis = 0; axis < 3; axis += 1)
        observation[o + Seen.goal + axis] = state[s + At.goal + axis] as number;
      observation[o + Seen.modifier] = tabletopModifiers.indexOf(modifier) / 4;
    },
    reward: (_observation, _o, _actions, _a, next, n, body) => tabletopReward(next, n, body),
    reached: (next, n, body) => tabletopDone(next, n, body),
  };
}

/** The five tasks held back: every other skill, each under another circumstance. */
const HELD = [1, 3, 5, 7, 9].map((skill, modifier) => skill * tabletopModifiers.length + modifier);
const KEPT = Array.from({ length: TABLETOP_TASKS }, (_, number) => number).filter(
  (number) => !HELD.includes(number),
);

/** Numbers of the tasks of a split. */
function membersOf({ split, skill, modifier }: TabletopOptions, of: Split): readonly number[] {
  const count = tabletopModifiers.length;
  switch (split) {
    case '10':
      return tabletopSkills.map((_, index) => index * count);
    case '50':
      return Array.from({ length: TABLETOP_TASKS }, (_, number) => number);
    case '45-5':
      return of === 'train' ? KEPT : HELD;
    default:
      return [tabletopSkills.indexOf(skill) * count + tabletopModifiers.indexOf(modifier)];
  }
}

function drawTask(settings: TabletopOptions) {
  const placed = settings.placement === 'task' || settings.split === 'variation';
  return (rng: Rng, split: Split, index: number): Readonly<Record<string, number>> => {
    const members = membersOf(settings, split);
    const task = members[index % members.length] as number;
    if (!placed) return { task };
    const places = rng.split('placement');
    const numbers = Array.from({ length: PLACEMENT }, (_, place) => [`place${place}`, places.next()]);
    return { task, ...Object.fromEntries(numbers) };
  };
}

/**
 * A hand over a table and ten things to do there, each under five circumstances: one space of observations and one of
 * actions for all 50 tasks, so that one policy can be asked to do all of them.
 *
 * Observes hand x, y, z, closed; object x, y, height (or position of its joint), kind; other object likewise; goal x, y, z;
 * circumstance. Actions: dx, dy, dz (0.05 per step at full), grip (closed where > 0). Success: the object, or for `reach`
 * the hand, within 0.05 of the goal (`stack`: 0.03, and let go). References: `expert` (scripted), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Yu, Quillen, He, Julian, Hausman, Finn, Levine. Meta-World: A Benchmark and Evaluation for Multi-Task and Meta
 *   Reinforcement Learning. CoRL 2019. arXiv:1910.10897, of which this is a kinematic stand-in.
 *
 * @example
 * ```ts
 * import { tabletop } from '@tasklearn/environments';
 *
 * tabletop({ split: '50' }).trainingTasks; // => 50
 * tabletop({ split: '45-5' }).trainingTasks; // => 45
 * ```
 */
export function tabletop(options: Partial<TabletopOptions> = {}): ControlDistribution {
  const settings = tabletopSettings(options);
  const { split, trainingTasks } = settings;
  const variation = split === 'variation';
  const varies: readonly Varies[] = variation
    ? ['initialState', 'reward']
    : ['initialState', 'dynamics', 'reward'];
  return continuousDistribution({
    world: tabletopWorld(settings.horizon),
    varies,
    trainingTasks: variation ? trainingTasks : membersOf(settings, 'train').length,
    shared: split === '10' || split === '50',
    draw: drawTask(settings),
    recordableReward: (task, _observation, _action, next) =>
      recordableTabletopReward(tabletopTaskOf(task.parameters), next),
    references: { expert: tabletopExpert },
    picture: tabletopPicture,
  });
}
