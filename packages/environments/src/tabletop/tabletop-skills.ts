/** What is to be done. */
export const tabletopSkills = [
  'reach',
  'push',
  'pull',
  'pick-place',
  'press',
  'slide',
  'open',
  'close',
  'turn',
  'stack',
] as const;

/** One of {@link tabletopSkills}. */
export type TabletopSkill = (typeof tabletopSkills)[number];

/**
 * Under what circumstances: `wall` a wall that the hand has to lift over; `heavy` the hand is half as fast with an object;
 * `mirrored` the hand goes left for right; `far` things are further away.
 */
export const tabletopModifiers = ['plain', 'wall', 'heavy', 'mirrored', 'far'] as const;

/** One of {@link tabletopModifiers}. */
export type TabletopModifier = (typeof tabletopModifiers)[number];

/** Kinds of object, by the number that an observation shows (divided by 5). */
export const Kind = { block: 1, button: 2, slider: 3, drawer: 4, knob: 5 } as const;

/** The kind of the object that a skill is about. */
export const kindOf: Readonly<Record<TabletopSkill, number>> = {
  reach: Kind.block,
  push: Kind.block,
  pull: Kind.block,
  'pick-place': Kind.block,
  press: Kind.button,
  slide: Kind.slider,
  open: Kind.drawer,
  close: Kind.drawer,
  turn: Kind.knob,
  stack: Kind.block,
};

/** Numbers of the 50 tasks: skill · 5 + modifier. */
export const TABLETOP_TASKS = tabletopSkills.length * tabletopModifiers.length;

/** Skill and modifier of a task's number. */
export function tabletopTask(number: number): readonly [skill: TabletopSkill, modifier: TabletopModifier] {
  const count = tabletopModifiers.length;
  return [
    tabletopSkills[Math.floor(number / count)] as TabletopSkill,
    tabletopModifiers[number % count] as TabletopModifier,
  ];
}
