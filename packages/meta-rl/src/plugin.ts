import { type ControlCapabilities, defineLearner, definePlugin } from '@tasklearn/core';
import {
  bayesFilterDefaults,
  createBayesFilter,
  createExactPosteriorSampling,
  type ExactBeliefOptions,
  exactPosteriorSamplingDefaults,
} from './belief/exact-belief.js';
import { createDream } from './dream/dream.js';
import { dreamDefaults } from './dream/dream-options.js';
import { createMamlRl, createMamlTrpo, createPromp } from './maml/maml.js';
import { type MamlRlOptions, mamlRlDefaults, mamlTrpoDefaults, prompDefaults } from './maml/maml-options.js';
import { createPearl, createPosteriorSampling } from './pearl/pearl.js';
import { type PearlOptions, pearlDefaults, posteriorSamplingDefaults } from './pearl/pearl-options.js';
import { createRl2 } from './rl2/rl2.js';
import { type Rl2Options, rl2Defaults } from './rl2/rl2-options.js';
import { VERSION } from './version.js';

const memory: ControlCapabilities = {
  actions: ['discrete', 'continuous'],
  gradientOrder: 1,
  deterministic: true,
  adapts: 'memory',
  offPolicy: false,
  needs: [],
  consistent: 'no',
};

const rl2 = defineLearner({
  kind: 'control',
  summary: 'A policy with memory, trained on whole trials: its memory becomes the learning algorithm (RL²).',
  reference: {
    title: 'RL²: Fast Reinforcement Learning via Slow Reinforcement Learning',
    authors: 'Duan, Schulman, Chen, Bartlett, Sutskever, Abbeel',
    year: 2016,
    url: 'https://arxiv.org/abs/1611.02779',
  },
  capabilities: memory,
  defaults: rl2Defaults,
  create: createRl2,
});

const eRl2 = defineLearner<Rl2Options>({
  ...rl2,
  summary: 'RL² whose exploration episodes are free: what they earn is seen, but not counted (E-RL²).',
  reference: {
    title: 'Some Considerations on Learning to Explore via Meta-Reinforcement Learning',
    authors: 'Stadie, Yang, Houthooft, Chen, Duan, Wu, Abbeel, Sutskever',
    year: 2018,
    url: 'https://arxiv.org/abs/1803.01118',
  },
  defaults: { ...rl2Defaults, exploreRewardWeight: 0 },
  create: createRl2,
});

const dream = defineLearner({
  kind: 'control',
  summary:
    'Learns execution from the known problem and exploration from what tells the problem, apart (DREAM).',
  reference: {
    title: 'Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without Sacrifices',
    authors: 'Liu, Raghunathan, Liang, Finn',
    year: 2021,
    url: 'https://arxiv.org/abs/2008.02790',
  },
  capabilities: {
    ...memory,
    actions: ['discrete'],
    adapts: 'belief',
    offPolicy: true,
    needs: ['taskIdentity'],
  },
  defaults: dreamDefaults,
  create: createDream,
});

const gradient: ControlCapabilities = {
  ...memory,
  gradientOrder: 2,
  adapts: 'gradient',
  consistent: 'yes',
};

const mamlTrpo = defineLearner({
  kind: 'control',
  summary: 'An initial policy from which a few steps of policy gradient suffice, found by TRPO (MAML).',
  reference: {
    title: 'Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks',
    authors: 'Finn, Abbeel, Levine',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.03400',
  },
  capabilities: gradient,
  defaults: mamlTrpoDefaults,
  create: createMamlTrpo,
});

const mamlAdam = defineLearner<MamlRlOptions>({
  ...mamlTrpo,
  summary: 'MAML for reinforcement learning with Adam outside: one step per update, or clipped epochs.',
  defaults: mamlRlDefaults,
  create: createMamlRl,
});

const promp = defineLearner<MamlRlOptions>({
  ...mamlTrpo,
  summary: 'MAML with right credit for the policy before adaptation and clipped outer epochs (ProMP).',
  reference: {
    title: 'ProMP: Proximal Meta-Policy Search',
    authors: 'Rothfuss, Lee, Clavera, Asfour, Abbeel',
    year: 2019,
    url: 'https://arxiv.org/abs/1810.06784',
  },
  defaults: prompDefaults,
  create: createPromp,
});

const pearl = defineLearner({
  kind: 'control',
  summary:
    'Soft actor-critic on a latent task, inferred from what was seen and drawn for each episode (PEARL).',
  reference: {
    title: 'Efficient Off-Policy Meta-Reinforcement Learning via Probabilistic Context Variables',
    authors: 'Rakelly, Zhou, Quillen, Finn, Levine',
    year: 2019,
    url: 'https://arxiv.org/abs/1903.08254',
  },
  capabilities: { ...memory, actions: ['continuous'], adapts: 'belief', offPolicy: true },
  defaults: pearlDefaults,
  create: createPearl,
});

const posteriorSampling = defineLearner<PearlOptions>({
  ...pearl,
  summary: 'Double Q-learning on a latent task, inferred from what was seen and drawn for each episode.',
  capabilities: { ...pearl.capabilities, actions: ['discrete'] },
  defaults: posteriorSamplingDefaults,
  create: createPosteriorSampling,
});

const exactPosteriorSampling = defineLearner({
  kind: 'control',
  summary: 'Baseline: exact beliefs over known models; one drawn for each episode and followed (Thompson).',
  reference: {
    title: 'A Bayesian Framework for Reinforcement Learning',
    authors: 'Strens',
    year: 2000,
    url: 'https://dl.acm.org/doi/10.5555/645529.658114',
  },
  capabilities: {
    ...memory,
    actions: ['discrete'],
    gradientOrder: 0,
    adapts: 'belief',
    needs: ['finiteStates', 'taskIdentity'],
  },
  defaults: exactPosteriorSamplingDefaults,
  create: createExactPosteriorSampling,
});

const bayesFilter = defineLearner<ExactBeliefOptions>({
  ...exactPosteriorSampling,
  summary: 'Baseline: exact beliefs over known models, acting by the mean of their optimal values (Q-MDP).',
  reference: {
    title: 'Learning policies for partially observable environments: Scaling up',
    authors: 'Littman, Cassandra, Kaelbling',
    year: 1995,
    url: 'https://doi.org/10.1016/B978-1-55860-377-6.50052-9',
  },
  defaults: bayesFilterDefaults,
  create: createBayesFilter,
});

/** Meta-reinforcement learning. */
export const metaRlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/meta-rl',
  version: VERSION,
  learners: {
    rl2,
    'e-rl2': eRl2,
    'maml-trpo': mamlTrpo,
    maml: mamlAdam,
    promp,
    pearl,
    'posterior-sampling': posteriorSampling,
    'exact-posterior-sampling': exactPosteriorSampling,
    'bayes-filter': bayesFilter,
    dream,
  },
});
