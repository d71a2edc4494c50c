import { type ControlDistribution, requireInteger, requireOneOf } from '@tasklearn/core';
import { copyPolicies } from '../oracles/copy-policies.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { banditDistribution } from './bandit-distribution.js';

/** Options of {@link informativeBandits}. */
export type InformativeBanditOptions = {
  /** Arms that may be the good one, >= 2; the informative arm comes after them. */
  readonly targets: number;
  /** N, pulls of an episode, >= 1. */
  readonly pulls: number;
  /** How the informative arm tells which is the good one: by the size of its reward, or by what is seen, at reward 0. */
  readonly tells: 'reward' | 'observation';
};

/** Eleven arms, five pulls. */
export const informativeBanditDefaults: InformativeBanditOptions = { targets: 10, pulls: 5, tells: 'reward' };

/** Of the good arm, and of the other ones. */
const GOOD = 5;
const OTHER = 1.1;

/**
 * Bandits with correlated arms: one of `targets` arms pays 5, the others 1.1, and the last arm pays least but tells which
 * is the good one: its reward is (good + 1) / targets, or, with `tells: 'observation'`, nothing, while the next
 * observation shows the good arm one-hot. Who learns from rewards only cannot use the latter. References: `oracle` (told the
 * good arm), `ask` (asks once, then pulls the good arm: Bayes-optimal from three pulls on), `random`.
 *
 * All splits have all tasks: there are as few as there are arms.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Wang and others. Learning to reinforcement learn. 2016. arXiv:1611.05763, section 3.1.3.
 */
export function informativeBandits(options: Partial<InformativeBanditOptions> = {}): ControlDistribution {
  const complete = { ...informativeBanditDefaults, ...options };
  const id = '@tasklearn/environments/informative-bandits';
  const targets = requireInteger(id, complete, 'targets', 2);
  const pulls = requireInteger(id, complete, 'pulls');
  const byReward = requireOneOf(id, complete, 'tells', ['reward', 'observation']) === 'reward';
  const goodOf = ({ parameters }: { readonly parameters: Readonly<Record<string, number>> }) =>
    parameters.good as number;
  const size = 1 + (byReward ? 0 : targets);
  return banditDistribution({
    id,
    arms: targets + 1,
    contexts: 1,
    revealed: byReward ? 0 : targets,
    pulls,
    noise: 0,
    ...finiteTasks(id, targets, (good) => ({ good }), true),
    means: (task) =>
      Float64Array.from({ length: targets + 1 }, (_, arm) => {
        if (arm === targets) return byReward ? (goodOf(task) + 1) / targets : 0;
        return arm === goodOf(task) ? GOOD : OTHER;
      }),
    reveal(task, arm, into, offset) {
      if (!byReward && arm === targets) into[offset + goodOf(task)] = 1;
    },
    references: {
      ask: (tasks, copiesPerTask, rng) =>
        copyPolicies(tasks, copiesPerTask, rng, () => {
          let good = targets;
          return {
            beginEpisode: () => {
              good = targets;
            },
            act: () => good,
            observe(arm, { reward, observation }, copy) {
              if (arm !== targets) return;
              good = byReward
                ? Math.round((reward[copy] as number) * targets) - 1
                : observation.subarray(copy * size + 1, (copy + 1) * size).indexOf(1);
            },
          };
        }),
    },
  });
}
