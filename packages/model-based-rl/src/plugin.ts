import { type ControlCapabilities, defineLearner, definePlugin, type Reference } from '@tasklearn/core';
import { modelBasedLearner } from './learners/model-based-learner.js';
import type { ModelBasedOptions } from './learners/model-based-options.js';
import {
  crossEntropyDefaults,
  grbalDefaults,
  mbMpcDefaults,
  mbMpcFineTunedDefaults,
  modelPredictiveControlDefaults,
  pddmDefaults,
  petsDefaults,
  randomShootingDefaults,
  rebalDefaults,
} from './learners/presets.js';
import { VERSION } from './version.js';

const capabilities: ControlCapabilities = {
  actions: ['discrete', 'continuous'],
  gradientOrder: 1,
  deterministic: true,
  adapts: 'none',
  offPolicy: true,
  needs: ['recordableReward'],
  consistent: 'no',
};

const nagabandi2018: Reference = {
  title: 'Neural Network Dynamics for Model-Based Deep Reinforcement Learning with Model-Free Fine-Tuning',
  authors: 'Nagabandi, Kahn, Fearing, Levine',
  year: 2018,
  url: 'https://arxiv.org/abs/1708.02596',
};
const chua2018: Reference = {
  title: 'Deep Reinforcement Learning in a Handful of Trials using Probabilistic Dynamics Models',
  authors: 'Chua, Calandra, McAllister, Levine',
  year: 2018,
  url: 'https://arxiv.org/abs/1805.12114',
};
const nagabandi2019: Reference = {
  title: 'Learning to Adapt in Dynamic, Real-World Environments Through Meta-Reinforcement Learning',
  authors: 'Nagabandi, Clavera, Liu, Fearing, Abbeel, Levine, Finn',
  year: 2019,
  url: 'https://arxiv.org/abs/1803.11347',
};
const nagabandi2020: Reference = {
  title: 'Deep Dynamics Models for Learning Dexterous Manipulation',
  authors: 'Nagabandi, Konolige, Levine, Kumar',
  year: 2019,
  url: 'https://arxiv.org/abs/1909.11652',
};

function learner(
  key: string,
  summary: string,
  reference: Reference,
  defaults: ModelBasedOptions,
  more: Partial<ControlCapabilities> = {},
) {
  return defineLearner({
    kind: 'control',
    summary,
    reference,
    capabilities: { ...capabilities, ...more },
    defaults,
    create: (options) => modelBasedLearner(options, key),
  });
}

/** Model-based control, and models that adapt within an episode. */
export const modelBasedRlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/model-based-rl',
  version: VERSION,
  learners: {
    'model-predictive-control': learner(
      'model-predictive-control',
      'Plans at every step through an ensemble fitted to all data so far.',
      nagabandi2018,
      modelPredictiveControlDefaults,
    ),
    'random-shooting': learner(
      'random-shooting',
      'Model-predictive control by the best of many random action sequences.',
      nagabandi2018,
      randomShootingDefaults,
    ),
    cem: learner(
      'cem',
      'Model-predictive control by the cross-entropy method through one deterministic model.',
      chua2018,
      crossEntropyDefaults,
    ),
    pets: learner('pets', 'Probabilistic ensembles with trajectory sampling (PETS).', chua2018, petsDefaults),
    pddm: learner(
      'pddm',
      'Ensemble and filtered reward-weighted refinement of plans (PDDM).',
      nagabandi2020,
      pddmDefaults,
    ),
    'mb-mpc': learner(
      'mb-mpc',
      'Baseline: one model for all dynamics, which does not adapt.',
      nagabandi2018,
      mbMpcDefaults,
    ),
    'mb-mpc-fine-tuned': learner(
      'mb-mpc-fine-tuned',
      'Baseline: one model for all dynamics, tuned to the last transitions by gradient descent.',
      nagabandi2019,
      mbMpcFineTunedDefaults,
      { adapts: 'model', consistent: 'conditionally' },
    ),
    grbal: learner(
      'grbal',
      'A model meta-trained to be adapted by a gradient step on the last transitions (GrBAL).',
      nagabandi2019,
      grbalDefaults,
      { adapts: 'model', gradientOrder: 2, consistent: 'conditionally' },
    ),
    rebal: learner(
      'rebal',
      'A recurrent model whose state sums up the last transitions (ReBAL).',
      nagabandi2019,
      rebalDefaults,
      { adapts: 'model' },
    ),
  },
});
