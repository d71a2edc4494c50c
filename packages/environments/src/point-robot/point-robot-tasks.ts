import type { Rng, Split } from '@tasklearn/core';
import { drawParameters } from '../continuous/parameter-range.js';
import type { PointRobotSettings } from './point-robot-options.js';

/** The four corners, anticlockwise from the first quadrant. */
const corners = [
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
] as const;

type Target = Readonly<Record<'targetX' | 'targetY', number>>;

/** Where to, or how fast. Corners and the two directions come in turn, since there are so few. */
function drawTarget(settings: PointRobotSettings, rng: Rng, index: number): Target {
  const { task, goalDistance, motion } = settings;
  switch (task) {
    case 'goal':
      return {
        targetX: goalDistance * (2 * rng.next() - 1),
        targetY: goalDistance * (2 * rng.next() - 1),
      };
    case 'ring':
      return onCircle(Math.PI * rng.next(), goalDistance);
    case 'away': {
      const [x, y] = corners[index % 4] as (typeof corners)[number];
      return { targetX: x * goalDistance, targetY: y * goalDistance };
    }
    case 'direction':
      return onCircle(2 * Math.PI * rng.next(), 1);
    case 'two-directions':
      return { targetX: index % 2 === 0 ? 1 : -1, targetY: 0 };
    case 'velocity':
      return { targetX: (motion === 'inertial' ? 3 : 1) * rng.next(), targetY: 0 };
    default:
      return { targetX: 1, targetY: 0 };
  }
}

function onCircle(angle: number, radius: number): Target {
  return { targetX: radius * Math.cos(angle), targetY: radius * Math.sin(angle) };
}

/** The parameters of a task of the point robot: its target, and its body where that varies. */
export function drawPointRobotTask(settings: PointRobotSettings) {
  const { mass, friction, gain, wind } = settings;
  const [shortest, longest] = settings.delay;
  return (rng: Rng, _split: Split, index: number): Readonly<Record<string, number>> => {
    const still = settings.task === 'any-direction';
    return {
      ...(still ? {} : drawTarget(settings, rng.split('target'), index)),
      ...drawParameters(rng, { mass, friction, gain }),
      delay: shortest + rng.split('delay').integer(longest - shortest + 1),
      ...drawParameters(rng, { windX: [-wind, wind], windY: [-wind, wind] }),
    };
  };
}
