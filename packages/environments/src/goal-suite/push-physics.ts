/** Radius of the hand on the unit table. */
export const HAND_RADIUS = 0.03;

/** Radius of a block. */
export const BLOCK_RADIUS = 0.06;

/** A full action moves the hand this far along an axis. */
export const HAND_STEP = 0.05;

/** Parts into which a step is cut, so that no part is long against the bodies. */
const PARTS = 5;

/** Rounds in which contacts are resolved after each part. */
const ROUNDS = 3;

const TOUCH = HAND_RADIUS + BLOCK_RADIUS;

/**
 * How readily friction under a block lets it turn rather than slide: the ratio of the greatest moment to the greatest
 * force, ⅔ of the radius for a disc pressed evenly.
 */
const TURNING = (2 / 3) * BLOCK_RADIUS;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/**
 * Moves the hand by (dx, dy) over the unit table and lets it push a block, slowly: friction beats inertia, so the block
 * rests wherever it is not pushed. Contact is frictionless, so the force is normal, n. A centre of mass off the middle by
 * o lets the block turn: with the ellipsoidal limit surface its motion is
 *
 * centre of mass += f n, angle += f τ / ℓ², τ = −o × n, f = depth / (1 + τ² / ℓ²)
 *
 * A block against the edge of the table stops the hand.
 *
 * @param hand - index of the hand's x, y in `state`.
 * @param block - index of the block's x, y, angle in `state`.
 * @param offsetX - centre of mass in the block's own frame.
 * @see Goyal, Ruina, Papadopoulos. Planar Sliding with Dry Friction. Wear 1991; Lynch, Mason. Stable Pushing. 1996.
 */
export function pushBlock(
  state: Float64Array,
  hand: number,
  block: number,
  dx: number,
  dy: number,
  offsetX: number,
  offsetY: number,
): void {
  for (let part = 0; part < PARTS; part += 1) {
    state[hand] = clamp((state[hand] as number) + dx / PARTS, 0, 1);
    state[hand + 1] = clamp((state[hand + 1] as number) + dy / PARTS, 0, 1);
    for (let round = 0; round < ROUNDS; round += 1) separate(state, hand, block, dx, dy, offsetX, offsetY);
    state[block] = clamp(state[block] as number, BLOCK_RADIUS, 1 - BLOCK_RADIUS);
    state[block + 1] = clamp(state[block + 1] as number, BLOCK_RADIUS, 1 - BLOCK_RADIUS);
    stopHand(state, hand, block);
  }
}

/** Moves the block out of the hand. */
function separate(
  state: Float64Array,
  hand: number,
  block: number,
  dx: number,
  dy: number,
  offsetX: number,
  offsetY: number,
): void {
  let nx = (state[block] as number) - (state[hand] as number);
  let ny = (state[block + 1] as number) - (state[hand + 1] as number);
  const apart = Math.sqrt(nx * nx + ny * ny);
  if (apart >= TOUCH) return;
  const length = apart > 1e-9 ? apart : Math.sqrt(dx * dx + dy * dy) || 1;
  nx = (apart > 1e-9 ? nx : dx) / length;
  ny = (apart > 1e-9 ? ny : dy) / length;
  const angle = state[block + 2] as number;
  const ox = offsetX * Math.cos(angle) - offsetY * Math.sin(angle);
  const oy = offsetX * Math.sin(angle) + offsetY * Math.cos(angle);
  const torque = oy * nx - ox * ny;
  const force = (TOUCH - apart) / (1 + (torque * torque) / (TURNING * TURNING));
  const turned = angle + (force * torque) / (TURNING * TURNING);
  state[block] =
    (state[block] as number) + ox + force * nx - (offsetX * Math.cos(turned) - offsetY * Math.sin(turned));
  state[block + 1] =
    (state[block + 1] as number) +
    oy +
    force * ny -
    (offsetX * Math.sin(turned) + offsetY * Math.cos(turned));
  state[block + 2] = turned;
}

/** Moves the hand back out of a block that could not give way. */
function stopHand(state: Float64Array, hand: number, block: number): void {
  const nx = (state[hand] as number) - (state[block] as number);
  const ny = (state[hand + 1] as number) - (state[block + 1] as number);
  const apart = Math.sqrt(nx * nx + ny * ny);
  if (apart >= TOUCH || apart === 0) return;
  state[hand] = (state[block] as number) + (nx / apart) * TOUCH;
  state[hand + 1] = (state[block + 1] as number) + (ny / apart) * TOUCH;
}
