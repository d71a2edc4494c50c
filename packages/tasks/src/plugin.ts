import { createRng, defineDistribution, definePlugin } from '@tasklearn/core';
import {
  type AmbiguousAttributeOptions,
  ambiguousAttributeDefaults,
  ambiguousAttributes,
} from './ambiguous/ambiguous-attributes.js';
import {
  type CircleBoundaryOptions,
  circleBoundary,
  circleBoundaryDefaults,
} from './ambiguous/circle-boundary.js';
import {
  type GaussianProcessOptions,
  gaussianProcess,
  gaussianProcessDefaults,
} from './ambiguous/gaussian-process.js';
import {
  type SinusoidOrLineOptions,
  sinusoidOrLine,
  sinusoidOrLineDefaults,
} from './ambiguous/sinusoid-or-line.js';
import { glyphDefaults, glyphs } from './glyphs/glyphs.js';
import { type CueRecallOptions, cueRecall, cueRecallDefaults } from './lifetimes/cue-recall.js';
import {
  type PatternCompletionOptions,
  patternCompletion,
  patternCompletionDefaults,
} from './lifetimes/pattern-completion.js';
import { type LinearOptions, linear, linearDefaults } from './regression/linear.js';
import {
  type OrientedObjectOptions,
  orientedObjectDefaults,
  orientedObjects,
} from './regression/oriented-objects.js';
import { type SinusoidOptions, sinusoidDefaults, sinusoids } from './regression/sinusoids.js';
import type { FewShotOptions } from './sampling/few-shot-options.js';
import { imageStream } from './streams/image-stream.js';
import { type ImageStreamOptions, imageStreamDefaults } from './streams/image-stream-options.js';
import { type MeanTrackingOptions, meanTracking, meanTrackingDefaults } from './streams/mean-tracking.js';
import { type PrototypeOptions, prototypeDefaults, prototypeImages } from './streams/prototype-images.js';
import {
  type SwitchingPlantOptions,
  switchingPlant,
  switchingPlantDefaults,
} from './streams/switching-plant.js';
import {
  type SwitchingSinusoidOptions,
  switchingSinusoid,
  switchingSinusoidDefaults,
} from './streams/switching-sinusoid.js';
import {
  type CorrelatedRegressionOptions,
  correlatedRegression,
  correlatedRegressionDefaults,
} from './suites/correlated-regression.js';
import {
  type DescribedSinusoidsOptions,
  describedSinusoids,
  describedSinusoidsDefaults,
} from './suites/described-sinusoids.js';
import { linearSuite } from './suites/linear-suite.js';
import { type LinearSuiteOptions, linearSuiteDefaults } from './suites/linear-suite-options.js';
import {
  type GaussianClassOptions,
  gaussianClassDefaults,
  gaussianClasses,
} from './vectors/gaussian-classes.js';
import { type GaussianOptions, gaussianDefaults, gaussianEpisodes } from './vectors/gaussian-episodes.js';
import { VERSION } from './version.js';

const sinusoid = defineDistribution<SinusoidOptions>({
  kind: 'episodic',
  summary: 'Regression on sinusoids that differ in amplitude and phase.',
  reference: {
    title: 'Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks',
    authors: 'Finn, Abbeel, Levine',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.03400',
  },
  defaults: sinusoidDefaults,
  create: sinusoids,
});

const line = defineDistribution<LinearOptions>({
  kind: 'episodic',
  summary: 'Linear regression; tasks differ in slope and intercept.',
  defaults: linearDefaults,
  create: linear,
});

const characters = defineDistribution<FewShotOptions>({
  kind: 'episodic',
  summary: 'Few-shot recognition of characters of 50 scripts, drawn from open fonts; no download.',
  defaults: glyphDefaults,
  create: glyphs,
});

const gaussian = defineDistribution<GaussianOptions>({
  kind: 'episodic',
  summary: 'Few-shot classification of 24-dimensional vectors; learnable in seconds.',
  reference: {
    title: 'Meta-Learning without Memorization',
    authors: 'Yin, Tucker, Zhou, Levine, Finn',
    year: 2020,
    url: 'https://arxiv.org/abs/1912.03820',
  },
  defaults: gaussianDefaults,
  create: gaussianEpisodes,
});

const points = defineDistribution<MeanTrackingOptions>({
  kind: 'stream',
  summary: 'Points about a mean that stays, jumps, drifts or returns; the regret of tracking it is known.',
  defaults: meanTrackingDefaults,
  create: meanTracking,
});

const switching = defineDistribution<SwitchingSinusoidOptions>({
  kind: 'stream',
  summary: 'Sinusoids that change without notice, with a given probability at every point.',
  reference: {
    title: 'Continuous Meta-Learning without Tasks',
    authors: 'Harrison, Sharma, Finn, Pavone',
    year: 2020,
    url: 'https://arxiv.org/abs/1912.08866',
  },
  defaults: switchingSinusoidDefaults,
  create: switchingSinusoid,
});

const plant = defineDistribution<SwitchingPlantOptions>({
  kind: 'stream',
  summary: 'A plant in the plane whose actions turn without notice, back and forth.',
  defaults: switchingPlantDefaults,
  create: switchingPlant,
});

const prototypes = defineDistribution<ImageStreamOptions & PrototypeOptions>({
  kind: 'stream',
  summary: 'Permuted, rotated or split images around random prototypes; no files.',
  defaults: { ...imageStreamDefaults, ...prototypeDefaults },
  create: ({ classes, side, noise, count, ...options }) => {
    const images = prototypeImages({ classes, side, noise, count }, createRng('prototype images'));
    return imageStream('@tasklearn/tasks/prototype-stream', images, options);
  },
});

const twoFamilies = defineDistribution<SinusoidOrLineOptions>({
  kind: 'episodic',
  summary: 'Regression on sinusoids and lines: few points leave open which.',
  reference: {
    title: 'Probabilistic Model-Agnostic Meta-Learning',
    authors: 'Finn, Xu, Levine',
    year: 2018,
    url: 'https://arxiv.org/abs/1806.02817',
  },
  defaults: sinusoidOrLineDefaults,
  create: sinusoidOrLine,
});

const circle = defineDistribution<CircleBoundaryOptions>({
  kind: 'episodic',
  summary: 'Inside or outside a circle of which one inner point is known.',
  reference: {
    title: 'Probabilistic Model-Agnostic Meta-Learning',
    authors: 'Finn, Xu, Levine',
    year: 2018,
    url: 'https://arxiv.org/abs/1806.02817',
  },
  defaults: circleBoundaryDefaults,
  create: circleBoundary,
});

const attributes = defineDistribution<AmbiguousAttributeOptions>({
  kind: 'episodic',
  summary: 'Drawn faces: the support set leaves open which two of three attributes are meant.',
  reference: {
    title: 'Probabilistic Model-Agnostic Meta-Learning',
    authors: 'Finn, Xu, Levine',
    year: 2018,
    url: 'https://arxiv.org/abs/1806.02817',
  },
  defaults: ambiguousAttributeDefaults,
  create: ambiguousAttributes,
});

const drawnFunctions = defineDistribution<GaussianProcessOptions>({
  kind: 'episodic',
  summary: 'Regression on functions of a Gaussian process, whose exact prediction is known.',
  reference: {
    title: 'Conditional Neural Processes',
    authors: 'Garnelo et al.',
    year: 2018,
    url: 'https://arxiv.org/abs/1807.01613',
  },
  defaults: gaussianProcessDefaults,
  create: gaussianProcess,
});

const linearTasks = defineDistribution<LinearSuiteOptions>({
  kind: 'joint',
  summary:
    'Linear-Gaussian tasks with dials (relatedness, groups, conflict, scale ...) and exact Bayes risks.',
  defaults: linearSuiteDefaults,
  create: linearSuite,
});

const correlated = defineDistribution<CorrelatedRegressionOptions>({
  kind: 'joint',
  summary: 'Two regressions on the same inputs whose weights have a chosen cosine.',
  reference: {
    title: 'Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts',
    authors: 'Ma, Zhao, Yi, Chen, Hong, Chi',
    year: 2018,
    url: 'https://doi.org/10.1145/3219819.3220007',
  },
  defaults: correlatedRegressionDefaults,
  create: correlatedRegression,
});

const described = defineDistribution<DescribedSinusoidsOptions>({
  kind: 'joint',
  summary: 'Sinusoids whose descriptor says what they are, so that tasks without data can be answered.',
  defaults: describedSinusoidsDefaults,
  create: describedSinusoids,
});

const knownClasses = defineDistribution<GaussianClassOptions>({
  kind: 'episodic',
  summary: 'Few-shot classification of vectors whose best possible prediction is known.',
  defaults: gaussianClassDefaults,
  create: gaussianClasses,
});

const orientations = defineDistribution<OrientedObjectOptions>({
  kind: 'episodic',
  summary: 'How an object is turned; few training objects can be learnt by heart.',
  reference: {
    title: 'Meta-Learning without Memorization',
    authors: 'Yin, Tucker, Zhou, Levine, Finn',
    year: 2020,
    url: 'https://arxiv.org/abs/1912.03820',
  },
  defaults: orientedObjectDefaults,
  create: orientedObjects,
});

const completion = defineDistribution<PatternCompletionOptions>({
  kind: 'episodic',
  summary: 'Remember patterns shown once, complete one of them from half its bits.',
  reference: {
    title: 'Differentiable plasticity: training plastic neural networks with backpropagation',
    authors: 'Miconi, Clune, Stanley',
    year: 2018,
    url: 'https://arxiv.org/abs/1804.02464',
  },
  defaults: patternCompletionDefaults,
  create: patternCompletion,
});

const recall = defineDistribution<CueRecallOptions>({
  kind: 'episodic',
  summary: 'Find out by feedback which of a few random cues is the target.',
  reference: {
    title:
      'Backpropamine: training self-modifying neural networks with differentiable neuromodulated plasticity',
    authors: 'Miconi, Rawal, Clune, Stanley',
    year: 2019,
    url: 'https://arxiv.org/abs/2002.10585',
  },
  defaults: cueRecallDefaults,
  create: cueRecall,
});

/** Task distributions that need no files; `@tasklearn/tasks/node` has all of them. */
export const tasksPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/tasks',
  version: VERSION,
  distributions: {
    sinusoid,
    linear: line,
    glyphs: characters,
    'gaussian-episodes': gaussian,
    'sinusoid-or-line': twoFamilies,
    'circle-boundary': circle,
    'ambiguous-attributes': attributes,
    'gaussian-process': drawnFunctions,
    'gaussian-classes': knownClasses,
    'oriented-objects': orientations,
    'pattern-completion': completion,
    'cue-recall': recall,
    'mean-tracking': points,
    'switching-sinusoid': switching,
    'switching-plant': plant,
    'prototype-stream': prototypes,
    'linear-suite': linearTasks,
    'correlated-regression': correlated,
    'described-sinusoids': described,
  },
});
