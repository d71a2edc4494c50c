import { type ControlCapabilities, defineLearner } from '@tasklearn/core';
import { createDqn, dqnDefaults } from './dqn.js';
import {
  behaviourCloningDefaults,
  createBehaviourCloning,
  createDagger,
  daggerDefaults,
} from './imitation.js';
import { createSac, sacDefaults } from './sac.js';
import { createSoftQ, softQDefaults } from './soft-q.js';
import { createDdpg, createTd3, ddpgDefaults, td3Defaults } from './td3.js';

const offPolicy: ControlCapabilities = {
  actions: ['discrete', 'continuous'],
  gradientOrder: 1,
  deterministic: true,
  adapts: 'none',
  offPolicy: true,
  needs: [],
  consistent: 'no',
};

const dqn = defineLearner({
  kind: 'control',
  summary: 'Deep Q-learning for discrete actions: double, dueling, prioritised, n-step, in hindsight.',
  reference: {
    title: 'Human-level control through deep reinforcement learning',
    authors: 'Mnih, Kavukcuoglu, Silver et al.',
    year: 2015,
    url: 'https://doi.org/10.1038/nature14236',
  },
  capabilities: { ...offPolicy, actions: ['discrete'] },
  defaults: dqnDefaults,
  create: createDqn,
});

const ddpg = defineLearner({
  kind: 'control',
  summary: 'Deterministic actor and one critic for continuous actions (DDPG).',
  reference: {
    title: 'Continuous Control with Deep Reinforcement Learning',
    authors: 'Lillicrap, Hunt, Pritzel, Heess, Erez, Tassa, Silver, Wierstra',
    year: 2016,
    url: 'https://arxiv.org/abs/1509.02971',
  },
  capabilities: { ...offPolicy, actions: ['continuous'] },
  defaults: ddpgDefaults,
  create: createDdpg,
});

const td3 = defineLearner({
  kind: 'control',
  summary: 'Deterministic actor, twin critics, smoothed targets, delayed updates (TD3).',
  reference: {
    title: 'Addressing Function Approximation Error in Actor-Critic Methods',
    authors: 'Fujimoto, van Hoof, Meger',
    year: 2018,
    url: 'https://arxiv.org/abs/1802.09477',
  },
  capabilities: { ...offPolicy, actions: ['continuous'] },
  defaults: td3Defaults,
  create: createTd3,
});

const sac = defineLearner({
  kind: 'control',
  summary: 'Soft actor-critic: stochastic actor, twin critics, automatic temperature.',
  reference: {
    title: 'Soft Actor-Critic Algorithms and Applications',
    authors: 'Haarnoja, Zhou, Hartikainen, Tucker, Ha, Tan, Kumar, Zhu, Gupta, Abbeel, Levine',
    year: 2018,
    url: 'https://arxiv.org/abs/1812.05905',
  },
  capabilities: offPolicy,
  defaults: sacDefaults,
  create: createSac,
});

const softQ = defineLearner({
  kind: 'control',
  summary: 'Soft Q-learning: acts in proportion to exp(Q/α).',
  reference: {
    title: 'Reinforcement Learning with Deep Energy-Based Policies',
    authors: 'Haarnoja, Tang, Abbeel, Levine',
    year: 2017,
    url: 'https://arxiv.org/abs/1702.08165',
  },
  capabilities: offPolicy,
  defaults: softQDefaults,
  create: createSoftQ,
});

const behaviourCloning = defineLearner({
  kind: 'control',
  summary: 'Maximum likelihood of an expert’s actions in the states that the expert visits.',
  reference: {
    title: 'ALVINN: An Autonomous Land Vehicle in a Neural Network',
    authors: 'Pomerleau',
    year: 1988,
    url: 'https://proceedings.neurips.cc/paper/1988/hash/812b4ba287f5ee0bc9d43bbf5bbe87fb-Abstract.html',
  },
  capabilities: offPolicy,
  defaults: behaviourCloningDefaults,
  create: createBehaviourCloning,
});

const dagger = defineLearner({
  kind: 'control',
  summary: 'Maximum likelihood of an expert’s actions in the states that the learner visits (DAgger).',
  reference: {
    title: 'A Reduction of Imitation Learning and Structured Prediction to No-Regret Online Learning',
    authors: 'Ross, Gordon, Bagnell',
    year: 2011,
    url: 'https://arxiv.org/abs/1011.0686',
  },
  capabilities: offPolicy,
  defaults: daggerDefaults,
  create: createDagger,
});

/** The off-policy learners, and those that imitate. */
export const offPolicyLearners = {
  dqn,
  ddpg,
  td3,
  sac,
  'soft-q': softQ,
  'behaviour-cloning': behaviourCloning,
  dagger,
} as const;
