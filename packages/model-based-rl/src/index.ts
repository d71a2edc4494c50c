export { type ActionSpace, actionSpaceOf } from './action-space.js';
export type { AdaptiveModel, Window } from './adapters/adaptive-model.js';
export { type FineTunedModelOptions, fineTunedModel } from './adapters/fine-tuned-model.js';
export {
  type GradientAdaptedModelOptions,
  type GradientAdaptedParameters,
  gradientAdaptedModel,
} from './adapters/gradient-adapted-model.js';
export { gradientStep, type LayerRates, perTrial } from './adapters/gradient-step.js';
export { ignoringInputs } from './adapters/ignoring-inputs.js';
export { metaLearnedModel, windowSpec } from './adapters/meta-learned-model.js';
export { plainModel } from './adapters/plain-model.js';
export {
  type RecurrentModelOptions,
  type RecurrentModelParameters,
  recurrentModel,
} from './adapters/recurrent-model.js';
export {
  type Segment,
  sampleWindows,
  type TransitionStore,
  transitionStore,
  windowStarts,
} from './experience/transition-store.js';
export { type Exploitation, exploitation } from './learners/experience-metrics.js';
export { modelBasedLearner } from './learners/model-based-learner.js';
export { type ModelBasedOptions, modelBasedDefaults } from './learners/model-based-options.js';
export { type ModelErrorCurveOptions, modelErrorCurve } from './learners/model-error-curve.js';
export type { PlanningState, PlanReport } from './learners/planning-agent.js';
export {
  crossEntropyDefaults,
  grbalDefaults,
  mbMpcDefaults,
  mbMpcFineTunedDefaults,
  modelPredictiveControlDefaults,
  pddmDefaults,
  petsDefaults,
  randomShootingDefaults,
  rebalDefaults,
} from './learners/presets.js';
export type { DynamicsModel, DynamicsSizes, Prediction } from './models/dynamics-model.js';
export { type MlpDynamicsOptions, mlpDynamics } from './models/mlp-dynamics.js';
export {
  fitNormalizer,
  type NormalizedTransitions,
  type Normalizer,
  normalize,
  normalizeRows,
  normalizerOf,
  rowWidth,
} from './models/normalizer.js';
export {
  type Outcome,
  type OutcomeModel,
  type OutcomeModelOptions,
  outcomeModel,
} from './models/outcome-model.js';
export { logProbability, maskedMean, predictionLoss } from './models/prediction-loss.js';
export { type Predictor, predictorPerTrial, sharedPredictor } from './models/predictor.js';
export {
  type HostParameters,
  type RandomFeatureOptions,
  randomFeatureModel,
  type SolvedModel,
} from './models/random-feature-model.js';
export { type Rollout, type RolloutOptions, rollout } from './models/rollout.js';
export { type PlanningPoint, type PlanScoring, scorePlans } from './models/score-plans.js';
export { type CrossEntropyOptions, crossEntropy } from './planners/cross-entropy.js';
export { type GradientAscentOptions, gradientAscent } from './planners/gradient-ascent.js';
export { type LinearQuadraticProblem, linearQuadraticRegulator } from './planners/linear-quadratic.js';
export { type PathIntegralOptions, pathIntegral } from './planners/path-integral.js';
export type { Planner, PlanShape, PlanState, ScorePlans } from './planners/planner.js';
export { type RandomShootingOptions, randomShooting } from './planners/random-shooting.js';
export { modelBasedRlPlugin } from './plugin.js';
export { VERSION } from './version.js';
