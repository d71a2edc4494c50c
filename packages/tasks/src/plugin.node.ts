import { defineDistribution, definePlugin } from '@tasklearn/core';
import { sortByClass } from './mnist/labelled-images.js';
import { loadFashionMnist, loadMnist } from './mnist/load-mnist.node.js';
import {
  fashionMnistClassNames,
  type MnistOptions,
  mnistClassNames,
  mnistDefaults,
  mnistEpisodes,
} from './mnist/mnist-episodes.js';
import { loadOmniglot, type OmniglotEncoding } from './omniglot/load-omniglot.node.js';
import { type OmniglotOptions, omniglot, omniglotDefaults } from './omniglot/omniglot.js';
import { tasksPlugin as browserPlugin } from './plugin.js';

/** Where the files are: a folder's path, or null for TASKLEARN_DATA, else the cache. */
type WithFolder = { readonly data: string | null };

const handwriting = defineDistribution<
  OmniglotOptions & WithFolder & { readonly encoding: OmniglotEncoding }
>({
  kind: 'episodic',
  summary: 'Few-shot recognition of 1,623 handwritten characters (Omniglot).',
  reference: {
    title: 'Human-level concept learning through probabilistic program induction',
    authors: 'Lake, Salakhutdinov, Tenenbaum',
    year: 2015,
    url: 'https://doi.org/10.1126/science.aab3050',
  },
  defaults: { ...omniglotDefaults, encoding: 'grey', data: null },
  create: async ({ data, encoding, ...options }) =>
    omniglot(await loadOmniglot(data ?? undefined, encoding), options),
});

const digits = defineDistribution<MnistOptions & WithFolder>({
  kind: 'episodic',
  summary: 'Few-shot recognition of handwritten digits (MNIST), split by digit.',
  reference: {
    title: 'Gradient-based learning applied to document recognition',
    authors: 'LeCun, Bottou, Bengio, Haffner',
    year: 1998,
    url: 'https://doi.org/10.1109/5.726791',
  },
  defaults: { ...mnistDefaults, data: null },
  create: async ({ data, ...options }) => {
    const { train } = await loadMnist(data ?? undefined);
    return mnistEpisodes('@tasklearn/tasks/mnist', sortByClass(train, mnistClassNames), options);
  },
});

const clothes = defineDistribution<MnistOptions & WithFolder>({
  kind: 'episodic',
  summary: 'Few-shot recognition of articles of clothing (Fashion-MNIST), split by article.',
  reference: {
    title: 'Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms',
    authors: 'Xiao, Rasul, Vollgraf',
    year: 2017,
    url: 'https://arxiv.org/abs/1708.07747',
  },
  defaults: { ...mnistDefaults, data: null },
  create: async ({ data, ...options }) => {
    const { train } = await loadFashionMnist(data ?? undefined);
    return mnistEpisodes(
      '@tasklearn/tasks/fashion-mnist',
      sortByClass(train, fashionMnistClassNames),
      options,
    );
  },
});

/** All task distributions, those that read files included. */
export const tasksPlugin = definePlugin({
  ...browserPlugin,
  distributions: {
    ...browserPlugin.distributions,
    omniglot: handwriting,
    mnist: digits,
    'fashion-mnist': clothes,
  },
});
