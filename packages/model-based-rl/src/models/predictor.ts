import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import type { DynamicsModel, Prediction } from './dynamics-model.js';

/**
 * A model with its parameters, ready to be rolled out. G is either the members of one ensemble that all trials share, or
 * the trials, each with a model adapted to it.
 */
export interface Predictor {
  /** G, the leading axis of inputs. */
  readonly groups: number;
  /** Whether G counts trials; otherwise it counts the members of an ensemble. */
  readonly perTrial: boolean;
  /** Whether predictions carry a variance. */
  readonly probabilistic: boolean;
  /** What has been remembered of each trial, [T, U]; absent in models without memory. */
  readonly memory?: Tensor;
  /**
   * @param inputs - normalised observation and action, [G, R, O + A].
   * @param memory - [G, R, U], where there is one.
   * @returns the prediction, and the memory after it.
   */
  predict(inputs: Tensor, memory?: Tensor): Prediction & { readonly memory?: Tensor };
}

/** One ensemble for all trials. */
export function sharedPredictor(model: DynamicsModel, parameters: Parameters): Predictor {
  return {
    groups: model.members,
    perTrial: false,
    probabilistic: model.probabilistic,
    predict: (inputs) => model.predict(parameters, inputs),
  };
}

/** A model with parameters of its own for each trial. @param parameters - leaves [T, ...]. */
export function predictorPerTrial(model: DynamicsModel, parameters: Parameters, trials: number): Predictor {
  return {
    groups: trials,
    perTrial: true,
    probabilistic: model.probabilistic,
    predict: (inputs) => model.predict(parameters, inputs),
  };
}
