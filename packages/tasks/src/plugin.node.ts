import { defineDistribution, definePlugin } from '@tasklearn/core';
import { loadOmniglot } from './omniglot/load-omniglot.node.js';
import { type OmniglotOptions, omniglot, omniglotDefaults } from './omniglot/omniglot.js';
import { tasksPlugin as browserPlugin } from './plugin.js';

const handwriting = defineDistribution<OmniglotOptions & { readonly data: string | null }>({
  kind: 'episodic',
  summary: 'Few-shot recognition of 1,623 handwritten characters (Omniglot).',
  reference: {
    title: 'Human-level concept learning through probabilistic program induction',
    authors: 'Lake, Salakhutdinov, Tenenbaum',
    year: 2015,
    url: 'https://doi.org/10.1126/science.aab3050',
  },
  defaults: { ...omniglotDefaults, data: null },
  create: async ({ data, ...options }) => omniglot(await loadOmniglot(data ?? undefined), options),
});

/** All task distributions, those that read files included. */
export const tasksPlugin = definePlugin({
  ...browserPlugin,
  distributions: { ...browserPlugin.distributions, omniglot: handwriting },
});
