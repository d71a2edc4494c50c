/** Straight walls without thickness: x0, y0, x1, y1 of each. */
export type Walls = Float64Array;

/**
 * Moves a point from (x, y) by (dx, dy), along x first and then along y, stopping `gap` short of axis-parallel walls and
 * inside the box [−reach, reach]². Sliding along walls comes of moving one axis at a time.
 *
 * @param position - two numbers at `state[s]`, in place.
 * @returns a bit set: 1 where x was stopped, 2 where y was.
 */
export function moveAmongWalls(
  state: Float64Array,
  s: number,
  dx: number,
  dy: number,
  walls: Walls,
  reach: number,
): number {
  const x = state[s] as number;
  const y = state[s + 1] as number;
  const nextX = stopAt(x, dx, y, walls, reach, 0);
  const nextY = stopAt(y, dy, nextX, walls, reach, 1);
  state[s] = nextX;
  state[s + 1] = nextY;
  return (nextX === x + dx ? 0 : 1) + (nextY === y + dy ? 0 : 2);
}

const GAP = 1e-3;

/** Where a move along one axis ends; walls across it have the same coordinate of that axis at both ends. */
function stopAt(from: number, by: number, across: number, walls: Walls, reach: number, axis: number): number {
  let to = Math.min(reach, Math.max(-reach, from + by));
  for (let wall = 0; wall < walls.length; wall += 4) {
    const at = walls[wall + axis] as number;
    if (at !== walls[wall + 2 + axis]) continue;
    const one = walls[wall + 1 - axis] as number;
    const other = walls[wall + 3 - axis] as number;
    if (across < Math.min(one, other) - GAP || across > Math.max(one, other) + GAP) continue;
    if (from < at && to > at - GAP) to = at - GAP;
    else if (from > at && to < at + GAP) to = at + GAP;
  }
  return to;
}
