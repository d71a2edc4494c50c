import type { HallwayMap } from '../hallways/hallway-map.js';
import type { HallwayOptions } from '../hallways/hallway-options.js';
import { colourOf, disc, label, path, picture } from './svg.js';

const STEP = 22;
const MARGIN = 26;

/** Where each arm goes: hallways fan out above, sign and paintings lie to the left and the right below. */
function directionOf(map: HallwayMap, hallways: number, arm: number): readonly [number, number] {
  const angle =
    arm < hallways
      ? Math.PI * (1 - (arm + 0.5) / hallways)
      : arm === map.signArm
        ? Math.PI * 1.25
        : Math.PI * 1.75;
  return [Math.cos(angle), -Math.sin(angle)];
}

/**
 * The junction with its arms, the reward as a filled disc, S for the sign and P for the paintings; one line per episode,
 * moved a little aside from the others, which ends in a disc.
 *
 * @param episodes - the places of each.
 * @param at - a place to mark, for one moment of an episode.
 */
export function drawHallways(
  map: HallwayMap,
  { hallways }: HallwayOptions,
  goal: number,
  episodes: readonly (readonly number[])[],
  at?: number,
): string {
  const reach = Math.max(...map.lengths.slice(0, hallways)) * STEP;
  const below = Math.max(0, ...map.lengths.slice(hallways)) * STEP * Math.SQRT1_2;
  const centre: readonly [number, number] = [reach + MARGIN, reach + MARGIN];
  const pointOf = (place: number): readonly [number, number] => {
    const arm = map.armOf[place] as number;
    if (arm < 0) return centre;
    const [x, y] = directionOf(map, hallways, arm);
    const depth = (map.depthOf[place] as number) * STEP;
    return [centre[0] + x * depth, centre[1] + y * depth];
  };
  const parts: string[] = [];
  for (const [arm, end] of map.ends.entries()) {
    const [x, y] = pointOf(end);
    const [dx, dy] = directionOf(map, hallways, arm);
    parts.push(path([centre, [x, y]], 'stroke="currentColor" stroke-width="11" opacity="0.22"'));
    const name = arm === map.signArm ? 'S' : arm === map.paintingArm ? 'P' : String(arm);
    parts.push(label(x + 15 * dx, y + 15 * dy, 11, name));
    if (arm === goal) parts.push(disc(x, y, 7, `fill="${colourOf(2)}"`));
  }
  for (const [index, places] of episodes.entries()) {
    const aside = (index - (episodes.length - 1) / 2) * 3;
    const points = places.map(pointOf).map(([x, y]): readonly [number, number] => [x + aside, y + aside]);
    const colour = colourOf(index < 2 ? index : index + 1); // The third colour is the reward's.
    parts.push(path(points, `stroke="${colour}" stroke-width="2"`));
    const [x, y] = points.at(-1) as readonly [number, number];
    parts.push(disc(x, y, 3.5, `fill="${colour}"`));
  }
  if (at !== undefined) parts.push(disc(...pointOf(at), 5, `fill="${colourOf(1)}"`));
  return picture(2 * (reach + MARGIN), reach + below + 2 * MARGIN, 'Hallways with a sign', parts);
}
