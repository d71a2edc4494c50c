import { type EpisodeSpec, TasklearnError, type Tree } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { leafAt, mapLeaves } from './adapted-leaves.js';
import type { InnerRate, RatePosition } from './meta-learner-parts.js';

/** α as a number, or as one that depends on the episodes: images want a larger one than vectors. */
export type RateChoice = number | ((spec: EpisodeSpec) => number);

/** One fixed α for all leaves and steps; MAML's. @throws `INVALID_OPTION` unless it is a finite number >= 0. */
export function fixedRate(rate: RateChoice): InnerRate {
  if (typeof rate === 'number') requireRate(rate);
  return { name: 'fixed', learned: false, at: (_rates, { spec }) => rateFor(rate, spec) };
}

/** How finely α is learned. `layer` is one rate per tensor, so that a weight and its bias have their own. */
export type RateGranularity = 'scalar' | 'layer' | 'parameter' | 'layerStep';

/** What a learned rate is made of. */
export interface LearnedRateOptions {
  readonly granularity: RateGranularity;
  /** First value of every rate, > 0. */
  readonly initial: RateChoice;
  /** `signed` lets α become negative, as Meta-SGD does; `positive` learns log α. */
  readonly sign: 'signed' | 'positive';
}

/**
 * α learned along with the initialisation.
 *
 * φ = θ − α ⊙ ∇L_S(θ), with α a number, a number per tensor, per element, or per tensor and step.
 *
 * Steps beyond those of training use the last step's rate.
 *
 * @throws `INVALID_OPTION` if `initial` is not > 0.
 * @see Li, Zhou, Chen, Li. Meta-SGD. 2017. arXiv:1707.09835; Antoniou et al. How to train your MAML. ICLR 2019.
 */
export function learnedRate(options: LearnedRateOptions): InnerRate {
  const { granularity, initial, sign } = options;
  if (typeof initial === 'number') requireFirstRate(initial);
  return {
    name: `learned ${granularity}`,
    learned: true,
    init(adapted, steps, spec): Tree<Tensor> {
      const rate = requireFirstRate(rateFor(initial, spec));
      const first = sign === 'positive' ? Math.log(rate) : rate;
      if (granularity === 'scalar') return tf.fill([], first);
      return mapLeaves(adapted, (leaf) => tf.fill(rateShape(granularity, leaf, steps), first));
    },
    at(rates, { step, path }) {
      const stored = granularity === 'scalar' ? (rates as Tensor) : leafAt(rates as Parameters, path);
      const raw = granularity === 'layerStep' ? elementAt(stored, step) : stored;
      return sign === 'positive' ? tf.exp(raw) : raw;
    },
  };
}

/** What fine-tuning's rates are made of. */
export interface DiscriminativeRateOptions {
  /** Rate of the last layer, at the top of the schedule; > 0. */
  readonly rate: RateChoice;
  /** ρ: each layer's rate is this share of the one above; 1 for plain gradient descent. In (0, 1]. */
  readonly decay: number;
  /** `constant`, or up and then slowly down over the steps. */
  readonly schedule: 'constant' | 'slantedTriangular';
  /** Whether layers join one by one from the top, an equal share of the steps each. */
  readonly gradualUnfreezing: boolean;
}

/**
 * ULMFiT's rates: α_l(j) = α · ρ^(depth of l from the top) · schedule(j).
 *
 * @see Howard, Ruder. Universal Language Model Fine-tuning for Text Classification. ACL 2018, section 3.2.
 */
export function discriminativeRate(options: DiscriminativeRateOptions): InnerRate {
  if (typeof options.rate === 'number') requireRate(options.rate);
  return {
    name: 'discriminative',
    learned: false,
    at(_rates, position) {
      const layers = layersFromTop(position.paths);
      const depth = layers.indexOf(layerOf(position.path));
      if (options.gradualUnfreezing && depth >= unfrozenLayers(layers.length, position)) return 0;
      const scale = options.schedule === 'constant' ? 1 : slantedTriangular(position.step, position.steps);
      return rateFor(options.rate, position.spec) * options.decay ** depth * scale;
    },
  };
}

/**
 * A learning rate's share of its top value: linear rise over the first tenth of the steps, linear fall to 1/32.
 *
 * cut = ⌊steps · 0.1⌋;  p = step / cut, then 1 − (step − cut) / (steps − cut);  (1 + 31 p) / 32
 *
 * @param step - in [0, steps).
 * @see Howard, Ruder. ULMFiT. ACL 2018, equation 3, with cut_frac = 0.1 and ratio = 32.
 */
export function slantedTriangular(step: number, steps: number): number {
  const cut = Math.floor(steps * 0.1);
  const p = step < cut ? step / cut : 1 - (step - cut) / (steps - cut);
  return (1 + p * 31) / 32;
}

/** Layer names from the output to the input: `head`, then `layer3`, `layer2`, ... whatever order a tree has them in. */
export function layersFromTop(paths: readonly string[]): readonly string[] {
  const names = [...new Set(paths.map(layerOf))];
  return names.sort((a, b) => positionOf(b) - positionOf(a));
}

function positionOf(layer: string): number {
  if (layer === 'head') return Number.POSITIVE_INFINITY;
  return Number(/\d+$/.exec(layer)?.[0] ?? 0);
}

function layerOf(path: string): string {
  return path.split('/')[0] as string;
}

function unfrozenLayers(layers: number, { step, steps }: RatePosition): number {
  return Math.min(layers, 1 + Math.floor((step * layers) / steps));
}

function rateShape(granularity: RateGranularity, leaf: Tensor, steps: number): number[] {
  if (granularity === 'layer') return [];
  return granularity === 'parameter' ? leaf.shape : [Math.max(steps, 1)];
}

function elementAt(values: Tensor, step: number): Tensor {
  const index = Math.min(step, (values.shape[0] as number) - 1);
  return tf.reshape(tf.slice(values, [index], [1]), []);
}

function rateFor(choice: RateChoice, spec: EpisodeSpec): number {
  return typeof choice === 'number' ? choice : requireRate(choice(spec));
}

function requireRate(rate: number): number {
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw refusedRate(rate, 'a finite number >= 0');
}

function requireFirstRate(rate: number): number {
  if (Number.isFinite(rate) && rate > 0) return rate;
  throw refusedRate(rate, 'a finite number > 0');
}

function refusedRate(rate: number, expected: string): TasklearnError {
  return new TasklearnError(
    'INVALID_OPTION',
    `inner rate: option \`innerLearningRate\` must be ${expected}, got ${rate}.`,
    {
      key: 'innerLearningRate',
      expected,
      received: rate,
    },
  );
}
