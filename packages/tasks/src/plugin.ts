import { defineDistribution, definePlugin } from '@tasklearn/core';
import { glyphDefaults, glyphs } from './glyphs/glyphs.js';
import { type SinusoidOptions, sinusoidDefaults, sinusoids } from './regression/sinusoids.js';
import type { FewShotOptions } from './sampling/few-shot-options.js';
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

const characters = defineDistribution<FewShotOptions>({
  kind: 'episodic',
  summary: 'Few-shot recognition of characters of 50 scripts, drawn from open fonts; no download.',
  defaults: glyphDefaults,
  create: glyphs,
});

/** Task distributions that need no files; `@tasklearn/tasks/node` has all of them. */
export const tasksPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/tasks',
  version: VERSION,
  distributions: { sinusoid, glyphs: characters },
});
