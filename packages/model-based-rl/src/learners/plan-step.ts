import type { HostTensor, RecordableReward, Rng, TreeSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { Window } from '../adapters/adaptive-model.js';
import { normalizeRows, normalizerOf } from '../models/normalizer.js';
import { scorePlans } from '../models/score-plans.js';
import type { PlanState } from '../planners/planner.js';
import type { Composition } from './composition.js';
import type { ModelBasedOptions } from './model-based-options.js';
import { parametersOf } from './model-parameters.js';

/** What one planner iteration takes. */
export type PlanStepInput<Leaf = Tensor> = {
  /** Packed parameters, [P]. */
  readonly theta: Leaf;
  /** As `fitNormalizer` returns it. */
  readonly normalizer: Leaf;
  /** [T, O]. */
  readonly observations: Leaf;
  /** Rows of the last M transitions, [T, M, W], oldest first; absent where the model does not look back. */
  readonly window?: Leaf;
  /** [T, M]. */
  readonly mask?: Leaf;
  readonly state: PlanState<Leaf>;
};

/**
 * One iteration of the planner, for all trials at once: the model adapted to each trial's window, all candidates rolled
 * out and scored, the search moved on. Recordable; one prepared function.
 */
export function planStep(
  parts: Composition,
  options: ModelBasedOptions,
  spec: TreeSpec,
  reward: RecordableReward | undefined,
): (input: PlanStepInput, rng: Rng) => PlanState {
  const { sizes, model, actions, outcomes, planner } = parts;
  const { control } = options;
  return ({ theta, normalizer: packed, observations, window, mask, state }, rng) => {
    const parameters = parametersOf(theta, spec);
    const normalizer = normalizerOf(packed, sizes);
    const recent =
      window === undefined || mask === undefined
        ? undefined
        : { transitions: normalizeRows(window, normalizer, sizes), mask };
    const predictor = model.adapt(parameters.dynamics, recent as Window, rng.split('adapt'));
    const point = { predictor, normalizer, outcomeParameters: parameters.outcomes, observations };
    const scoring = {
      actions,
      outcomes,
      rollout: { sampling: control.sampling, particles: control.particles },
      discount: control.discount,
      ...(reward === undefined ? {} : { reward }),
    };
    return planner.improve(state, scorePlans(point, scoring, rng.split('score')), rng.split('search'));
  };
}

/** What an agent acts with. */
export type AgentParameters = {
  /** [P]. */
  readonly theta: HostTensor;
  readonly normalizer: HostTensor;
};
