import {
  defineLearner,
  definePlugin,
  type JointLearnerDescriptor,
  type Reference,
  type SupervisedCapabilities,
} from '@tasklearn/core';
import { createGrouped, groupedDefaults } from './create-grouped.js';
import {
  conditionedDefaults,
  createAttention,
  createConditioned,
  createCrossStitch,
  createIndependent,
  createMixtureOfExperts,
  createPooled,
  createSharedBottom,
  createSoftSharing,
  crossStitchDefaults,
  expertsDefaults,
  sharedBottomDefaults,
  softSharingDefaults,
} from './create-learners.js';
import { multiTaskDefaults } from './multi-task-options.js';
import { VERSION } from './version.js';

const capabilities: SupervisedCapabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 1,
  deterministic: true,
  uncertainty: 'output',
};

const caruana: Reference = {
  title: 'Multitask Learning',
  authors: 'Caruana',
  year: 1997,
  url: 'https://doi.org/10.1023/A:1007379606734',
};

function learner<Options extends object>(
  summary: string,
  reference: Reference,
  defaults: Options,
  create: JointLearnerDescriptor<Options>['create'],
): JointLearnerDescriptor<Options> {
  return defineLearner({ kind: 'joint', summary, reference, capabilities, defaults, create });
}

/** Multi-task learners; the way tasks are combined is an option of each. */
export const multitaskPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/multitask',
  version: VERSION,
  learners: {
    independent: learner(
      'Baseline: a network for each task, nothing shared.',
      caruana,
      multiTaskDefaults,
      createIndependent,
    ),
    pooled: learner(
      'Baseline: one network for all tasks, not told which it is at.',
      caruana,
      multiTaskDefaults,
      createPooled,
    ),
    'shared-bottom': learner(
      'A trunk that all tasks share, a head for each.',
      caruana,
      sharedBottomDefaults,
      createSharedBottom,
    ),
    grouped: learner(
      'A trunk for each group of tasks, a head for each task.',
      caruana,
      groupedDefaults,
      createGrouped,
    ),
    conditioned: learner(
      'One network that is told the task by concatenation, addition, multiplication or FiLM.',
      {
        title: 'FiLM: Visual Reasoning with a General Conditioning Layer',
        authors: 'Perez, Strub, de Vries, Dumoulin, Courville',
        year: 2018,
        url: 'https://arxiv.org/abs/1709.07871',
      },
      conditionedDefaults,
      createConditioned,
    ),
    'soft-sharing': learner(
      'A network for each task, pulled together by a penalty on their distances.',
      {
        title: 'Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in a Neural Network Parser',
        authors: 'Duong, Cohn, Bird, Cook',
        year: 2015,
        url: 'https://doi.org/10.3115/v1/P15-2139',
      },
      softSharingDefaults,
      createSoftSharing,
    ),
    'cross-stitch': learner(
      'A column of layers for each task, mixed after every layer.',
      {
        title: 'Cross-Stitch Networks for Multi-Task Learning',
        authors: 'Misra, Shrivastava, Gupta, Hebert',
        year: 2016,
        url: 'https://arxiv.org/abs/1604.03539',
      },
      crossStitchDefaults,
      createCrossStitch,
    ),
    'mixture-of-experts': learner(
      'Experts that all tasks share, a gate for each task (MMoE).',
      {
        title: 'Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts',
        authors: 'Ma, Zhao, Yi, Chen, Hong, Chi',
        year: 2018,
        url: 'https://doi.org/10.1145/3219819.3220007',
      },
      expertsDefaults,
      createMixtureOfExperts,
    ),
    attention: learner(
      'A shared trunk from which each task selects by masks of its own (MTAN).',
      {
        title: 'End-to-End Multi-Task Learning with Attention',
        authors: 'Liu, Johns, Davison',
        year: 2019,
        url: 'https://arxiv.org/abs/1803.10704',
      },
      multiTaskDefaults,
      createAttention,
    ),
  },
});
