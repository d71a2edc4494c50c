import { type EpisodicLearner, type PartialOptions, requireOneOf, resolveOptions } from '@tasklearn/core';
import {
  type EmbeddingOptions,
  embeddingDefaults,
  embeddingFor,
  validateEmbeddingOptions,
} from './embedding-options.js';
import { network, rawInputs } from './engine/embedder.js';
import { logisticHead } from './probes/logistic-head.js';
import { mlpHead } from './probes/mlp-head.js';
import { probeLearner } from './probes/probe-learner.js';
import { ridgeHead } from './probes/ridge-head.js';

/** Options of `probe`. */
export type ProbeOptions = {
  /** The classifier: logistic regression, ridge regression on indicators, or a perceptron with dropout. */
  readonly head: 'logistic' | 'ridge' | 'mlp';
  /** `raw` inputs, or a network: random unless θ is taken from a trained learner. */
  readonly embedding: 'raw' | 'network';
  /** λ > 0 of `logistic` and `ridge`. */
  readonly regularization: number;
  /** Newton-like steps of `logistic`. */
  readonly iterations: number;
  /** Hidden units of `mlp`. */
  readonly hidden: number;
  /** Share of hidden units of `mlp` dropped while fitting. */
  readonly dropout: number;
  /** Adam steps of `mlp`. */
  readonly steps: number;
  /** Adam's rate of `mlp`. */
  readonly learningRate: number;
  readonly model: EmbeddingOptions;
};

/** Logistic regression on raw inputs. */
export const probeDefaults: ProbeOptions = {
  head: 'logistic',
  embedding: 'raw',
  regularization: 0.01,
  iterations: 30,
  hidden: 128,
  dropout: 0.5,
  steps: 50,
  learningRate: 0.01,
  model: embeddingDefaults,
};

/**
 * A standard classifier fitted to each support set on a fixed embedding: what a meta-learned classifier must beat.
 *
 * @param options - those given; the rest are {@link probeDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createProbe(options: PartialOptions<ProbeOptions> = {}): EpisodicLearner {
  const all = resolveOptions('probe', probeDefaults, options);
  requireOneOf('probe', all, 'head', ['logistic', 'ridge', 'mlp']);
  requireOneOf('probe', all, 'embedding', ['raw', 'network']);
  validateEmbeddingOptions('probe', all.model);
  const embed = all.embedding === 'raw' ? rawInputs() : network((spec) => embeddingFor(spec, all.model));
  // All three are made, so that a bad value is refused whichever head is chosen.
  const heads = { logistic: logisticHead(all), ridge: ridgeHead(all), mlp: mlpHead(all) };
  if (all.head === 'mlp') return probeLearner(embed, heads.mlp);
  return probeLearner(embed, heads[all.head]);
}
