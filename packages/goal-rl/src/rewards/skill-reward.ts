import { requireNonNegative, requirePositive } from '@tasklearn/core';
import { readField } from '@tasklearn/rl';
import { skillDiscriminator } from '../discriminators/skill-discriminator.js';
import type { RewardModel, SlotContext } from '../learners/goal-slots.js';
import { featureIndices, nextFeatures, writeRewards } from './state-features.js';

/** What {@link skillReward} is made of; JSON. */
export interface SkillRewardOptions {
  /** Units of each hidden layer of the discriminator. */
  readonly hidden: readonly number[];
  /** η of the discriminator's Adam, > 0. */
  readonly learningRate: number;
  /** Which numbers of an observation the discriminator sees; null for what was achieved, or all. */
  readonly features: readonly number[] | null;
  /** Factor of log q − log p. */
  readonly scale: number;
  /** Factor of the environment's own reward beside it; 0 for none. */
  readonly environment: number;
}

/**
 * Skill discovery's reward: r(s′, z) = log q(z|s′) − log p(z), and with every batch one gradient step of the
 * discriminator q on it. The term −log p(z) is a constant that keeps rewards of told-apart skills positive, so that ending
 * an episode early does not pay.
 *
 * @see Eysenbach, Gupta, Ibarz, Levine. Diversity is All You Need. ICLR 2019. arXiv:1802.06070.
 */
export function skillReward(
  name: string,
  options: SkillRewardOptions,
): (context: SlotContext) => Promise<RewardModel> {
  requireNonNegative(name, options, 'scale');
  requireNonNegative(name, options, 'environment');
  requirePositive(name, options, 'learningRate');
  return async ({ spec, fields, proposer, executor, rng }) => {
    const indices = featureIndices(name, spec, options.features);
    const discriminator = await skillDiscriminator({
      inputSize: indices.length,
      codeSize: proposer.size,
      code: proposer.kind === 'bits' ? 'bits' : 'categorical',
      hidden: options.hidden,
      learningRate: options.learningRate,
      executor,
      rng: rng.split('discriminator'),
    });
    return {
      observe: async () => ({}),
      async write(rows) {
        const states = nextFeatures(fields, rows, indices);
        const { logProbability, loss, accuracy } = await discriminator.learn(
          states,
          readField(fields, rows, 'context'),
        );
        const prior = proposer.logProbability();
        const bonus = logProbability.map((log) => log - prior);
        const intrinsicReward = writeRewards(fields, rows, bonus, options);
        return { intrinsicReward, discriminatorLoss: loss, discriminatorAccuracy: accuracy };
      },
      save: () => discriminator.save(),
      restore: (saved) => discriminator.restore(saved),
      dispose: () => discriminator.dispose(),
    };
  };
}
