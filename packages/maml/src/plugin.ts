import { type Capabilities, defineLearner, definePlugin } from '@tasklearn/core';
import { createFineTuning, fineTuningDefaults } from './fine-tuning.js';
import { createFromScratch, fromScratchDefaults } from './from-scratch.js';
import { createMaml } from './maml.js';
import { type MamlOptions, mamlDefaults } from './maml-options.js';
import { createReptile, reptileDefaults } from './reptile.js';
import { VERSION } from './version.js';

const capabilities: Capabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 2,
  deterministic: true,
  permutationInvariant: true,
  variableShots: true,
  variableWays: false,
  transductive: true,
  consistent: 'yes',
  uncertainty: 'none',
};

const maml = defineLearner({
  kind: 'episodic',
  summary: 'Learns an initialisation from which a few gradient steps suffice (MAML).',
  reference: {
    title: 'Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks',
    authors: 'Finn, Abbeel, Levine',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.03400',
  },
  capabilities,
  defaults: mamlDefaults,
  create: createMaml,
});

const fomaml = defineLearner<MamlOptions>({
  ...maml,
  summary: 'MAML without second derivatives: inner gradients are taken for constants.',
  capabilities: { ...capabilities, gradientOrder: 1 },
  defaults: { ...mamlDefaults, order: 'first' },
  create: createMaml,
});

const anil = defineLearner<MamlOptions>({
  ...maml,
  summary: 'MAML whose inner loop adapts the last layer only.',
  reference: {
    title: 'Rapid Learning or Feature Reuse? Towards Understanding the Effectiveness of MAML',
    authors: 'Raghu, Raghu, Bengio, Vinyals',
    year: 2020,
    url: 'https://arxiv.org/abs/1909.09157',
  },
  capabilities: { ...capabilities, consistent: 'conditionally' },
  defaults: { ...mamlDefaults, adapted: 'head' },
  create: createMaml,
});

const metaSgd = defineLearner<MamlOptions>({
  ...maml,
  summary: 'MAML that also learns the inner rate of every parameter, sign included.',
  reference: {
    title: 'Meta-SGD: Learning to Learn Quickly for Few-Shot Learning',
    authors: 'Li, Zhou, Chen, Li',
    year: 2017,
    url: 'https://arxiv.org/abs/1707.09835',
  },
  defaults: { ...mamlDefaults, learnedRates: 'parameter', testSteps: 1 },
  create: createMaml,
});

const reptile = defineLearner({
  kind: 'episodic',
  summary: 'Moves the initialisation toward what each task makes of it; first derivatives only.',
  reference: {
    title: 'On First-Order Meta-Learning Algorithms',
    authors: 'Nichol, Achiam, Schulman',
    year: 2018,
    url: 'https://arxiv.org/abs/1803.02999',
  },
  capabilities: { ...capabilities, gradientOrder: 1 },
  defaults: reptileDefaults,
  create: createReptile,
});

const fineTuning = defineLearner({
  kind: 'episodic',
  summary:
    'Baseline: pre-trains one network on all meta-training data, then fine-tunes it on the support set.',
  reference: {
    title: 'Universal Language Model Fine-tuning for Text Classification',
    authors: 'Howard, Ruder',
    year: 2018,
    url: 'https://arxiv.org/abs/1801.06146',
  },
  capabilities: { ...capabilities, gradientOrder: 1, variableWays: true },
  defaults: fineTuningDefaults,
  create: createFineTuning,
});

const fromScratch = defineLearner({
  kind: 'episodic',
  summary: 'Baseline: trains on the support set from random weights.',
  reference: {
    title: 'Learning representations by back-propagating errors',
    authors: 'Rumelhart, Hinton, Williams',
    year: 1986,
    url: 'https://doi.org/10.1038/323533a0',
  },
  capabilities: { ...capabilities, gradientOrder: 1 },
  defaults: fromScratchDefaults,
  create: createFromScratch,
});

/** MAML and its relatives, with the two baselines that learn by gradient descent. */
export const mamlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/maml',
  version: VERSION,
  learners: {
    maml,
    fomaml,
    anil,
    'meta-sgd': metaSgd,
    reptile,
    'fine-tuning': fineTuning,
    'from-scratch': fromScratch,
  },
});
