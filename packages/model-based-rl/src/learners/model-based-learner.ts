import {
  type ControlLearner,
  createRng,
  type HostTensor,
  type PartialOptions,
  resolveOptions,
  TasklearnError,
  type Tree,
  type Varies,
} from '@tasklearn/core';
import { compose } from './composition.js';
import {
  type ModelBasedOptions,
  modelBasedDefaults,
  validateModelBasedOptions,
} from './model-based-options.js';
import { openModelBasedTraining, requireReward } from './model-based-training.js';
import { initialParameters } from './model-parameters.js';
import type { AgentParameters } from './plan-step.js';
import { type PlanningState, planningAgent } from './planning-agent.js';

/** @throws `UNSUPPORTED_TASK` where one model is to serve different dynamics. */
function refuseForeignDynamics(
  owner: string,
  { adaptation }: ModelBasedOptions,
  varies: readonly Varies[],
): void {
  if (adaptation.kind !== 'none' || adaptation.forced || !varies.includes('dynamics')) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner}: the dynamics differ between these tasks, and this model does not adapt. ` +
      'Choose an `adaptation.kind`, or set `adaptation.forced` for one model of their average.',
    { owner, varies },
  );
}

/**
 * A control learner from its parts: a model of dynamics, how it adapts, what is planned, by which planner, on which data.
 * Everything published by this package is this, with other defaults.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { modelBasedLearner } from '@tasklearn/model-based-rl';
 *
 * const learner = modelBasedLearner({ planner: { kind: 'path-integral' }, control: { horizon: 10 } });
 * learner.kind; // => 'control'
 * ```
 */
export function modelBasedLearner(
  given: PartialOptions<ModelBasedOptions> = {},
  owner = 'modelBasedLearner',
): ControlLearner<PlanningState> {
  const options = resolveOptions(owner, modelBasedDefaults, given);
  validateModelBasedOptions(owner, options);
  return {
    kind: 'control',
    async openTraining(context, checkpoint) {
      refuseForeignDynamics(owner, options, context.distribution.varies);
      return openModelBasedTraining(context, options, checkpoint);
    },
    async openAgent(parameters: Tree<HostTensor>, { spec, executor, reward }) {
      const parts = compose(spec, options);
      const wanted = requireReward(options, reward);
      const packed = await initialParameters(parts, createRng(0)); // For its structure.
      return planningAgent({
        parts,
        options,
        spec: packed.spec,
        ...(wanted === undefined ? {} : { reward: wanted }),
        executor,
        parameters: parameters as AgentParameters,
      });
    },
  };
}
