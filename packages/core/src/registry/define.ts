import type {
  ControlDistributionDescriptor,
  ControlLearnerDescriptor,
  DistributionDescriptor,
  EpisodicDistributionDescriptor,
  EpisodicLearnerDescriptor,
  JointDistributionDescriptor,
  JointLearnerDescriptor,
  LearnerDescriptor,
  Plugin,
  StreamDistributionDescriptor,
  StreamLearnerDescriptor,
} from './plugin.js';

/** Returns the descriptor as it is; infers the options' type from `defaults`. */
export function defineLearner<Options extends object>(
  descriptor: EpisodicLearnerDescriptor<Options>,
): EpisodicLearnerDescriptor<Options>;
/** The same for multi-task learners. */
export function defineLearner<Options extends object>(
  descriptor: JointLearnerDescriptor<Options>,
): JointLearnerDescriptor<Options>;
/** The same for control learners. */
export function defineLearner<Options extends object>(
  descriptor: ControlLearnerDescriptor<Options>,
): ControlLearnerDescriptor<Options>;
/** The same for lifelong learners. */
export function defineLearner<Options extends object>(
  descriptor: StreamLearnerDescriptor<Options>,
): StreamLearnerDescriptor<Options>;
export function defineLearner(descriptor: LearnerDescriptor): LearnerDescriptor {
  return descriptor;
}

/** Returns the descriptor as it is; infers the options' type from `defaults`. */
export function defineDistribution<Options extends object>(
  descriptor: EpisodicDistributionDescriptor<Options>,
): EpisodicDistributionDescriptor<Options>;
/** The same for fixed sets of tasks. */
export function defineDistribution<Options extends object>(
  descriptor: JointDistributionDescriptor<Options>,
): JointDistributionDescriptor<Options>;
/** The same for control tasks. */
export function defineDistribution<Options extends object>(
  descriptor: ControlDistributionDescriptor<Options>,
): ControlDistributionDescriptor<Options>;
/** The same for streams. */
export function defineDistribution<Options extends object>(
  descriptor: StreamDistributionDescriptor<Options>,
): StreamDistributionDescriptor<Options>;
export function defineDistribution(descriptor: DistributionDescriptor): DistributionDescriptor {
  return descriptor;
}

/** Returns the plugin as it is, with the keys of its learners and distributions kept in its type. */
export function definePlugin<const Definition extends Plugin>(plugin: Definition): Definition {
  return plugin;
}
