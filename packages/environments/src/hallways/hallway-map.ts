import { createRng } from '@tasklearn/core';
import type { HallwayOptions } from './hallway-options.js';

/** Digits 0 to 9 as five rows of three pixels. */
const DIGITS = [
  '111101101101111',
  '010110010010111',
  '111001111100111',
  '111001111001111',
  '101101111001001',
  '111100111001111',
  '111100111101111',
  '111001001001001',
  '111101111101111',
  '111101111001111',
] as const;

/**
 * The junction and its arms: hallways 0 .. K - 1, then the sign's, then the paintings'. Place 0 is the junction, and the
 * places of an arm follow those of the arm before it. Action a goes into arm a or deeper, the last action goes back.
 */
export interface HallwayMap {
  /** Places. */
  readonly places: number;
  /** One for each arm, and back. */
  readonly actions: number;
  /** Length of each arm. */
  readonly lengths: readonly number[];
  /** Arm of the sign, or -1. */
  readonly signArm: number;
  /** Arm of the paintings, or -1. */
  readonly paintingArm: number;
  /** Arm of each place, -1 for the junction. */
  readonly armOf: Int8Array;
  /** Steps from the junction to each place. */
  readonly depthOf: Int32Array;
  /** Where an action leads from a place, [places * actions]. */
  readonly moves: Int32Array;
  /** The end of each arm. */
  readonly ends: readonly number[];
  /** Numbers that the sign shows. */
  readonly codeSize: number;
}

/** The map of a junction. */
export function hallwayMap(options: HallwayOptions): HallwayMap {
  const { hallways, length, sign, paintingBits } = options;
  const lengths = [
    ...new Array<number>(hallways).fill(length),
    ...(sign === 'none' ? [] : [options.signDistance]),
    ...(paintingBits === 0 ? [] : [options.paintingDistance]),
  ];
  const arms = lengths.length;
  const ends: number[] = [];
  let places = 1;
  for (const steps of lengths) {
    places += steps;
    ends.push(places - 1);
  }
  const armOf = new Int8Array(places).fill(-1);
  const depthOf = new Int32Array(places);
  const moves = new Int32Array(places * (arms + 1));
  for (const [arm, end] of ends.entries())
    for (let depth = 1; depth <= (lengths[arm] as number); depth += 1) {
      const place = end - (lengths[arm] as number) + depth;
      armOf[place] = arm;
      depthOf[place] = depth;
    }
  for (let place = 0; place < places; place += 1)
    for (let action = 0; action <= arms; action += 1)
      moves[place * (arms + 1) + action] = destination(place, action, { lengths, ends, armOf, depthOf });
  return {
    places,
    actions: arms + 1,
    lengths,
    signArm: sign === 'none' ? -1 : hallways,
    paintingArm: paintingBits === 0 ? -1 : arms - 1,
    armOf,
    depthOf,
    moves,
    ends,
    codeSize: sign === 'none' ? 0 : sign === 'image' ? 15 : hallways,
  };
}

function destination(
  place: number,
  action: number,
  { lengths, ends, armOf, depthOf }: Pick<HallwayMap, 'lengths' | 'ends' | 'armOf' | 'depthOf'>,
): number {
  const arms = lengths.length;
  if (place === 0) return action === arms ? 0 : (ends[action] as number) - (lengths[action] as number) + 1;
  if (action === arms) return depthOf[place] === 1 ? 0 : place - 1;
  const arm = armOf[place] as number;
  return action === arm && place !== ends[arm] ? place + 1 : place;
}

/** What the sign shows in a task. */
export function signCode(
  { sign, hallways }: HallwayOptions,
  goal: number,
  taskNumber: number,
): readonly number[] {
  if (sign === 'image') return [...(DIGITS[goal] as string)].map(Number);
  const shown =
    sign === 'permuted' ? createRng('permuted signs').split(taskNumber).permutation(hallways)[goal] : goal;
  return Array.from({ length: sign === 'none' ? 0 : hallways }, (_, index) => (index === shown ? 1 : 0));
}
