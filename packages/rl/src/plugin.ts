import { type ControlCapabilities, defineLearner, definePlugin } from '@tasklearn/core';
import { a2cDefaults, createA2c } from './learners/a2c.js';
import { offPolicyLearners } from './learners/off-policy-descriptors.js';
import { createPpo, ppoDefaults } from './learners/ppo.js';
import { createReinforce, reinforceDefaults } from './learners/reinforce.js';
import { createTrpo, trpoDefaults } from './learners/trpo.js';
import { VERSION } from './version.js';

const onPolicy: ControlCapabilities = {
  actions: ['discrete', 'continuous'],
  gradientOrder: 1,
  deterministic: true,
  adapts: 'none',
  offPolicy: false,
  needs: [],
  consistent: 'no',
};

const reinforce = defineLearner({
  kind: 'control',
  summary: 'Policy gradient of whole episodes with a baseline (REINFORCE).',
  reference: {
    title: 'Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning',
    authors: 'Williams',
    year: 1992,
    url: 'https://doi.org/10.1007/BF00992696',
  },
  capabilities: onPolicy,
  defaults: reinforceDefaults,
  create: createReinforce,
});

const a2c = defineLearner({
  kind: 'control',
  summary: 'Advantage actor-critic: one gradient step per short roll-out of many copies.',
  reference: {
    title: 'Asynchronous Methods for Deep Reinforcement Learning',
    authors: 'Mnih, Badia, Mirza, Graves, Lillicrap, Harley, Silver, Kavukcuoglu',
    year: 2016,
    url: 'https://arxiv.org/abs/1602.01783',
  },
  capabilities: onPolicy,
  defaults: a2cDefaults,
  create: createA2c,
});

const ppo = defineLearner({
  kind: 'control',
  summary: 'Proximal policy optimisation: several epochs of clipped policy gradient per roll-out.',
  reference: {
    title: 'Proximal Policy Optimization Algorithms',
    authors: 'Schulman, Wolski, Dhariwal, Radford, Klimov',
    year: 2017,
    url: 'https://arxiv.org/abs/1707.06347',
  },
  capabilities: onPolicy,
  defaults: ppoDefaults,
  create: createPpo,
});

const trpo = defineLearner({
  kind: 'control',
  summary: 'Trust-region policy optimisation: natural gradient steps of bounded divergence.',
  reference: {
    title: 'Trust Region Policy Optimization',
    authors: 'Schulman, Levine, Moritz, Jordan, Abbeel',
    year: 2015,
    url: 'https://arxiv.org/abs/1502.05477',
  },
  capabilities: { ...onPolicy, gradientOrder: 2 },
  defaults: trpoDefaults,
  create: createTrpo,
});

/** Single-task reinforcement learning: baselines, and parts for the learners of other packages. */
export const rlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/rl',
  version: VERSION,
  learners: { reinforce, a2c, ppo, trpo, ...offPolicyLearners },
});
