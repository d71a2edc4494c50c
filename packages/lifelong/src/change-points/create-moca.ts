import {
  type PartialOptions,
  packHostTree,
  requireInRange,
  requireInteger,
  requireOneOf,
  requirePositive,
  type StreamLearner,
  TasklearnError,
} from '@tasklearn/core';
import {
  type NetworkOptions,
  networkDefaults,
  type OptimizerOptions,
  optimizerDefaults,
  optimizerFor,
} from '@tasklearn/nn';
import { resolveLifelong } from '../lifelong-options.js';
import { openOuterTraining } from '../meta/outer-training.js';
import type { SegmentBelief } from './belief-settings.js';
import { type ChangePointAgent, type ChangePointState, openChangePointAgent } from './change-point-agent.js';
import { type ChangePointTheta, featureNetwork } from './feature-network.js';
import { seriesSampler } from './sample-series.js';
import { type Series, seriesLoss } from './series-loss.js';

/** Options of `moca`. */
export type MocaOptions = {
  readonly network: NetworkOptions;
  /** Of the meta-learning. */
  readonly optimizer: OptimizerOptions;
  /** What is believed about the segment at hand; all but `runLength` are baselines. */
  readonly belief: SegmentBelief;
  /** λ in (0, 1), the probability that a segment begins at an item; the first one where it is learnt. */
  readonly hazard: number;
  /** Whether λ is meta-learned. */
  readonly learnHazard: boolean;
  /** W, items of `window`. */
  readonly window: number;
  /** R, run lengths that are told apart at work. Choose it longer than most segments. */
  readonly longestRun: number;
  /** F, features. */
  readonly features: number;
  /** First standard deviation of what differs between segments: a regression weight, or a class mean. */
  readonly spread: number;
  /** First standard deviation of the noise: of a target, or of features about their class mean. */
  readonly noise: number;
  /** B, stretches of an update. */
  readonly series: number;
  /** T, items of a stretch. */
  readonly horizon: number;
  /** Lifetimes of the `train` split that stretches are cut from; null: a new one for every stretch. */
  readonly lifetimes: number | null;
};

/** Change-point detection at a hazard of 0.05, 24 features, 16 stretches of 40 items, 100 run lengths. */
export const mocaDefaults: MocaOptions = {
  network: {
    ...networkDefaults,
    activation: 'tanh',
    blocks: 3,
    filters: 32,
    downsample: 'stride',
    normalization: 'layer',
    features: 'flatten',
  },
  optimizer: optimizerDefaults,
  belief: 'runLength',
  hazard: 0.05,
  learnHazard: false,
  window: 10,
  longestRun: 100,
  features: 24,
  spread: 1,
  noise: 0.5,
  series: 16,
  horizon: 40,
  lifetimes: null,
};

/** A learner whose agents predict mixtures. */
export interface MocaLearner extends StreamLearner<ChangePointState> {
  openAgent(...given: Parameters<StreamLearner['openAgent']>): Promise<ChangePointAgent>;
}

function checked(options: PartialOptions<MocaOptions>): MocaOptions {
  const owner = 'moca';
  const all = resolveLifelong(owner, mocaDefaults, options);
  requireOneOf(owner, all, 'belief', ['runLength', 'told', 'window', 'everything', 'nothing']);
  requireInRange(owner, all, 'hazard', 1e-6, 1 - 1e-6);
  for (const key of ['window', 'features', 'series', 'horizon'] as const) requireInteger(owner, all, key);
  requireInteger(owner, all, 'longestRun', 2);
  if (all.lifetimes !== null) requireInteger(owner, { lifetimes: all.lifetimes }, 'lifetimes');
  requirePositive(owner, all, 'spread');
  requirePositive(owner, all, 'noise');
  return all;
}

/**
 * MOCA: features and a prior are meta-learned so that an exact posterior in each segment, and Bayesian change-point detection
 * between them, predict a stream whose changes nobody announces. Numbers by Bayesian linear regression on the features, classes by
 * Gaussian clusters of them.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Harrison, Sharma, Finn, Pavone. Continuous Meta-Learning without Tasks. NeurIPS 2020. arXiv:1912.08866.
 */
export function createMoca(options: PartialOptions<MocaOptions> = {}): MocaLearner {
  const all = checked(options);
  const { belief, window, series, horizon, lifetimes } = all;
  const name = 'moca';
  const optimizer = optimizerFor(all.optimizer);
  return {
    kind: 'stream',
    needs: () => ({
      taskLabels: belief === 'told',
      storage: belief === 'window' ? window : 0,
      metaTraining: true,
    }),
    openTraining: async (context, saved) => {
      const { distribution, rng } = context;
      const network = featureNetwork({ ...all, name }, distribution.spec);
      const sample = seriesSampler(distribution, { series, horizon, lifetimes }, rng.split('data'));
      const loss = (theta: ChangePointTheta, batch: Series) => ({
        loss: seriesLoss(network, theta, batch, all),
      });
      const parts = { name, optimizer, init: network.init, loss, sample };
      return openOuterTraining<ChangePointTheta, Series>(parts as never, context, saved);
    },
    async openAgent(parameters, context) {
      if (parameters === undefined) {
        const message = `${name}: needs the parameters of a meta-training. Meta-train it first.`;
        throw new TasklearnError('INVALID_OPTION', message);
      }
      const network = featureNetwork({ ...all, name }, context.spec);
      return openChangePointAgent(name, network, all, packHostTree(parameters).vector, context);
    },
  };
}
