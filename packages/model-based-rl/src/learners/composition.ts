import { type ControlSpec, TasklearnError } from '@tasklearn/core';
import { type ActionSpace, actionSpaceOf } from '../action-space.js';
import type { AdaptiveModel } from '../adapters/adaptive-model.js';
import { fineTunedModel } from '../adapters/fine-tuned-model.js';
import { gradientAdaptedModel } from '../adapters/gradient-adapted-model.js';
import { ignoringInputs } from '../adapters/ignoring-inputs.js';
import { plainModel } from '../adapters/plain-model.js';
import { recurrentModel } from '../adapters/recurrent-model.js';
import type { DynamicsModel, DynamicsSizes } from '../models/dynamics-model.js';
import { mlpDynamics } from '../models/mlp-dynamics.js';
import { type OutcomeModel, outcomeModel } from '../models/outcome-model.js';
import { randomFeatureModel, type SolvedModel } from '../models/random-feature-model.js';
import { crossEntropy } from '../planners/cross-entropy.js';
import { gradientAscent } from '../planners/gradient-ascent.js';
import { pathIntegral } from '../planners/path-integral.js';
import type { Planner } from '../planners/planner.js';
import { randomShooting } from '../planners/random-shooting.js';
import type { ModelBasedOptions } from './model-based-options.js';

/** The parts of a model-based learner for environments of one kind. */
export interface Composition {
  readonly sizes: DynamicsSizes;
  readonly actions: ActionSpace;
  readonly model: AdaptiveModel;
  readonly outcomes: OutcomeModel;
  readonly planner: Planner;
  /** H. */
  readonly horizon: number;
  /** Set where the model is fitted in closed form. */
  readonly solved?: SolvedModel;
}

function adaptiveModelOf(
  dynamics: DynamicsModel,
  sizes: DynamicsSizes,
  { adaptation }: ModelBasedOptions,
): AdaptiveModel {
  switch (adaptation.kind) {
    case 'none':
      return plainModel(dynamics) as AdaptiveModel;
    case 'fine-tune':
      return fineTunedModel(dynamics, {
        window: adaptation.support,
        steps: adaptation.steps,
        learningRate: adaptation.innerRate,
      }) as AdaptiveModel;
    case 'gradient':
      return gradientAdaptedModel(dynamics, adaptation) as AdaptiveModel;
    case 'recurrent':
      return recurrentModel(sizes, adaptation) as AdaptiveModel;
  }
}

/** A planner from its options. */
export function plannerOf({ planner }: ModelBasedOptions): Planner {
  switch (planner.kind) {
    case 'random-shooting':
      return randomShooting(planner);
    case 'cross-entropy':
      return crossEntropy(planner);
    case 'path-integral':
      return pathIntegral(planner);
    case 'gradient-ascent':
      return gradientAscent({ ...planner, restarts: planner.candidates });
  }
}

function solvedSees(kind: ModelBasedOptions['model']['kind'], ignores: readonly number[]): boolean {
  return kind === 'random-features' && ignores.length > 0;
}

function refuse(message: string, details: object): TasklearnError {
  return new TasklearnError('UNSUPPORTED_TASK', message, { ...details });
}

/**
 * Puts a learner together.
 *
 * @throws `UNSUPPORTED_TASK` for actions that the planner cannot search, or observations that are no vector.
 */
export function compose(spec: ControlSpec, options: ModelBasedOptions): Composition {
  const [observation] = spec.observation.shape;
  if (observation === undefined || spec.observation.shape.length !== 1)
    throw refuse(`Models of dynamics need observations that are vectors, got [${spec.observation.shape}].`, {
      shape: spec.observation.shape,
    });
  const actions = actionSpaceOf(spec);
  const sizes = { observation, action: actions.size };
  const planner = plannerOf(options);
  if (actions.discrete && planner.differentiates)
    throw refuse('Gradient ascent needs continuous actions. Choose another planner for discrete ones.', {
      action: spec.action,
    });
  const { kind, ignores } = options.model;
  if (solvedSees(kind, ignores))
    throw new TasklearnError(
      'INVALID_OPTION',
      'model: random features are solved on everything observed. Leave `ignores` empty, or choose `mlp`.',
      { key: 'ignores', received: ignores },
    );
  const solved = kind === 'random-features' ? randomFeatureModel(sizes, options.model) : undefined;
  const dynamics = solved ?? mlpDynamics(sizes, options.model);
  return {
    sizes,
    actions,
    model: ignoringInputs(adaptiveModelOf(dynamics, sizes, options), sizes, ignores),
    outcomes: outcomeModel(sizes, {
      reward: options.outcomes.reward === 'learned',
      continuation: options.outcomes.termination === 'learned',
      hidden: options.outcomes.hidden,
    }),
    planner,
    horizon: options.control.horizon === 0 ? spec.horizon : options.control.horizon,
    ...(solved === undefined ? {} : { solved }),
  };
}
