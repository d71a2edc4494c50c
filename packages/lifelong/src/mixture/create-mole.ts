import {
  type PartialOptions,
  packHostTree,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  type StreamLearner,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { type NetworkOptions, type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { seriesSampler } from '../change-points/sample-series.js';
import type { Series } from '../change-points/series-loss.js';
import { type NetworkParameters, streamNetwork } from '../engine/network.js';
import { lifelongDefaults, resolveLifelong } from '../lifelong-options.js';
import type { ItemBatch } from '../memory/item-batch.js';
import { metaLeaderLoss } from '../meta/follow-the-meta-leader-step.js';
import { openOuterTraining } from '../meta/outer-training.js';
import { type MixtureState, openMixtureAgent } from './mixture-agent.js';

/** Options of `mole`. */
export type MoleOptions = {
  readonly network: NetworkOptions;
  /** Of the meta-learning. */
  readonly optimizer: OptimizerOptions;
  /** Where a component begins: at the meta-learned network, or at first weights. */
  readonly prior: 'metaLearned' | 'random';
  /** Gradient steps on a window in meta-training; 0 trains one network for everything, without adapting. */
  readonly innerSteps: number;
  /** Rate of those. */
  readonly innerRate: number;
  /** Stretches of an update, each of a window to adapt to and one to predict. */
  readonly series: number;
  /** Lifetimes of the `train` split that stretches are cut from; null: a new one for every stretch. */
  readonly lifetimes: number | null;
  /** α >= 0: how readily a component is added. */
  readonly concentration: number;
  /** C, most components. */
  readonly components: number;
  /** Steps without use after which a component is dropped; null for never. */
  readonly patience: number | null;
  /** W, the last items that components are judged on and learn from. */
  readonly window: number;
  /** β > 0, rate of learning online. */
  readonly rate: number;
  /** σ > 0 of a number about its prediction. */
  readonly deviation: number;
  readonly predict: 'map' | 'mix';
  /** What online learning moves: the components, one network made anew from the last items every time, or nothing. */
  readonly adapt: 'components' | 'reset' | 'never';
};

/** Two hidden layers of 32, one inner step at 0.05, α = 1, at most ten components, windows of eight. */
export const moleDefaults: MoleOptions = {
  network: { ...lifelongDefaults.network, hidden: [32, 32], activation: 'tanh' },
  optimizer: { ...optimizerDefaults, learningRate: 2e-3 },
  prior: 'metaLearned',
  innerSteps: 1,
  innerRate: 0.05,
  series: 8,
  lifetimes: null,
  concentration: 1,
  components: 10,
  patience: null,
  window: 8,
  rate: 0.05,
  deviation: 0.1,
  predict: 'map',
  adapt: 'components',
};

function checked(owner: string, options: PartialOptions<MoleOptions>): MoleOptions {
  const all = resolveLifelong(owner, moleDefaults, options);
  for (const key of ['series', 'components', 'window'] as const) requireInteger(owner, all, key);
  requireInteger(owner, all, 'innerSteps', 0);
  for (const key of ['innerRate', 'rate', 'deviation'] as const) requirePositive(owner, all, key);
  requireNonNegative(owner, all, 'concentration');
  requireOneOf(owner, all, 'prior', ['metaLearned', 'random']);
  requireOneOf(owner, all, 'predict', ['map', 'mix']);
  requireOneOf(owner, all, 'adapt', ['components', 'reset', 'never']);
  if (all.patience !== null) requireInteger(owner, { patience: all.patience }, 'patience');
  if (all.lifetimes !== null) requireInteger(owner, { lifetimes: all.lifetimes }, 'lifetimes');
  return all;
}

/** The first or the second half of stretches, [B, W, ...], as items. */
function half({ inputs, targets }: Series, second: boolean): ItemBatch {
  const part = (x: Tensor) => {
    const [count, length, ...rest] = x.shape as [number, number, ...number[]];
    const start = [0, second ? length / 2 : 0, ...rest.map(() => 0)];
    return tf.slice(x, start, [count, length / 2, ...rest]);
  };
  const shown = part(inputs);
  return { inputs: shown, targets: part(targets), mask: tf.ones(shown.shape.slice(0, 2)) };
}

/**
 * MOLe: meta-learning for online learning with a mixture of models. A network for every task met, each of them learning in proportion
 * to how likely it made the last items; a Chinese restaurant process says how readily another is added, which begins at the
 * meta-learned network. Tasks that return are recalled.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Nagabandi, Finn, Levine. Deep Online Learning via Meta-Learning: Continual Adaptation for Model-Based RL. ICLR 2019.
 *   arXiv:1812.07671.
 */
export function createMole(options: PartialOptions<MoleOptions> = {}): StreamLearner<MixtureState> {
  const owner = 'mole';
  const all = checked(owner, options);
  const { series, lifetimes, window } = all;
  const optimizer = optimizerFor(all.optimizer);
  const patience = all.patience ?? Number.POSITIVE_INFINITY;
  const parts = { ...all, name: owner, most: all.components, least: 1e-3, patience };
  return {
    kind: 'stream',
    needs: () => ({
      taskLabels: false,
      storage: all.adapt === 'never' ? 0 : window,
      metaTraining: all.prior === 'metaLearned',
    }),
    openTraining: async (context, saved) => {
      const { distribution, rng } = context;
      const predictor = {
        network: streamNetwork(all.network, distribution.spec),
        spec: distribution.spec,
      };
      const steps = 2 * Math.ceil(window / distribution.spec.batchSize);
      const settings = { series, horizon: steps, lifetimes };
      const inner = { innerSteps: all.innerSteps, innerRate: all.innerRate, order: 2 } as const;
      const training = {
        name: owner,
        optimizer,
        init: (own: Parameters<typeof predictor.network.init>[0]) => predictor.network.init(own),
        loss: (theta: NetworkParameters, batch: Series) => ({
          loss: metaLeaderLoss(
            predictor,
            theta,
            { support: half(batch, false), query: half(batch, true) },
            inner,
          ),
        }),
        sample: seriesSampler(distribution, settings, rng.split('data')),
      };
      return openOuterTraining<NetworkParameters, Series>(training as never, context, saved);
    },
    async openAgent(parameters, { spec, executor }) {
      if (parameters === undefined && all.prior === 'metaLearned') {
        const message = `${owner}: needs the parameters of a meta-training. Meta-train it first, or choose prior: 'random'.`;
        throw new TasklearnError('INVALID_OPTION', message);
      }
      const star = parameters === undefined ? undefined : packHostTree(parameters as Tree<never>).vector;
      return openMixtureAgent(parts, star, spec, executor);
    },
  };
}
