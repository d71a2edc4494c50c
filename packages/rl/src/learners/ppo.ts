import {
  type ControlLearner,
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import { type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { actorCriticDefaults } from '../policy-gradients/actor-critic.js';
import { gradientLearning } from './gradient-learning.js';
import type { OnPolicyOptions } from './on-policy-algorithm.js';
import { type OnPolicyTaskState, onPolicyLearner } from './on-policy-learner.js';
import { validateOnPolicyOptions } from './validate-on-policy-options.js';

/** Options of `ppo`. */
export type PpoOptions = OnPolicyOptions & {
  /** Steps of each copy per update. */
  readonly length: number;
  /** Times that experience is gone through. */
  readonly epochs: number;
  /** Portions per epoch; of copies where there is a memory. */
  readonly minibatches: number;
  /** ε of the ratio, > 0. */
  readonly clip: number;
  /** ε of the values; 0 for none. */
  readonly valueClip: number;
  /** Factor of the value loss. */
  readonly valueCoefficient: number;
  /** Factor of the entropy. */
  readonly entropyCoefficient: number;
  /** β of a penalty on KL(π_old ‖ π); 0 for none. */
  readonly divergencePenalty: number;
  /** End an update's epochs once the estimated KL exceeds this; 0 never. */
  readonly targetDivergence: number;
  /** Updates over which the learning rate falls to 0; 0 for a constant one. */
  readonly annealUpdates: number;
  readonly optimizer: OptimizerOptions;
};

/** The usual settings for small control problems. */
export const ppoDefaults: PpoOptions = {
  copies: 8,
  length: 128,
  gamma: 0.99,
  lambda: 0.95,
  epochs: 4,
  minibatches: 4,
  clip: 0.2,
  valueClip: 0,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
  divergencePenalty: 0,
  targetDivergence: 0,
  annealUpdates: 0,
  normalizeAdvantages: true,
  normalizeObservations: false,
  normalizeRewards: false,
  optimizer: { ...optimizerDefaults, learningRate: 2.5e-4, clipNorm: 0.5 },
  network: actorCriticDefaults,
  evaluation: 'mode',
};

function validate(options: PpoOptions): void {
  validateOnPolicyOptions('ppo', options);
  for (const key of ['length', 'epochs', 'minibatches'] as const) requireInteger('ppo', options, key);
  requirePositive('ppo', options, 'clip');
  for (const key of [
    'valueClip',
    'valueCoefficient',
    'entropyCoefficient',
    'divergencePenalty',
    'targetDivergence',
  ] as const)
    requireNonNegative('ppo', options, key);
  requireInteger('ppo', options, 'annealUpdates', 0);
  requireInRange('ppo', options, 'minibatches', 1, itemsOf(options));
  if (itemsOf(options) % options.minibatches === 0) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `ppo: option \`minibatches\` must divide the ${itemsOf(options)} items of an update, got ${options.minibatches}. Items are steps, or copies where there is a memory.`,
    { owner: 'ppo', key: 'minibatches', received: options.minibatches },
  );
}

function itemsOf({ copies, length, network }: PpoOptions): number {
  return network.memory === 'none' ? copies * length : copies;
}

/**
 * Proximal policy optimisation, with or without a recurrent memory.
 *
 * @param options - those given; the rest are {@link ppoDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Schulman, Wolski, Dhariwal, Radford, Klimov. Proximal Policy Optimization Algorithms. 2017. arXiv:1707.06347.
 */
export function createPpo(options: PartialOptions<PpoOptions> = {}): ControlLearner<OnPolicyTaskState> {
  const all = resolveOptions('ppo', ppoDefaults, options);
  validate(all);
  const optimizer = optimizerFor(all.optimizer);
  return onPolicyLearner({
    name: 'ppo',
    options: all,
    collects: { kind: 'rollouts', length: all.length },
    baseline: 'value',
    openLearning: (setup) =>
      gradientLearning(setup, { ...all, objective: 'clipped', masked: false, optimizer }),
  });
}
