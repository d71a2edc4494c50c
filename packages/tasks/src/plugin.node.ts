import { defineDistribution, definePlugin, type Reference } from '@tasklearn/core';
import { type LabelStreamOptions, labelStream, labelStreamDefaults } from './lifetimes/label-stream.js';
import { type DigitPairsOptions, digitPairs, digitPairsDefaults } from './mnist/digit-pairs.js';
import { type ImageTasksOptions, imageTasks, imageTasksDefaults } from './mnist/image-tasks.js';
import { sortByClass } from './mnist/labelled-images.js';
import { loadFashionMnist, loadMnist } from './mnist/load-mnist.node.js';
import {
  fashionMnistClassNames,
  type MnistOptions,
  mnistClassNames,
  mnistDefaults,
  mnistEpisodes,
} from './mnist/mnist-episodes.js';
import { resizeLabelled } from './mnist/resize-labelled.js';
import { loadOmniglot, type OmniglotEncoding } from './omniglot/load-omniglot.node.js';
import { type OmniglotOptions, omniglot, omniglotDefaults } from './omniglot/omniglot.js';
import { omniglotSplits } from './omniglot/omniglot-splits.js';
import { tasksPlugin as browserPlugin } from './plugin.js';
import { resizeImages } from './sampling/resize-images.js';
import { type ClassSequenceOptions, classSequence, classSequenceDefaults } from './streams/class-sequence.js';
import {
  type FewShotSequenceOptions,
  fewShotSequence,
  fewShotSequenceDefaults,
} from './streams/few-shot-sequence.js';
import { labelledImageSource } from './streams/image-source.js';
import { imageStream } from './streams/image-stream.js';
import { type ImageStreamOptions, imageStreamDefaults } from './streams/image-stream-options.js';
import { type RainbowOptions, rainbowDefaults, rainbowStream } from './streams/rainbow-stream.js';
import {
  type SwitchingClassesOptions,
  switchingClasses,
  switchingClassesDefaults,
} from './streams/switching-classes.js';
import { type KnownTable, knownTables } from './tabular/known-tables.js';
import { loadTable } from './tabular/load-table.node.js';
import { type TableSplitOptions, tableSplitDefaults, tableTasks } from './tabular/table-tasks.js';

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

const lateLabels = defineDistribution<
  LabelStreamOptions & Pick<OmniglotOptions, 'split' | 'splitSeed'> & WithFolder & { readonly side: number }
>({
  kind: 'episodic',
  summary: 'Handwritten characters in random order, each with the label of the one before it.',
  reference: {
    title: 'One-shot Learning with Memory-Augmented Neural Networks',
    authors: 'Santoro, Bartunov, Botvinick, Wierstra, Lillicrap',
    year: 2016,
    url: 'https://arxiv.org/abs/1605.06065',
  },
  defaults: { ...labelStreamDefaults, split: 'vinyals', splitSeed: 0, side: 28, data: null },
  create: async ({ data, side, split, splitSeed, ...options }) => {
    const images = resizeImages(await loadOmniglot(data ?? undefined), side);
    return labelStream('@tasklearn/tasks/omniglot-stream', images, omniglotSplits(split, splitSeed), options);
  },
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

const gem: Reference = {
  title: 'Gradient Episodic Memory for Continual Learning',
  authors: 'Lopez-Paz, Ranzato',
  year: 2017,
  url: 'https://arxiv.org/abs/1706.08840',
};

/** A stream of ten classes of images. */
const images = (key: string, what: string, load: typeof loadMnist) =>
  defineDistribution<ImageStreamOptions & WithFolder>({
    kind: 'stream',
    summary: `Permuted, rotated or split ${what}, task after task, by task, domain or class.`,
    reference: gem,
    defaults: { ...imageStreamDefaults, data: null },
    create: async ({ data, ...options }) =>
      imageStream(`@tasklearn/tasks/${key}`, labelledImageSource(await load(data ?? undefined), 10), options),
  });

const characterSequence = defineDistribution<ClassSequenceOptions & WithFolder>({
  kind: 'stream',
  summary: 'Handwritten characters (Omniglot) that arrive one class after another.',
  reference: {
    title: 'Meta-Learning Representations for Continual Learning',
    authors: 'Javed, White',
    year: 2019,
    url: 'https://arxiv.org/abs/1905.12588',
  },
  defaults: { ...classSequenceDefaults, data: null },
  create: async ({ data, ...options }) =>
    classSequence(
      '@tasklearn/tasks/omniglot-sequence',
      await loadOmniglot(data ?? undefined),
      omniglotSplits('background'),
      options,
    ),
});

const switchingCharacters = defineDistribution<
  SwitchingClassesOptions &
    WithFolder &
    Pick<OmniglotOptions, 'split' | 'splitSeed'> & { readonly side: number }
>({
  kind: 'stream',
  summary: 'Handwritten characters (Omniglot) behind five labels, whose characters change without notice.',
  reference: {
    title: 'Continuous Meta-Learning without Tasks',
    authors: 'Harrison, Sharma, Finn, Pavone',
    year: 2020,
    url: 'https://arxiv.org/abs/1912.08866',
  },
  defaults: { ...switchingClassesDefaults, split: 'vinyals', splitSeed: 0, side: 14, data: null },
  create: async ({ data, side, split, splitSeed, ...options }) => {
    const images = resizeImages(await loadOmniglot(data ?? undefined), side);
    const dealt = omniglotSplits(split, splitSeed);
    return switchingClasses('@tasklearn/tasks/omniglot-switching', images, dealt, options);
  },
});

const characterTasks = defineDistribution<
  FewShotSequenceOptions &
    WithFolder &
    Pick<OmniglotOptions, 'split' | 'splitSeed'> & { readonly side: number }
>({
  kind: 'stream',
  summary:
    'Few-shot tasks of handwritten characters (Omniglot), one after another, five new characters each.',
  reference: {
    title: 'Online Meta-Learning',
    authors: 'Finn, Rajeswaran, Kakade, Levine',
    year: 2019,
    url: 'https://arxiv.org/abs/1902.08438',
  },
  defaults: { ...fewShotSequenceDefaults, split: 'vinyals', splitSeed: 0, side: 14, data: null },
  create: async ({ data, side, split, splitSeed, ...options }) => {
    const images = resizeImages(await loadOmniglot(data ?? undefined), side);
    const dealt = omniglotSplits(split, splitSeed);
    return fewShotSequence('@tasklearn/tasks/omniglot-tasks', images, dealt, options);
  },
});

const rainbow = defineDistribution<RainbowOptions & WithFolder & { readonly side: number }>({
  kind: 'stream',
  summary: 'Handwritten digits (MNIST) in 56 tasks: seven colours by two scales by four quarters.',
  reference: {
    title: 'Online Meta-Learning',
    authors: 'Finn, Rajeswaran, Kakade, Levine',
    year: 2019,
    url: 'https://arxiv.org/abs/1902.08438',
  },
  defaults: { ...rainbowDefaults, side: 28, data: null },
  create: async ({ data, side, ...options }) => {
    const { train, test } = await loadMnist(data ?? undefined);
    const small = { train: resizeLabelled(train, side), test: resizeLabelled(test, side) };
    const source = labelledImageSource(small, 10);
    return rainbowStream('@tasklearn/tasks/rainbow-mnist', source, options);
  },
});

/** Multi-task learning on a table. */
const tabular = (name: KnownTable, summary: string, reference?: Reference) =>
  defineDistribution<TableSplitOptions & WithFolder>({
    kind: 'joint',
    summary,
    ...(reference === undefined ? {} : { reference }),
    defaults: { ...tableSplitDefaults, data: null },
    create: async ({ data, ...options }) =>
      tableTasks(await loadTable(name, data ?? undefined), knownTables[name], options),
  });

const capsules: Reference = {
  title: 'Dynamic Routing Between Capsules',
  authors: 'Sabour, Frosst, Hinton',
  year: 2017,
  url: 'https://arxiv.org/abs/1710.09829',
};

const overlaidDigits = defineDistribution<DigitPairsOptions & WithFolder>({
  kind: 'joint',
  summary: 'Two digits laid over each other (MultiMNIST): which is upper left, which lower right?',
  reference: capsules,
  defaults: { ...digitPairsDefaults, data: null },
  create: async ({ data, ...options }) => {
    const images = await loadMnist(data ?? undefined);
    return digitPairs('@tasklearn/tasks/multi-mnist', [images, images], options);
  },
});

/** Where the files of both are; null as for one. */
type WithFolders = WithFolder & { readonly fashionData: string | null };

const overlaidPair = defineDistribution<DigitPairsOptions & WithFolders>({
  kind: 'joint',
  summary: 'A digit (MNIST) and an article of clothing (Fashion-MNIST) laid over each other: which are they?',
  reference: capsules,
  defaults: { ...digitPairsDefaults, data: null, fashionData: null },
  create: async ({ data, fashionData, ...options }) => {
    const [first, second] = [
      await loadMnist(data ?? undefined),
      await loadFashionMnist(fashionData ?? undefined),
    ];
    return digitPairs('@tasklearn/tasks/mnist-over-fashion', [first, second], options);
  },
});

const digitTasks = defineDistribution<ImageTasksOptions & WithFolder>({
  kind: 'joint',
  summary:
    'Tasks on digits of their own (MNIST), alike or with pixels or labels in an order of each task`s own.',
  defaults: { ...imageTasksDefaults, data: null },
  create: async ({ data, ...options }) => {
    const images = await loadMnist(data ?? undefined);
    return imageTasks('@tasklearn/tasks/mnist-tasks', [{ name: 'digits', images }], options);
  },
});

const digitsAndClothes = defineDistribution<ImageTasksOptions & WithFolders>({
  kind: 'joint',
  summary:
    'Tasks on digits (MNIST) and on clothes (Fashion-MNIST) by turns: one network for two kinds of image.',
  defaults: { ...imageTasksDefaults, tasks: 2, data: null, fashionData: null },
  create: async ({ data, fashionData, ...options }) => {
    const [first, second] = [
      await loadMnist(data ?? undefined),
      await loadFashionMnist(fashionData ?? undefined),
    ];
    const parts = [
      { name: 'digits', images: first },
      { name: 'clothes', images: second },
    ];
    return imageTasks('@tasklearn/tasks/mnist-and-fashion', parts, options);
  },
});

const census: Reference = {
  title: 'Scaling Up the Accuracy of Naive-Bayes Classifiers: a Decision-Tree Hybrid',
  authors: 'Kohavi',
  year: 1996,
  url: 'https://archive.ics.uci.edu/dataset/2/adult',
};

/** All task distributions, those that read files included. */
export const tasksPlugin = definePlugin({
  ...browserPlugin,
  distributions: {
    ...browserPlugin.distributions,
    omniglot: handwriting,
    'omniglot-stream': lateLabels,
    mnist: digits,
    'fashion-mnist': clothes,
    'mnist-stream': images('mnist-stream', 'digits (MNIST)', loadMnist),
    'fashion-mnist-stream': images('fashion-mnist-stream', 'clothes (Fashion-MNIST)', loadFashionMnist),
    'omniglot-sequence': characterSequence,
    'omniglot-switching': switchingCharacters,
    'omniglot-tasks': characterTasks,
    'rainbow-mnist': rainbow,
    'multi-mnist': overlaidDigits,
    'mnist-over-fashion': overlaidPair,
    'mnist-tasks': digitTasks,
    'mnist-and-fashion': digitsAndClothes,
    adult: tabular('adult', 'Two classifications of the same 48,842 people: income and marriage.', census),
    'census-income': tabular(
      'census-income-test',
      'Two classifications of the same 99,762 people (the test file of Census-Income): income and marriage.',
      census,
    ),
    landmine: tabular('landmine', '29 minefields of two kinds of ground: mine or not, from radar features.', {
      title: 'Multi-Task Learning for Classification with Dirichlet Process Priors',
      authors: 'Xue, Liao, Carin, Krishnapuram',
      year: 2007,
      url: 'https://www.jmlr.org/papers/v8/xue07a.html',
    }),
    school: tabular('school', 'Exam scores of pupils of 139 schools.', {
      title: 'Multi-task feature learning',
      authors: 'Argyriou, Evgeniou, Pontil',
      year: 2007,
      url: 'https://doi.org/10.1007/s10994-007-5040-8',
    }),
    sarcos: tabular(
      'sarcos-test',
      'Seven torques of a robot arm from its motion (the 4,449 rows of the test file).',
    ),
    parkinsons: tabular('parkinsons-telemonitoring', 'Two scores of the same 5,875 voice recordings.'),
  },
});
