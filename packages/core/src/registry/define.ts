import type {
  ControlDistributionDescriptor,
  ControlLearnerDescriptor,
  DistributionDescriptor,
  EpisodicDistributionDescriptor,
  LearnerDescriptor,
  Plugin,
  PredictiveLearnerDescriptor,
} from './plugin.js';

/** Returns the descriptor as it is; infers the options' type from `defaults`. */
export function defineLearner<Options extends object>(
  descriptor: PredictiveLearnerDescriptor<Options>,
): PredictiveLearnerDescriptor<Options>;
/** Returns the descriptor of a control learner as it is; infers the options' type from `defaults`. */
export function defineLearner<Options extends object>(
  descriptor: ControlLearnerDescriptor<Options>,
): ControlLearnerDescriptor<Options>;
export function defineLearner(descriptor: LearnerDescriptor): LearnerDescriptor {
  return descriptor;
}

/** Returns the descriptor as it is; infers the options' type from `defaults`. */
export function defineDistribution<Options extends object>(
  descriptor: EpisodicDistributionDescriptor<Options>,
): EpisodicDistributionDescriptor<Options>;
/** Returns the descriptor of control tasks as it is; infers the options' type from `defaults`. */
export function defineDistribution<Options extends object>(
  descriptor: ControlDistributionDescriptor<Options>,
): ControlDistributionDescriptor<Options>;
export function defineDistribution(descriptor: DistributionDescriptor): DistributionDescriptor {
  return descriptor;
}

/** Returns the plugin as it is, with the keys of its learners and distributions kept in its type. */
export function definePlugin<const Definition extends Plugin>(plugin: Definition): Definition {
  return plugin;
}
