import { defineLearner, definePlugin, type Reference } from '@tasklearn/core';
import { capabilitiesOf } from './learners/capabilities.js';
import {
  createGcbc,
  createGcsl,
  createHerDdpg,
  createHerDqn,
  createHerSac,
  createHerTd3,
  gcbcDefaults,
  gcslDefaults,
  herDeterministicDefaults,
  herDqnDefaults,
  herSacDefaults,
} from './learners/hindsight-presets.js';
import {
  createMultiTaskDqn,
  createMultiTaskSac,
  multiTaskDqnDefaults,
  multiTaskSacDefaults,
} from './learners/multi-task-presets.js';
import {
  createDiayn,
  createStateMarginalMatching,
  diaynDefaults,
  stateMarginalMatchingDefaults,
} from './learners/unsupervised-presets.js';
import { createPlayLmp } from './play/play-lmp.js';
import { playLmpDefaults } from './play/play-lmp-options.js';
import {
  exactDiayn,
  exactDiaynDefaults,
  exactStateMarginalMatching,
  exactStateMarginalMatchingDefaults,
} from './tabular/tabular-learner.js';
import { VERSION } from './version.js';

const hindsight: Reference = {
  title: 'Hindsight Experience Replay',
  authors: 'Andrychowicz, Wolski, Ray, Schneider, Fong, Welinder, McGrew, Tobin, Abbeel, Zaremba',
  year: 2017,
  url: 'https://arxiv.org/abs/1707.01495',
};
const generalizedHindsight: Reference = {
  title: 'Generalized Hindsight for Reinforcement Learning',
  authors: 'Li, Pinto, Abbeel',
  year: 2020,
  url: 'https://arxiv.org/abs/2002.11708',
};
const play: Reference = {
  title: 'Learning Latent Plans from Play',
  authors: 'Lynch, Khansari, Xiao, Kumar, Tompson, Levine, Sermanet',
  year: 2019,
  url: 'https://arxiv.org/abs/1903.01973',
};
const matching: Reference = {
  title: 'Efficient Exploration via State Marginal Matching',
  authors: 'Lee, Eysenbach, Parisotto, Xing, Levine, Salakhutdinov',
  year: 2019,
  url: 'https://arxiv.org/abs/1906.05274',
};
const diversity: Reference = {
  title: 'Diversity is All You Need: Learning Skills without a Reward Function',
  authors: 'Eysenbach, Gupta, Ibarz, Levine',
  year: 2019,
  url: 'https://arxiv.org/abs/1802.06070',
};

const learners = {
  'her-dqn': defineLearner({
    kind: 'control',
    summary: 'Deep Q-learning with goals relabelled in hindsight.',
    reference: hindsight,
    capabilities: capabilitiesOf('her-dqn'),
    defaults: herDqnDefaults,
    create: createHerDqn,
  }),
  'her-ddpg': defineLearner({
    kind: 'control',
    summary: 'Deep deterministic policy gradients with goals relabelled in hindsight.',
    reference: hindsight,
    capabilities: capabilitiesOf('her-ddpg'),
    defaults: herDeterministicDefaults,
    create: createHerDdpg,
  }),
  'her-td3': defineLearner({
    kind: 'control',
    summary: 'Twin delayed deterministic policy gradients with goals relabelled in hindsight.',
    reference: hindsight,
    capabilities: capabilitiesOf('her-td3'),
    defaults: herDeterministicDefaults,
    create: createHerTd3,
  }),
  'her-sac': defineLearner({
    kind: 'control',
    summary: 'Soft actor-critic with goals relabelled in hindsight.',
    reference: hindsight,
    capabilities: capabilitiesOf('her-sac'),
    defaults: herSacDefaults,
    create: createHerSac,
  }),
  gcsl: defineLearner({
    kind: 'control',
    summary:
      'Goal-conditioned imitation of its own trajectories, each an example of how to reach where it went.',
    reference: {
      title: 'Learning to Reach Goals via Iterated Supervised Learning',
      authors: 'Ghosh, Gupta, Reddy, Fu, Devin, Eysenbach, Levine',
      year: 2021,
      url: 'https://arxiv.org/abs/1912.06088',
    },
    capabilities: capabilitiesOf('gcsl'),
    defaults: gcslDefaults,
    create: createGcsl,
  }),
  gcbc: defineLearner({
    kind: 'control',
    summary: 'Goal-conditioned behaviour cloning of the play of a reference policy.',
    reference: play,
    capabilities: capabilitiesOf('gcbc'),
    defaults: gcbcDefaults,
    create: createGcbc,
  }),
  'play-lmp': defineLearner({
    kind: 'control',
    summary: 'Goal-conditioned imitation of play with latent plans for what a goal leaves open.',
    reference: play,
    capabilities: capabilitiesOf('play-lmp'),
    defaults: playLmpDefaults,
    create: createPlayLmp,
  }),
  'multi-task-dqn': defineLearner({
    kind: 'control',
    summary: 'One Q-network for finitely many tasks: a buffer for each, and experience shared between them.',
    reference: generalizedHindsight,
    capabilities: capabilitiesOf('multi-task-dqn'),
    defaults: multiTaskDqnDefaults,
    create: createMultiTaskDqn,
  }),
  'multi-task-sac': defineLearner({
    kind: 'control',
    summary:
      'One soft actor-critic for finitely many tasks: a buffer for each, and experience shared between them.',
    reference: generalizedHindsight,
    capabilities: capabilitiesOf('multi-task-sac'),
    defaults: multiTaskSacDefaults,
    create: createMultiTaskSac,
  }),
  'state-marginal-matching': defineLearner({
    kind: 'control',
    summary: 'Covers the state space: rewards what all policies so far have seldom visited.',
    reference: matching,
    capabilities: capabilitiesOf('state-marginal-matching'),
    defaults: stateMarginalMatchingDefaults,
    create: createStateMarginalMatching,
  }),
  diayn: defineLearner({
    kind: 'control',
    summary:
      'Discovers skills without a reward: each goes where a discriminator can tell it from the others.',
    reference: diversity,
    capabilities: capabilitiesOf('diayn'),
    defaults: diaynDefaults,
    create: createDiayn,
  }),
  'exact-state-marginal-matching': defineLearner({
    kind: 'control',
    summary: 'Oracle: state marginal matching with exact best responses in a finite world.',
    reference: matching,
    capabilities: capabilitiesOf('exact-state-marginal-matching'),
    defaults: exactStateMarginalMatchingDefaults,
    create: exactStateMarginalMatching,
  }),
  'exact-diayn': defineLearner({
    kind: 'control',
    summary:
      'Oracle: skill discovery with exact soft best responses and a Bayes discriminator in a finite world.',
    reference: diversity,
    capabilities: capabilitiesOf('exact-diayn'),
    defaults: exactDiaynDefaults,
    create: exactDiayn,
  }),
};

/** Multi-task, goal-conditioned and reward-free reinforcement learning. */
export const goalRlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/goal-rl',
  version: VERSION,
  learners,
});
