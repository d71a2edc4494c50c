import type { RecordableReward, Rng } from '@tasklearn/core';
import { type Parameters, softplus } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionSpace } from '../action-space.js';
import type { ScorePlans } from '../planners/planner.js';
import { type Normalizer, normalize } from './normalizer.js';
import type { OutcomeModel } from './outcome-model.js';
import type { Predictor } from './predictor.js';
import { type RolloutOptions, rollout } from './rollout.js';

/** What plans are scored by. */
export interface PlanScoring {
  readonly actions: ActionSpace;
  readonly rollout: RolloutOptions;
  /** γ in (0, 1]. */
  readonly discount: number;
  /** The known law of reward; absent where it is learnt. */
  readonly reward?: RecordableReward;
  /** What has been learnt of reward and of going on. */
  readonly outcomes: OutcomeModel;
}

/** The model in use, and where it starts. */
export interface PlanningPoint {
  readonly predictor: Predictor;
  readonly normalizer: Normalizer;
  /** Parameters of `outcomes`. */
  readonly outcomeParameters: Parameters;
  /** [T, O]. */
  readonly observations: Tensor;
  /** What the learnt reward is told of the task, [Z]; absent where it is told nothing. */
  readonly descriptor?: Tensor;
}

/** Probability of still being there before each step, from log-odds of going on after it: [H, G, R]. */
function stillThere(logOdds: Tensor): Tensor {
  const goesOn = tf.neg(softplus(tf.neg(logOdds))); // log p, [H, G, R]
  return tf.exp(tf.cumsum(goesOn, 0, true));
}

/** γ^t, [H, 1, 1]. */
function discounts(discount: number, horizon: number): Tensor {
  const powers = Array.from({ length: horizon }, (_, step) => discount ** step);
  return tf.tensor(powers, [horizon, 1, 1]);
}

/** z for every transition, [Z] → [H, G, R, Z]. */
function everywhere(descriptor: Tensor, lead: readonly number[]): Tensor {
  return tf.tile(tf.reshape(descriptor, [...lead.map(() => 1), descriptor.size]), [...lead, 1]);
}

/** Rewards of all transitions of a roll-out, each weighed by the probability of getting that far: [H, G, R]. */
function rewardsOf(
  states: Tensor,
  modelActions: Tensor,
  { normalizer, outcomeParameters, descriptor }: PlanningPoint,
  { actions, reward, outcomes }: PlanScoring,
): Tensor {
  const horizon = modelActions.shape[0] as number;
  const [before, after] = [tf.slice(states, 0, horizon), tf.slice(states, 1, horizon)]; // [H, G, R, O]
  const { observationMean, observationScale, actionMean, actionScale, rewardMean, rewardScale } = normalizer;
  const inputs = tf.concat(
    [normalize(before, observationMean, observationScale), normalize(modelActions, actionMean, actionScale)],
    -1,
  );
  const told = descriptor === undefined ? undefined : everywhere(descriptor, before.shape.slice(0, 3));
  const outcome = outcomes.predict(
    outcomeParameters,
    inputs,
    normalize(after, observationMean, observationScale),
    told,
  );
  const rewards =
    reward === undefined
      ? tf.add(tf.mul(outcome.reward as Tensor, rewardScale), rewardMean)
      : reward(before, actions.toReward(modelActions), after);
  return outcome.continuation === undefined ? rewards : tf.mul(rewards, stillThere(outcome.continuation));
}

/**
 * The predicted return of plans: Σ_t γ^t P(still there at t) r(s_t, a_t, s_{t+1}), averaged over members and particles.
 *
 * @returns a function of plans, to be called as often as a planner likes: every call sees the same noise.
 */
export function scorePlans(point: PlanningPoint, scoring: PlanScoring, rng: Rng): ScorePlans {
  return (plans) => {
    const candidates = scoring.actions.toModel(plans); // [T, N, H, A]
    const { predictor, normalizer, observations } = point;
    const rolled = rollout(
      predictor,
      normalizer,
      observations,
      candidates,
      scoring.rollout,
      rng.split('rollout'),
    );
    const rewards = rewardsOf(rolled.states, rolled.actions, point, scoring); // [H, G, R]
    const horizon = plans.shape[2] as number;
    const weighed = scoring.discount === 1 ? rewards : tf.mul(rewards, discounts(scoring.discount, horizon));
    return rolled.perCandidate(tf.sum(weighed, 0));
  };
}
