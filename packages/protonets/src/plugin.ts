import { type Capabilities, defineLearner, definePlugin } from '@tasklearn/core';
import { createNearestNeighbour, nearestNeighbourDefaults } from './nearest-neighbour.js';
import { createProbe, probeDefaults } from './probe.js';
import { createProtonet, protonetDefaults } from './protonet.js';
import { VERSION } from './version.js';

const capabilities: Capabilities = {
  targets: ['classification'],
  gradientOrder: 1,
  deterministic: true,
  permutationInvariant: true,
  variableShots: true,
  variableWays: true,
  transductive: true,
  consistent: 'conditionally',
  uncertainty: 'output',
};

const protonet = defineLearner({
  kind: 'episodic',
  summary: 'Compares queries with the mean of each class in a learned space (prototypical networks).',
  reference: {
    title: 'Prototypical Networks for Few-shot Learning',
    authors: 'Snell, Swersky, Zemel',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.05175',
  },
  capabilities,
  defaults: protonetDefaults,
  create: createProtonet,
});

const nearestNeighbour = defineLearner({
  kind: 'episodic',
  summary: 'Baseline: the label of the nearest support item on raw inputs.',
  reference: {
    title: 'Discriminatory Analysis. Nonparametric Discrimination: Consistency Properties',
    authors: 'Fix, Hodges',
    year: 1951,
    url: 'https://doi.org/10.2307/1403797',
  },
  capabilities: { ...capabilities, gradientOrder: 0, transductive: false, consistent: 'yes' },
  defaults: nearestNeighbourDefaults,
  create: createNearestNeighbour,
});

const probe = defineLearner({
  kind: 'episodic',
  summary:
    'Baseline: logistic or ridge regression, or a perceptron, fitted to the support set on a fixed embedding.',
  reference: {
    title: 'Unsupervised Learning via Meta-Learning',
    authors: 'Hsu, Levine, Finn',
    year: 2019,
    url: 'https://arxiv.org/abs/1810.02334',
  },
  capabilities,
  defaults: probeDefaults,
  create: createProbe,
});

/** Prototypical networks and the metric baselines. */
export const protonetsPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/protonets',
  version: VERSION,
  learners: { protonet, 'nearest-neighbour': nearestNeighbour, probe },
});
