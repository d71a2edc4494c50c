import { defineDistribution } from '@tasklearn/core';
import { pointRobot } from './point-robot/point-robot.js';
import { type PointRobotOptions, pointRobotDefaults } from './point-robot/point-robot-options.js';

/** Worlds with continuous motion: point robots, goal suite, classic control, crawler, arms, tabletop. */
export const continuousDistributions = {
  'point-robot': defineDistribution<PointRobotOptions>({
    kind: 'control',
    summary: 'A point in the plane: goals, sparse rings of goals, headings, speeds, unknown bodies.',
    reference: {
      title: 'Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks',
      authors: 'Finn, Abbeel, Levine',
      year: 2017,
      url: 'https://arxiv.org/abs/1703.03400',
    },
    defaults: pointRobotDefaults,
    create: pointRobot,
  }),
};
