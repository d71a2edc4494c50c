import {
  defineLearner,
  definePlugin,
  type Reference,
  type StreamLearnerDescriptor,
  type SupervisedCapabilities,
} from '@tasklearn/core';
import { createMoca, mocaDefaults } from './change-points/create-moca.js';
import {
  createExperienceReplay,
  createFollowTheLeader,
  createFromScratch,
  createIndependent,
  createMultimodal,
  createOnlineSgd,
  followTheLeaderDefaults,
  independentDefaults,
  onlineSgdDefaults,
  replayDefaults,
} from './create-learners.js';
import {
  averagedGemDefaults,
  createAveragedGem,
  createEwc,
  createGem,
  createLearningWithoutForgetting,
  createSynapticIntelligence,
  ewcDefaults,
  gemDefaults,
  lwfDefaults,
  synapticIntelligenceDefaults,
} from './create-protected-learners.js';
import { createIcarl, icarlDefaults } from './icarl/create-icarl.js';
import { lifelongDefaults } from './lifelong-options.js';
import { createAnml, createOml, omlDefaults } from './meta/create-online-aware.js';
import { createPretrainAndTransfer, pretrainedDefaults } from './meta/create-pretrained.js';
import { createFollowTheMetaLeader, followTheMetaLeaderDefaults } from './meta/follow-the-meta-leader.js';
import { createMole, moleDefaults } from './mixture/create-mole.js';
import { VERSION } from './version.js';

const capabilities: SupervisedCapabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 1,
  deterministic: true,
  uncertainty: 'output',
};

const gem: Reference = {
  title: 'Gradient Episodic Memory for Continual Learning',
  authors: 'Lopez-Paz, Ranzato',
  year: 2017,
  url: 'https://arxiv.org/abs/1706.08840',
};

const online: Reference = {
  title: 'Online Learning and Online Convex Optimization',
  authors: 'Shalev-Shwartz',
  year: 2012,
  url: 'https://doi.org/10.1561/2200000018',
};

function learner<Options extends object>(
  summary: string,
  reference: Reference,
  defaults: Options,
  create: StreamLearnerDescriptor<Options>['create'],
): StreamLearnerDescriptor<Options> {
  return defineLearner({ kind: 'stream', summary, reference, capabilities, defaults, create });
}

/** Learners of streams: baselines, rehearsal, and protection of what was learnt. */
export const lifelongPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/lifelong',
  version: VERSION,
  learners: {
    'online-sgd': learner(
      'Baseline: fine-tuning on whatever arrives.',
      online,
      onlineSgdDefaults,
      createOnlineSgd,
    ),
    'follow-the-leader': learner(
      'Keeps and trains on everything; with passes from first weights, the joint oracle.',
      online,
      followTheLeaderDefaults,
      createFollowTheLeader,
    ),
    independent: learner('Baseline: a network for each task.', gem, independentDefaults, createIndependent),
    multimodal: learner(
      'Baseline: an input layer for each task, the rest shared.',
      gem,
      lifelongDefaults,
      createMultimodal,
    ),
    'from-scratch': learner(
      'Baseline: starts again with every task.',
      gem,
      lifelongDefaults,
      createFromScratch,
    ),
    'experience-replay': learner(
      'Trains on new items beside some of those kept.',
      {
        title: 'On Tiny Episodic Memories in Continual Learning',
        authors: 'Chaudhry et al.',
        year: 2019,
        url: 'https://arxiv.org/abs/1902.10486',
      },
      replayDefaults,
      createExperienceReplay,
    ),
    ewc: learner(
      'Elastic weight consolidation, online, with the true Fisher information.',
      {
        title: 'Overcoming catastrophic forgetting in neural networks',
        authors: 'Kirkpatrick et al.',
        year: 2017,
        url: 'https://arxiv.org/abs/1612.00796',
      },
      ewcDefaults,
      createEwc,
    ),
    'synaptic-intelligence': learner(
      'Holds parameters by what they contributed along the way.',
      {
        title: 'Continual Learning Through Synaptic Intelligence',
        authors: 'Zenke, Poole, Ganguli',
        year: 2017,
        url: 'https://arxiv.org/abs/1703.04200',
      },
      synapticIntelligenceDefaults,
      createSynapticIntelligence,
    ),
    'learning-without-forgetting': learner(
      "Keeps the old network's answers to new inputs.",
      {
        title: 'Learning without Forgetting',
        authors: 'Li, Hoiem',
        year: 2016,
        url: 'https://arxiv.org/abs/1606.09282',
      },
      lwfDefaults,
      createLearningWithoutForgetting,
    ),
    gem: learner(
      'Projects gradients so that the loss on no memory rises (GEM).',
      gem,
      gemDefaults,
      createGem,
    ),
    'a-gem': learner(
      'Projects gradients so that the average loss on memories does not rise (A-GEM).',
      {
        title: 'Efficient Lifelong Learning with A-GEM',
        authors: 'Chaudhry, Ranzato, Rohrbach, Elhoseiny',
        year: 2019,
        url: 'https://arxiv.org/abs/1812.00420',
      },
      averagedGemDefaults,
      createAveragedGem,
    ),
    icarl: defineLearner({
      kind: 'stream',
      summary: 'Nearest mean of exemplars chosen by herding, features kept by distillation (iCaRL).',
      reference: {
        title: 'iCaRL: Incremental Classifier and Representation Learning',
        authors: 'Rebuffi, Kolesnikov, Sperl, Lampert',
        year: 2017,
        url: 'https://arxiv.org/abs/1611.07725',
      },
      capabilities: { ...capabilities, targets: ['classification'] },
      defaults: icarlDefaults,
      create: createIcarl,
    }),
    'pretrain-and-transfer': defineLearner({
      kind: 'stream',
      summary:
        'Baseline: trained on other lifetimes, shuffled, then fine-tuned on the stream; may hold activity down (SR-NN).',
      reference: {
        title: 'Meta-Learning Representations for Continual Learning',
        authors: 'Javed, White',
        year: 2019,
        url: 'https://arxiv.org/abs/1905.12588',
      },
      capabilities: { ...capabilities, targets: ['classification'] },
      defaults: pretrainedDefaults,
      create: createPretrainAndTransfer,
    }),
    oml: defineLearner({
      kind: 'stream',
      summary: 'A representation meta-learned so that online learning does not interfere with itself (OML).',
      reference: {
        title: 'Meta-Learning Representations for Continual Learning',
        authors: 'Javed, White',
        year: 2019,
        url: 'https://arxiv.org/abs/1905.12588',
      },
      capabilities: { ...capabilities, targets: ['classification'], gradientOrder: 2 },
      defaults: omlDefaults,
      create: createOml,
    }),
    anml: defineLearner({
      kind: 'stream',
      summary: 'OML with features gated by a second meta-learned network (ANML).',
      reference: {
        title: 'Learning to Continually Learn',
        authors: 'Beaulieu et al.',
        year: 2020,
        url: 'https://arxiv.org/abs/2002.09571',
      },
      capabilities: { ...capabilities, targets: ['classification'], gradientOrder: 2 },
      defaults: omlDefaults,
      create: createAnml,
    }),
    'follow-the-meta-leader': defineLearner({
      kind: 'stream',
      summary: 'Gets faster at learning tasks the more it has met: online meta-learning (FTML).',
      reference: {
        title: 'Online Meta-Learning',
        authors: 'Finn, Rajeswaran, Kakade, Levine',
        year: 2019,
        url: 'https://arxiv.org/abs/1902.08438',
      },
      capabilities: { ...capabilities, gradientOrder: 2 },
      defaults: followTheMetaLeaderDefaults,
      create: createFollowTheMetaLeader,
    }),
    mole: learner(
      'A network for every task it believes to have met, begun at a meta-learned one; recalls tasks that return (MOLe).',
      {
        title: 'Deep Online Learning via Meta-Learning: Continual Adaptation for Model-Based RL',
        authors: 'Nagabandi, Finn, Levine',
        year: 2019,
        url: 'https://arxiv.org/abs/1812.07671',
      },
      moleDefaults,
      createMole,
    ),
    moca: learner(
      'Learns to predict streams whose changes nobody announces: meta-learned features, exact posteriors, change-point detection.',
      {
        title: 'Continuous Meta-Learning without Tasks',
        authors: 'Harrison, Sharma, Finn, Pavone',
        year: 2020,
        url: 'https://arxiv.org/abs/1912.08866',
      },
      mocaDefaults,
      createMoca,
    ),
  },
});
