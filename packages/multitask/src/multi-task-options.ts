import { type JointLearner, type PartialOptions, resolveOptions } from '@tasklearn/core';
import {
  type NetworkOptions,
  networkDefaults,
  type OptimizerOptions,
  optimizerDefaults,
  optimizerFor,
  validateNetworkOptions,
} from '@tasklearn/nn';
import {
  type CombinationOptions,
  combinationDefaults,
  createCombination,
} from './combinations/create-combination.js';
import type { Architecture } from './engine/architecture.js';
import { type MultiTaskParts, multiTaskLearner } from './engine/multi-task-learner.js';

/** Options that every multi-task learner has. */
export type MultiTaskOptions = {
  readonly network: NetworkOptions;
  /** How the tasks' losses or gradients become one update. */
  readonly combination: CombinationOptions;
  readonly optimizer: OptimizerOptions;
  /** Whether regressions are learnt in units of their training targets' deviation; predictions are in raw units. */
  readonly scaleLabels: boolean;
};

/** 2 x 64 ReLU units, the plain sum, Adam at 0.001, scaled labels. Layer normalisation where there are convolutions. */
export const multiTaskDefaults: MultiTaskOptions = {
  network: { ...networkDefaults, normalization: 'layer' },
  combination: combinationDefaults,
  optimizer: optimizerDefaults,
  scaleLabels: true,
};

/** Options over their defaults, those of every learner checked. @throws `INVALID_OPTION`. */
export function resolveMultiTaskOptions<Options extends MultiTaskOptions>(
  owner: string,
  defaults: Options,
  given: PartialOptions<Options>,
): Options {
  const all = resolveOptions(owner, defaults, given as object) as Options;
  validateNetworkOptions(owner, all.network);
  return all;
}

/** The learner of an architecture and the options that all have. */
export function learnerOf(
  name: string,
  architecture: Architecture,
  { combination, optimizer, scaleLabels }: MultiTaskOptions,
  penalty?: MultiTaskParts['penalty'],
): JointLearner {
  return multiTaskLearner({
    name,
    architecture,
    combination: createCombination(name, combination),
    optimizer: optimizerFor(optimizer),
    scaleLabels,
    ...(penalty === undefined ? {} : { penalty }),
  });
}
