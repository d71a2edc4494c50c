import type { ControlTask } from '@tasklearn/core';
import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { CRAWLER_BODY, writeCrawlerBody } from './crawler-body.js';
import { CRAWLER_HALF_WIDTH, CRAWLER_STEP } from './crawler-physics.js';

const clip = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));

/**
 * A controller that believes in a body: full strength ahead, steering back to y = 0 by taking strength off one side.
 *
 * @param believed - parameters of the body it takes the crawler to have.
 */
const controller =
  (legs: number, believed: (task: ControlTask) => ControlTask['parameters']): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const bodies = tasks.map((task) => {
      const body = new Float64Array(CRAWLER_BODY + legs);
      writeCrawlerBody(believed(task), legs, body, 0);
      return body;
    });
    const actions = new Float32Array(tasks.length * copiesPerTask * legs);
    return {
      act({ observation }) {
        for (let copy = 0; copy < tasks.length * copiesPerTask; copy += 1)
          steer(
            observation,
            copy * 6,
            bodies[Math.floor(copy / copiesPerTask)] as Float64Array,
            legs,
            actions,
            copy * legs,
          );
        return actions;
      },
    };
  };

function steer(
  observation: Float32Array,
  o: number,
  body: Float64Array,
  legs: number,
  actions: Float32Array,
  a: number,
): void {
  const [y, cos, sin, speed, rate] = observation.subarray(o + 1, o + 6) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [friction, mass, slope, bias] = body as unknown as [number, number, number, number];
  const uphill = Math.asin(clip(slope / (CRAWLER_STEP * Math.max(speed, 0.5)), 0.5));
  const wanted = uphill + clip((-0.7 * y) / Math.max(speed, 1), 0.4);
  // Gently: full correction in one step would answer the noise of the observation with half the strength.
  const wantedRate = clip(2.5 * (wanted - Math.atan2(sin, cos)), 1);
  const change = clip(0.3 * (wantedRate - rate), 0.06);
  const torque = ((change - bias) / CRAWLER_STEP + friction * rate) * mass;
  let [left, right] = [0, 0];
  for (let leg = 0; leg < legs; leg += 1) {
    const strength = body[CRAWLER_BODY + leg] as number;
    if (leg < legs / 2) left += strength;
    else right += strength;
  }
  // 0.5 (left · l − right · r) = torque with one of the shares l, r at 1.
  const surplus = torque / CRAWLER_HALF_WIDTH;
  const rightShare = (left - surplus) / right;
  const leftShare = rightShare <= 1 ? 1 : Math.max(0, (right + surplus) / left);
  for (let leg = 0; leg < legs; leg += 1)
    actions[a + leg] = leg < legs / 2 ? leftShare : Math.min(1, Math.max(0, rightShare));
}

/** `oracle` is told the body; `nominal` believes that nothing is wrong. */
export function sixLegReferences(legs: number): Readonly<Record<string, ReferenceFactory>> {
  return {
    oracle: controller(legs, (task) => task.parameters),
    nominal: controller(legs, () => ({})),
  };
}
