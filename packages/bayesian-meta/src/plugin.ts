import {
  type Capabilities,
  defineLearner,
  definePlugin,
  type EpisodicLearnerDescriptor,
  type Reference,
} from '@tasklearn/core';
import {
  alpacaDefaults,
  createAlpaca,
  createNeuralProcess,
  createVersa,
  latentDefaults,
  versaDefaults,
} from './create-amortised-learners.js';
import {
  amortisedDefaults,
  bayesianMamlDefaults,
  createAmortisedBayesian,
  createBayesianMaml,
  createLaplaceMaml,
  createMamlEnsemble,
  createMetaRegularisedMaml,
  createPlatipus,
  ensembleDefaults,
  laplaceDefaults,
  metaRegularisedDefaults,
  platipusDefaults,
} from './create-gradient-learners.js';
import { VERSION } from './version.js';

const byGradient: Capabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 2,
  deterministic: true,
  permutationInvariant: true,
  variableShots: true,
  variableWays: false,
  transductive: false,
  consistent: 'conditionally',
  uncertainty: 'function',
};
const byEncoder: Capabilities = { ...byGradient, gradientOrder: 1, consistent: 'no' };

function learner<Options extends object>(
  summary: string,
  reference: Reference,
  capabilities: Capabilities,
  defaults: Options,
  create: EpisodicLearnerDescriptor<Options>['create'],
): EpisodicLearnerDescriptor<Options> {
  return defineLearner({ kind: 'episodic', summary, reference, capabilities, defaults, create });
}

/** Learners whose predictions come from a distribution over functions. */
export const bayesianMetaPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/bayesian-meta',
  version: VERSION,
  learners: {
    alpaca: learner(
      'Bayesian linear regression on learned features, adapted in closed form (ALPaCA).',
      {
        title: 'Meta-Learning Priors for Efficient Online Bayesian Regression',
        authors: 'Harrison, Sharma, Pavone',
        year: 2018,
        url: 'https://arxiv.org/abs/1807.08912',
      },
      { ...byEncoder, targets: ['regression'] },
      alpacaDefaults,
      createAlpaca,
    ),
    'maml-ensemble': learner(
      'Several MAML learners, their predictions averaged.',
      {
        title: 'Bayesian Model-Agnostic Meta-Learning',
        authors: 'Yoon, Kim, Dia, Kim, Bengio, Ahn',
        year: 2018,
        url: 'https://arxiv.org/abs/1806.03836',
      },
      byGradient,
      ensembleDefaults,
      createMamlEnsemble,
    ),
    'bayesian-maml': learner(
      "Particles that Stein variational gradient descent moves to a task's posterior (BMAML).",
      {
        title: 'Bayesian Model-Agnostic Meta-Learning',
        authors: 'Yoon, Kim, Dia, Kim, Bengio, Ahn',
        year: 2018,
        url: 'https://arxiv.org/abs/1806.03836',
      },
      byGradient,
      bayesianMamlDefaults,
      createBayesianMaml,
    ),
    platipus: learner(
      'MAML from a distribution over starting points (PLATIPUS).',
      {
        title: 'Probabilistic Model-Agnostic Meta-Learning',
        authors: 'Finn, Xu, Levine',
        year: 2018,
        url: 'https://arxiv.org/abs/1806.02817',
      },
      byGradient,
      platipusDefaults,
      createPlatipus,
    ),
    'amortised-bayesian': learner(
      'A Gaussian over weights per task, by gradient steps on its variational bound (ABML).',
      {
        title: 'Amortized Bayesian Meta-Learning',
        authors: 'Ravi, Beatson',
        year: 2019,
        url: 'https://openreview.net/forum?id=rkgpy3C5tX',
      },
      byGradient,
      amortisedDefaults,
      createAmortisedBayesian,
    ),
    'laplace-maml': learner(
      "MAML with a Gaussian around its solution, by Laplace's approximation (LLAMA).",
      {
        title: 'Recasting Gradient-Based Meta-Learning as Hierarchical Bayes',
        authors: 'Grant, Finn, Levine, Darrell, Griffiths',
        year: 2018,
        url: 'https://arxiv.org/abs/1801.08930',
      },
      byGradient,
      laplaceDefaults,
      createLaplaceMaml,
    ),
    'meta-regularised-maml': learner(
      'MAML whose starting point is a distribution that pays for what it knows (MR-MAML).',
      {
        title: 'Meta-Learning without Memorization',
        authors: 'Yin, Tucker, Zhou, Levine, Finn',
        year: 2020,
        url: 'https://arxiv.org/abs/1912.03820',
      },
      byGradient,
      metaRegularisedDefaults,
      createMetaRegularisedMaml,
    ),
    'neural-process': learner(
      'An encoder gives a distribution over a latent vector per task, a decoder the function.',
      {
        title: 'Neural Processes',
        authors: 'Garnelo et al.',
        year: 2018,
        url: 'https://arxiv.org/abs/1807.01622',
      },
      byEncoder,
      latentDefaults,
      createNeuralProcess,
    ),
    versa: learner(
      "A network gives a Gaussian over what is particular to a task; for classes, over each one's weights (VERSA).",
      {
        title: 'Meta-Learning Probabilistic Inference for Prediction',
        authors: 'Gordon, Bronskill, Bauer, Nowozin, Turner',
        year: 2019,
        url: 'https://arxiv.org/abs/1805.09921',
      },
      { ...byEncoder, variableWays: true },
      versaDefaults,
      createVersa,
    ),
  },
});
