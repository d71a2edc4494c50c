import { defineDistribution } from '@tasklearn/core';
import { type ArmOptions, arm, armDefaults } from './arm/arm.js';
import { type BaodingOptions, baoding, baodingDefaults } from './baoding/baoding.js';
import { type AcrobotOptions, acrobot, acrobotDefaults } from './classic-control/acrobot.js';
import { cartPole } from './classic-control/cart-pole.js';
import { type CartPoleOptions, cartPoleDefaults } from './classic-control/cart-pole-options.js';
import {
  type CartPoleSwingUpOptions,
  cartPoleSwingUp,
  cartPoleSwingUpDefaults,
} from './classic-control/cart-pole-swing-up.js';
import {
  type LinearSystemOptions,
  linearSystem,
  linearSystemDefaults,
} from './classic-control/linear-system.js';
import { type MountainCarOptions, mountainCar, mountainCarDefaults } from './classic-control/mountain-car.js';
import { type PendulumOptions, pendulum, pendulumDefaults } from './classic-control/pendulum.js';
import { sixLeg } from './crawler/six-leg.js';
import { type SixLegOptions, sixLegDefaults } from './crawler/six-leg-options.js';
import { type DeskOptions, desk, deskDefaults } from './desk/desk.js';
import { type BlockPushOptions, blockPush, blockPushDefaults } from './goal-suite/block-push.js';
import { type DoorOptions, door, doorDefaults } from './goal-suite/door.js';
import { type PickAndPlaceOptions, pickAndPlace, pickAndPlaceDefaults } from './goal-suite/pick-and-place.js';
import { pointReach } from './goal-suite/point-reach.js';
import { type PointReachOptions, pointReachDefaults } from './goal-suite/point-reach-options.js';
import { type PushOptions, push, pushDefaults } from './goal-suite/push.js';
import { type SlideOptions, slide, slideDefaults } from './goal-suite/slide.js';
import { type PlaneOptions, plane, planeDefaults } from './plane/plane.js';
import { pointRobot } from './point-robot/point-robot.js';
import { type PointRobotOptions, pointRobotDefaults } from './point-robot/point-robot-options.js';
import { type StepWorldOptions, stepWorld, stepWorldDefaults } from './step-world/step-world.js';
import { tabletop } from './tabletop/tabletop.js';
import { type TabletopOptions, tabletopDefaults } from './tabletop/tabletop-options.js';
import { type WindPointOptions, windPoint, windPointDefaults } from './wind-point/wind-point.js';

const gymnasium = {
  title: 'Gymnasium: A Standard Interface for Reinforcement Learning Environments',
  authors: 'Towers et al.',
  year: 2024,
  url: 'https://arxiv.org/abs/2407.17032',
};

const multiGoal = {
  title: 'Multi-Goal Reinforcement Learning: Challenging Robotics Environments and Request for Research',
  authors: 'Plappert et al.',
  year: 2018,
  url: 'https://arxiv.org/abs/1802.09464',
};

const adaptation = {
  title: 'Learning to Adapt in Dynamic, Real-World Environments through Meta-Reinforcement Learning',
  authors: 'Nagabandi, Clavera, Liu, Fearing, Abbeel, Levine, Finn',
  year: 2019,
  url: 'https://arxiv.org/abs/1803.11347',
};

const metaWorld = {
  title: 'Meta-World: A Benchmark and Evaluation for Multi-Task and Meta Reinforcement Learning',
  authors: 'Yu, Quillen, He, Julian, Hausman, Finn, Levine',
  year: 2019,
  url: 'https://arxiv.org/abs/1910.10897',
};

const maesn = {
  title: 'Meta-Reinforcement Learning of Structured Exploration Strategies',
  authors: 'Gupta, Mendonca, Liu, Abbeel, Levine',
  year: 2018,
  url: 'https://arxiv.org/abs/1802.07245',
};

const play = {
  title: 'Learning Latent Plans from Play',
  authors: 'Lynch, Khansari, Xiao, Kumar, Tompson, Levine, Sermanet',
  year: 2019,
  url: 'https://arxiv.org/abs/1903.01973',
};

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
  'cart-pole': defineDistribution<CartPoleOptions>({
    kind: 'control',
    summary:
      'A pole balanced on a cart (CartPole-v1); masses, length, gravity, force, friction and delay may vary.',
    reference: {
      title: 'Neuronlike Adaptive Elements That Can Solve Difficult Learning Control Problems',
      authors: 'Barto, Sutton, Anderson',
      year: 1983,
      url: 'https://doi.org/10.1109/TSMC.1983.6313077',
    },
    defaults: cartPoleDefaults,
    create: cartPole,
  }),
  pendulum: defineDistribution<PendulumOptions>({
    kind: 'control',
    summary: 'A pendulum swung up and held (Pendulum-v1); its body may vary.',
    reference: gymnasium,
    defaults: pendulumDefaults,
    create: pendulum,
  }),
  'point-reach': defineDistribution<PointReachOptions>({
    kind: 'control',
    summary: 'A point reaches goals in the open plane or among walls.',
    reference: multiGoal,
    defaults: pointReachDefaults,
    create: pointReach,
  }),
  'wind-point': defineDistribution<WindPointOptions>({
    kind: 'control',
    summary: 'A point crosses a zone of wind that random data seldom enter.',
    defaults: windPointDefaults,
    create: windPoint,
  }),
  'six-leg': defineDistribution<SixLegOptions>({
    kind: 'control',
    summary: 'A legged crawler runs straight on varied floors; test bodies lose a leg, climb, carry, err.',
    reference: adaptation,
    defaults: sixLegDefaults,
    create: sixLeg,
  }),
  push: defineDistribution<PushOptions>({
    kind: 'control',
    summary: 'A hand pushes a block over a table to a goal; the block may be lopsided.',
    reference: multiGoal,
    defaults: pushDefaults,
    create: push,
  }),
  acrobot: defineDistribution<AcrobotOptions>({
    kind: 'control',
    summary: 'Two rods swung up above a bar (Acrobot-v1); their body may vary.',
    reference: gymnasium,
    defaults: acrobotDefaults,
    create: acrobot,
  }),
  'mountain-car': defineDistribution<MountainCarOptions>({
    kind: 'control',
    summary:
      'A weak car in a valley (MountainCar-v0, MountainCarContinuous-v0); engine and gravity may vary.',
    reference: gymnasium,
    defaults: mountainCarDefaults,
    create: mountainCar,
  }),
  'cart-pole-swing-up': defineDistribution<CartPoleSwingUpOptions>({
    kind: 'control',
    summary: 'A hanging pole swung up and held by a cart with continuous force.',
    defaults: cartPoleSwingUpDefaults,
    create: cartPoleSwingUp,
  }),
  'linear-system': defineDistribution<LinearSystemOptions>({
    kind: 'control',
    summary: 'Masses on springs with quadratic cost, whose optimum is known exactly.',
    defaults: linearSystemDefaults,
    create: linearSystem,
  }),
  slide: defineDistribution<SlideOptions>({
    kind: 'control',
    summary: 'A puck is hit so that it slides to a goal out of reach; friction may vary.',
    reference: multiGoal,
    defaults: slideDefaults,
    create: slide,
  }),
  'pick-and-place': defineDistribution<PickAndPlaceOptions>({
    kind: 'control',
    summary: 'A gripper brings an object to a goal on the table or in the air.',
    reference: multiGoal,
    defaults: pickAndPlaceDefaults,
    create: pickAndPlace,
  }),
  door: defineDistribution<DoorOptions>({
    kind: 'control',
    summary: 'A hand turns a door to a wanted angle, from either side.',
    defaults: doorDefaults,
    create: door,
  }),
  'step-world': defineDistribution<StepWorldOptions>({
    kind: 'control',
    summary: 'A point that moves and is paid in steps: gradients vanish almost everywhere.',
    defaults: stepWorldDefaults,
    create: stepWorld,
  }),
  arm: defineDistribution<ArmOptions>({
    kind: 'control',
    summary: 'An arm of three links reaches points or traces digits.',
    defaults: armDefaults,
    create: arm,
  }),
  tabletop: defineDistribution<TabletopOptions>({
    kind: 'control',
    summary:
      'Ten skills of a hand over a table under five circumstances, in one space of observations and actions.',
    reference: metaWorld,
    defaults: tabletopDefaults,
    create: tabletop,
  }),
  'block-push': defineDistribution<BlockPushOptions>({
    kind: 'control',
    summary: 'One of several blocks is to be pushed to a place; which and where is found out from rewards.',
    reference: maesn,
    defaults: blockPushDefaults,
    create: blockPush,
  }),
  baoding: defineDistribution<BaodingOptions>({
    kind: 'control',
    summary: 'Two balls rolled around a tilted tray, or one of them to a point.',
    defaults: baodingDefaults,
    create: baoding,
  }),
  desk: defineDistribution<DeskOptions>({
    kind: 'control',
    summary: 'A desk with two buttons, a slider and a block: goals are states; scripted play for data.',
    reference: play,
    defaults: deskDefaults,
    create: desk,
  }),
  plane: defineDistribution<PlaneOptions>({
    kind: 'control',
    summary: 'Worlds to cover: star of halls, pit before a goal, hurdles, field, hallway.',
    defaults: planeDefaults,
    create: plane,
  }),
};
