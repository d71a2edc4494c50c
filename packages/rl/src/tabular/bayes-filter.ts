import { type Rng, type TabularModel, TasklearnError } from '@tasklearn/core';
import { backwardInduction } from './backward-induction.js';

/** One observed transition of an unknown decision process. */
export interface ObservedTransition {
  readonly state: number;
  readonly action: number;
  readonly next: number;
  readonly reward: number;
}

/** How rewards are distributed around the expected reward that a model holds. */
export interface RewardLaw {
  /** Everything that can be received where `expected` is expected, with probabilities. */
  outcomes(expected: number): readonly { readonly reward: number; readonly probability: number }[];
}

/** What is expected is received. */
export const exactRewards: RewardLaw = { outcomes: (expected) => [{ reward: expected, probability: 1 }] };

/** 1 with the expected reward as its probability, else 0. */
export const bernoulliRewards: RewardLaw = {
  outcomes: (expected) => [
    { reward: 1, probability: expected },
    { reward: 0, probability: 1 - expected },
  ],
};

/** Rewards that differ by less are the same: environments give float32, models hold float64. */
const SAME = 1e-6;

/** p(r | expected). */
function rewardProbability(law: RewardLaw, expected: number, reward: number): number {
  return law
    .outcomes(expected)
    .reduce((sum, outcome) => sum + (Math.abs(outcome.reward - reward) < SAME ? outcome.probability : 0), 0);
}

/** p(s′, r | s, a) in one model. */
export function likelihoodOf(
  model: TabularModel,
  seen: ObservedTransition,
  law: RewardLaw = exactRewards,
): number {
  const at = (seen.state * model.actions + seen.action) * model.states + seen.next;
  const transition = model.transition[at] as number;
  return transition === 0 ? 0 : transition * rewardProbability(law, model.reward[at] as number, seen.reward);
}

/**
 * Bayes' rule over finitely many decision processes: b′(M) ∝ b(M) p(s′, r | s, a, M).
 *
 * @param belief - b, [M], summing to 1; not modified.
 * @returns b′, [M].
 * @throws `NOT_FINITE` if no model that is believed in can have produced the transition.
 */
export function updateBelief(
  models: readonly TabularModel[],
  belief: Float64Array,
  seen: ObservedTransition,
  law: RewardLaw = exactRewards,
): Float64Array {
  const joint = belief.map((mass, index) =>
    mass === 0 ? 0 : mass * likelihoodOf(models[index] as TabularModel, seen, law),
  );
  const total = joint.reduce((sum, mass) => sum + mass, 0);
  if (total > 0) return joint.map((mass) => mass / total);
  throw new TasklearnError(
    'NOT_FINITE',
    `updateBelief: no model in the belief allows reward ${seen.reward} from state ${seen.state} by action ${seen.action} to state ${seen.next}. Check the reward law, and that the true process is among the models.`,
    { quantity: 'belief', ...seen },
  );
}

/**
 * Thompson sampling: a model drawn from the belief, and the policy that would be best if it were true, to be followed for a
 * whole episode.
 *
 * @returns index of the model, and π_t(a | s) [H * S * A].
 * @see Strens. A Bayesian Framework for Reinforcement Learning. ICML 2000.
 */
export function thompsonSample(
  models: readonly TabularModel[],
  belief: Float64Array,
  options: { readonly horizon: number; readonly gamma?: number },
  rng: Rng,
): { readonly model: number; readonly policy: Float64Array } {
  const draw = rng.next();
  let below = 0;
  let model = belief.findLastIndex((mass) => mass > 0);
  for (let index = 0; index < belief.length; index += 1) {
    below += belief[index] as number;
    if (draw < below) {
      model = index;
      break;
    }
  }
  return { model, policy: backwardInduction(models[model] as TabularModel, options).policy };
}
