// One folder per family; each distribution is a file with its options, tasks, kernel and picture. A kernel is the dynamics
// of one copy over typed arrays; `vectorised` makes an Environment of it.

// Worlds with finitely many actions.

export type { ParameterRange } from './continuous/parameter-range.js';
export { environmentsPlugin } from './plugin.js';
// Worlds with continuous motion.
export { pointRobot } from './point-robot/point-robot.js';
export {
  type PointRobotMotion,
  type PointRobotOptions,
  type PointRobotTask,
  pointRobotDefaults,
} from './point-robot/point-robot-options.js';
// For worlds of your own.
export { type Kernel, type KernelFrame, Outcome, type VectorisedWorld } from './vectorised/kernel.js';
export { StepRandom } from './vectorised/step-random.js';
export { vectorisedEnvironment } from './vectorised/vectorised-environment.js';
export { VERSION } from './version.js';
