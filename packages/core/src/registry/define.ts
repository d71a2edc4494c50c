import type { DistributionDescriptor, LearnerDescriptor, Plugin } from './plugin.js';

/** Returns the descriptor as it is; infers the options' type from `defaults`. */
export function defineLearner<Options extends object>(
  descriptor: LearnerDescriptor<Options>,
): LearnerDescriptor<Options> {
  return descriptor;
}

/** Returns the descriptor as it is; infers the options' type from `defaults`. */
export function defineDistribution<Options extends object>(
  descriptor: DistributionDescriptor<Options>,
): DistributionDescriptor<Options> {
  return descriptor;
}

/** Returns the plugin as it is, with the keys of its learners and distributions kept in its type. */
export function definePlugin<const Definition extends Plugin>(plugin: Definition): Definition {
  return plugin;
}
