/** A disc pushed by a hand among other discs, all of one radius, on the unit table. */
export interface Discs {
  readonly count: number;
  readonly radius: number;
  readonly handRadius: number;
}

const PARTS = 5;
const ROUNDS = 6;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/**
 * Moves the hand by (dx, dy) and lets it push discs, and discs push each other, slowly: what touches is moved apart along
 * the line of centres, the hand never gives way except to a disc that cannot, and two discs share the way equally.
 *
 * @param hand - index of the hand's x, y in `state`.
 * @param first - index of the first disc's x, y; the others follow.
 */
export function pushDiscs(
  state: Float64Array,
  hand: number,
  first: number,
  dx: number,
  dy: number,
  discs: Discs,
): void {
  for (let part = 0; part < PARTS; part += 1) {
    state[hand] = clamp((state[hand] as number) + dx / PARTS, 0, 1);
    state[hand + 1] = clamp((state[hand + 1] as number) + dy / PARTS, 0, 1);
    let pushed = false;
    for (let round = 0; round < ROUNDS; round += 1) {
      let touched = false;
      for (let disc = 0; disc < discs.count; disc += 1)
        if (moveApart(state, hand, first + 2 * disc, discs.radius + discs.handRadius, 0)) touched = true;
      if (!touched) break;
      pushed = true;
      settle(state, first, discs);
    }
    if (!pushed) continue;
    // What is squeezed against the edge stops the hand.
    for (let round = 0; round < ROUNDS; round += 1) if (!settle(state, first, discs)) break;
    for (let disc = 0; disc < discs.count; disc += 1)
      moveApart(state, first + 2 * disc, hand, discs.radius + discs.handRadius, 0);
  }
}

/** Discs push each other, and stay on the table; returns whether any did. */
function settle(state: Float64Array, first: number, { count, radius }: Discs): boolean {
  let touched = false;
  for (let disc = 0; disc < count; disc += 1) {
    const at = first + 2 * disc;
    for (let other = disc + 1; other < count; other += 1)
      if (moveApart(state, at, first + 2 * other, 2 * radius, 0.5)) touched = true;
    state[at] = clamp(state[at] as number, radius, 1 - radius);
    state[at + 1] = clamp(state[at + 1] as number, radius, 1 - radius);
  }
  return touched;
}

/** Moves two things apart to a distance; `share` of the way is the first one's. Returns whether they touched. */
function moveApart(
  state: Float64Array,
  one: number,
  other: number,
  distance: number,
  share: number,
): boolean {
  let nx = (state[other] as number) - (state[one] as number);
  let ny = (state[other + 1] as number) - (state[one + 1] as number);
  const squared = nx * nx + ny * ny;
  if (squared >= distance * distance) return false;
  const apart = Math.sqrt(squared);
  nx = apart > 1e-9 ? nx / apart : 1;
  ny = apart > 1e-9 ? ny / apart : 0;
  const depth = distance - apart;
  state[one] = (state[one] as number) - share * depth * nx;
  state[one + 1] = (state[one + 1] as number) - share * depth * ny;
  state[other] = (state[other] as number) + (1 - share) * depth * nx;
  state[other + 1] = (state[other + 1] as number) + (1 - share) * depth * ny;
  return true;
}
