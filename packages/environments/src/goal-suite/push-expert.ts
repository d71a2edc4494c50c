import { BLOCK_RADIUS, HAND_RADIUS, HAND_STEP } from './push-physics.js';

const TOUCH = HAND_RADIUS + BLOCK_RADIUS;

const clip = (value: number) => Math.min(1, Math.max(-1, value));

/** Writes a move of the hand toward a point as an action, a share of the longest move along each axis. */
export function moveToward(
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  actions: Float32Array,
  a: number,
) {
  const longest = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY)) / HAND_STEP;
  const scale = HAND_STEP * Math.max(1, longest);
  actions[a] = clip((toX - fromX) / scale);
  actions[a + 1] = clip((toY - fromY) / scale);
}

/**
 * Pushes a block to a goal by feedback: around the block to the far side of it, then straight on; back again where the
 * block has gone astray.
 *
 * @param behind - how far from the block's edge the hand waits.
 * @returns whether the block is there.
 */
export function pushToward(
  handX: number,
  handY: number,
  blockX: number,
  blockY: number,
  goalX: number,
  goalY: number,
  actions: Float32Array,
  a: number,
): boolean {
  const left = Math.hypot(goalX - blockX, goalY - blockY);
  if (left < 0.015) {
    actions[a] = actions[a + 1] = 0;
    return true;
  }
  const [ux, uy] = [(goalX - blockX) / left, (goalY - blockY) / left];
  const [rx, ry] = [handX - blockX, handY - blockY];
  const away = Math.hypot(rx, ry);
  const behind = -(rx * ux + ry * uy); // Distance behind the block along the way.
  const aside = rx * uy - ry * ux;
  if (behind > 0.7 * away && Math.abs(aside) < 0.025) {
    // On the line: pushes so that the block comes to rest at the goal, steering the hand back onto the line.
    const onward = Math.min(left, HAND_STEP) + Math.max(0, away - TOUCH);
    const [toX, toY] = [handX + ux * onward - uy * aside * 0.8, handY + uy * onward + ux * aside * 0.8];
    moveToward(handX, handY, toX, toY, actions, a);
    return false;
  }
  const clear = TOUCH + 0.025;
  const [backX, backY] = [blockX - ux * clear, blockY - uy * clear];
  if (behind > 0 && away > TOUCH + 0.005) {
    moveToward(handX, handY, backX, backY, actions, a);
    return false;
  }
  // Around: outward if too near, else along the circle to the nearer side.
  const side = aside >= 0 ? 1 : -1;
  const angle = Math.atan2(ry, rx) - side * Math.min(1, HAND_STEP / clear);
  const radius = Math.max(clear + 0.02, Math.min(away, clear + 0.05));
  moveToward(handX, handY, blockX + radius * Math.cos(angle), blockY + radius * Math.sin(angle), actions, a);
  return false;
}
