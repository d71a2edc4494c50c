import { moveAmongWalls } from '../goal-suite/walls.js';

/** Where a point may go, and how it starts. */
export type PlaneLayout = 'star' | 'pit' | 'hurdles' | 'field' | 'hallway';

/** Half the width of the square, or the half length of halls, that a picture shows. */
export const planeReach: Readonly<Record<PlaneLayout, number>> = {
  star: 12,
  pit: 5,
  hurdles: 10,
  field: 10,
  hallway: 10,
};

/** Radius of the star's middle, half the width of its halls and how far they reach from the centre. */
export const STAR = { radius: 2, half: 0.5, reach: 12 } as const;

/** Green goal and red pit: x of their centres on the x axis, and radius. */
export const PIT = { goal: 3.5, goalRadius: 0.6, pit: 1.8, pitRadius: 0.8 } as const;

/** Bars across the course, at x, that leave a gap of 0.6 about y = ±0.6 in turn; the course is 2 wide. */
export const HURDLES = [2, 4, 6, 8] as const;

/** The gap of a bar: from, to. */
export const gapOf = (bar: number): readonly [number, number] => (bar % 2 === 0 ? [0.3, 0.9] : [-0.9, -0.3]);

const courseWalls = Float64Array.from([
  ...[-10, 1, 10, 1, -10, -1, 10, -1],
  ...HURDLES.flatMap((x, bar) => {
    const [from, to] = gapOf(bar);
    return [x, -1, x, from, x, to, x, 1];
  }),
]);
const hallwayWalls = Float64Array.of(-10, 0.5, 10, 0.5, -10, -0.5, 10, -0.5);
const none = new Float64Array(0);

/** Unit vector along hall k of the star. */
export const hallOf = (hall: number): readonly [number, number] => [
  Math.cos(Math.PI / 2 + (2 * Math.PI * hall) / 3),
  Math.sin(Math.PI / 2 + (2 * Math.PI * hall) / 3),
];
const halls = [0, 1, 2].map(hallOf);

/** Puts a point that has left the star back to the nearest place in it: sliding along its walls comes of that. */
function confineToStar(state: Float64Array, s: number): void {
  const x = state[s] as number;
  const y = state[s + 1] as number;
  const far = Math.sqrt(x * x + y * y);
  if (far <= STAR.radius) return;
  let nearest = far - STAR.radius;
  let [toX, toY] = [(x * STAR.radius) / far, (y * STAR.radius) / far];
  for (const [ux, uy] of halls) {
    const along = Math.min(STAR.reach, x * ux + y * uy);
    if (along <= 0) continue;
    const aside = Math.min(STAR.half, Math.max(-STAR.half, x * uy - y * ux));
    const [px, py] = [along * ux + aside * uy, along * uy - aside * ux];
    const off = Math.hypot(px - x, py - y);
    if (off >= nearest) continue;
    nearest = off;
    [toX, toY] = [px, py];
  }
  state[s] = toX;
  state[s + 1] = toY;
}

/** Moves the point at `state[s]` by (dx, dy) as far as its world lets it. */
export function moveInPlane(
  state: Float64Array,
  s: number,
  dx: number,
  dy: number,
  layout: PlaneLayout,
): void {
  if (layout === 'star') {
    state[s] = (state[s] as number) + dx;
    state[s + 1] = (state[s + 1] as number) + dy;
    confineToStar(state, s);
    return;
  }
  const walls = layout === 'hurdles' ? courseWalls : layout === 'hallway' ? hallwayWalls : none;
  moveAmongWalls(state, s, dx, dy, walls, planeReach[layout]);
}
