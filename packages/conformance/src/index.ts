export type { Check, ExpectedFailures } from './check.js';
export type { ControlLearning } from './control/control-learning-check.js';
export {
  type TrivialControlOptions,
  trivialControlDistribution,
} from './control/trivial-control-distribution.js';
export { type ControlLearnerCheckOptions, controlLearnerChecks } from './control-learner-checks.js';
export { type DistributionCheckOptions, distributionChecks } from './distribution-checks.js';
export { type EnvironmentCheckOptions, environmentChecks } from './environment-checks.js';
export { trivialDistribution } from './episodes/trivial-distribution.js';
export { type TrivialJointOptions, trivialJointDistribution } from './joint/trivial-joint-distribution.js';
export {
  type JointDistributionCheckOptions,
  jointDistributionChecks,
} from './joint-distribution-checks.js';
export { type JointLearnerCheckOptions, jointLearnerChecks } from './joint-learner-checks.js';
export type { OptionCheckOptions } from './learner/option-checks.js';
export { type LearnerCheckOptions, learnerChecks } from './learner-checks.js';
export { type PluginCheckOptions, pluginChecks } from './plugin-checks.js';
export type { StreamLearning } from './stream/stream-learning-check.js';
export {
  type TrivialStreamOptions,
  trivialStreamDistribution,
} from './stream/trivial-stream-distribution.js';
export {
  type StreamDistributionCheckOptions,
  streamDistributionChecks,
} from './stream-distribution-checks.js';
export { type StreamLearnerCheckOptions, streamLearnerChecks } from './stream-learner-checks.js';
export { VERSION } from './version.js';
