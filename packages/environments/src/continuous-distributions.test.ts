import { environmentChecks } from '@tasklearn/conformance';
import type { ControlDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { cartPole } from './classic-control/cart-pole.js';
import { cartPoleSwingUp } from './classic-control/cart-pole-swing-up.js';
import { linearSystem } from './classic-control/linear-system.js';
import { mountainCar } from './classic-control/mountain-car.js';
import { pendulum } from './classic-control/pendulum.js';
import { continuousDistributions } from './continuous-distributions.js';
import { sixLeg } from './crawler/six-leg.js';
import { desk } from './desk/desk.js';
import { door } from './goal-suite/door.js';
import { pointReach } from './goal-suite/point-reach.js';
import { push } from './goal-suite/push.js';
import { plane } from './plane/plane.js';
import { pointRobot } from './point-robot/point-robot.js';
import { tabletop } from './tabletop/tabletop.js';

const few = 'there are so few tasks that all splits have them';

/** Every key as it comes, and variants that go other ways. */
const subjects: readonly (readonly [name: string, ControlDistribution, expected?: Record<string, string>])[] =
  [
    ...Object.entries(continuousDistributions).map(([key, { defaults, create }]) => {
      const distribution = create(defaults as never) as ControlDistribution;
      return [
        key,
        distribution,
        key === 'tabletop' || key === 'plane' ? { 'splits share no task': few } : undefined,
      ] as const;
    }),
    ['ring', pointRobot({ task: 'ring', reward: 'sparse' })],
    ['unicycle', pointRobot({ task: 'ring', motion: 'unicycle' })],
    ['corners', pointRobot({ task: 'away', reward: 'sparse' }), { 'splits share no task': few }],
    ['directions', pointRobot({ task: 'two-directions' }), { 'splits share no task': few }],
    ['unknown bodies', pointRobot({ task: 'dynamics' })],
    ['varied cart-pole', cartPole({ actions: 'continuous', poleMass: [0.05, 0.5], delay: [0, 2] })],
    ['varied swing-up', cartPoleSwingUp({ halfLength: [0.3, 0.6] })],
    ['varied pendulum', pendulum({ mass: [0.5, 2] })],
    ['continuous mountain car', mountainCar({ actions: 'continuous' })],
    ['springs', linearSystem({ axes: 2, stiffness: [0, 2], noise: 0.01 })],
    ['pit', plane({ layout: 'pit' })],
    ['hurdles', plane({ layout: 'hurdles' })],
    ['maze', pointReach({ layout: 'spiral', motion: 'kinematic' })],
    ['lopsided push', push({ centreOffset: [0.2, 0.6] })],
    ['images of a point', pointReach({ image: 16, layout: 'rooms' })],
    ['images of a block', push({ image: 16 })],
    ['images of a desk', desk({ image: 16 })],
    ['images of a door', door({ image: 16 })],
    ['images of a pendulum', pendulum({ image: 16 })],
    ['images of a cart-pole', cartPole({ image: 32 })],
    ['switching crawler', sixLeg({ switchEvery: 7 })],
    ['tabletop variation', tabletop({ split: 'variation', skill: 'stack' })],
    [
      'tabletop 45-5',
      tabletop({ split: '45-5' }),
      { 'splits share no task': 'validation has the five test tasks' },
    ],
  ];

describe.each(subjects)('%s', (_name, distribution, expectedFailures) => {
  for (const { name, run } of environmentChecks(distribution, {
    steps: 24,
    ...(expectedFailures === undefined ? {} : { expectedFailures }),
  }))
    it(name, run);

  it('describes itself', () => expect(distribution.id).toMatch(/^@tasklearn\/environments\//));
});
