// One folder per family; each distribution is a file with its options, tasks, kernel and picture. A kernel is the dynamics
// of one copy over typed arrays; `vectorised` makes an Environment of it.

export { type ArmOptions, arm, armDefaults } from './arm/arm.js';
export {
  type BernoulliBanditOptions,
  bernoulliBanditDefaults,
  bernoulliBandits,
} from './bandits/bernoulli-bandits.js';
export {
  type ContextualBanditOptions,
  contextualBanditDefaults,
  contextualBandits,
} from './bandits/contextual-bandits.js';
export {
  type GaussianBanditOptions,
  gaussianBanditDefaults,
  gaussianBandits,
} from './bandits/gaussian-bandits.js';
export {
  type InformativeBanditOptions,
  informativeBanditDefaults,
  informativeBandits,
} from './bandits/informative-bandits.js';
export { type RevealBanditOptions, revealBandit, revealBanditDefaults } from './bandits/reveal-bandit.js';
export { type BaodingOptions, baoding, baodingDefaults } from './baoding/baoding.js';
export { type AcrobotOptions, acrobot, acrobotDefaults } from './classic-control/acrobot.js';
export { cartPole } from './classic-control/cart-pole.js';
export { type CartPoleOptions, cartPoleDefaults } from './classic-control/cart-pole-options.js';
export {
  type CartPoleSwingUpOptions,
  cartPoleSwingUp,
  cartPoleSwingUpDefaults,
} from './classic-control/cart-pole-swing-up.js';
export {
  type LinearSystemOptions,
  linearSystem,
  linearSystemDefaults,
} from './classic-control/linear-system.js';
export { type MountainCarOptions, mountainCar, mountainCarDefaults } from './classic-control/mountain-car.js';
export { type PendulumOptions, pendulum, pendulumDefaults } from './classic-control/pendulum.js';
export {
  type ContinuousFamily,
  continuousDistribution,
  type ReferenceFactory,
} from './continuous/continuous-distribution.js';
export {
  type LinearQuadraticProblem,
  type LinearQuadraticSolution,
  linearQuadratic,
  type Matrix,
} from './continuous/linear-quadratic.js';
export type { ParameterRange } from './continuous/parameter-range.js';
export type { World } from './continuous/world.js';
export type { CrawlerCondition } from './crawler/crawler-body.js';
export { sixLeg } from './crawler/six-leg.js';
export { type SixLegOptions, sixLegDefaults } from './crawler/six-leg-options.js';
export { type DeskOptions, desk, deskDefaults } from './desk/desk.js';
export { type BusGridOptions, busGrid, busGridDefaults } from './errands/bus-grid.js';
export { type CookGridOptions, cookGrid, cookGridDefaults } from './errands/cook-grid.js';
export { type BlockPushOptions, blockPush, blockPushDefaults } from './goal-suite/block-push.js';
export { type DoorOptions, door, doorDefaults } from './goal-suite/door.js';
export type { GoalReward } from './goal-suite/goal-law.js';
export type { GoalOptions } from './goal-suite/goal-options.js';
export { type PickAndPlaceOptions, pickAndPlace, pickAndPlaceDefaults } from './goal-suite/pick-and-place.js';
export { pointReach } from './goal-suite/point-reach.js';
export type { PointReachLayout } from './goal-suite/point-reach-options.js';
export { type PointReachOptions, pointReachDefaults } from './goal-suite/point-reach-options.js';
export { type PushOptions, push, pushDefaults } from './goal-suite/push.js';
export { type SlideOptions, slide, slideDefaults } from './goal-suite/slide.js';
export { type BitFlipOptions, bitFlip, bitFlipDefaults } from './goals/bit-flip.js';
export { fourRooms, fourRoomsDefaults } from './grids/four-rooms.js';
export { type GoalGridOptions, goalGrid, goalGridDefaults } from './grids/goal-grid.js';
export { type GridMap, gridDistances, gridMap, gridMoves } from './grids/grid-map.js';
export type { GridOptions } from './grids/grid-options.js';
export { type GridWorldOptions, gridWorld, gridWorldDefaults } from './grids/grid-world.js';
export { type HockeyOptions, hockey, hockeyDefaults, hockeyTasks } from './grids/hockey.js';
export { type StarGridOptions, starGrid, starGridDefaults } from './grids/star-grid.js';
export { twoPassageMaze, twoPassageMazeDefaults } from './grids/two-passage-maze.js';
export { type HallwayOptions, hallwayDefaults } from './hallways/hallway-options.js';
export { hallwaySign } from './hallways/hallway-sign.js';
export {
  type HallwaySteps,
  type HallwaySuccess,
  hallwaySteps,
  hallwaySuccess,
} from './hallways/hallway-strategies.js';
export { type MazeOptions, maze, mazeDefaults } from './mazes/maze.js';
export {
  type BeliefOptimum,
  type BeliefProblem,
  bayesAdaptiveOptimum,
  thompsonValue,
  updateBelief,
} from './oracles/belief-value.js';
export { type BernoulliOptimum, bernoulliOptimum } from './oracles/bernoulli-bayes.js';
export { finiteGittins, type GittinsTable, gittinsIndex } from './oracles/gittins.js';
export { type PlaneOptions, plane, planeDefaults } from './plane/plane.js';
export type { PlaneLayout } from './plane/plane-regions.js';
export { environmentsPlugin } from './plugin.js';
export { pointRobot } from './point-robot/point-robot.js';
export {
  type PointRobotMotion,
  type PointRobotOptions,
  type PointRobotTask,
  pointRobotDefaults,
} from './point-robot/point-robot-options.js';
export { type StepWorldOptions, stepWorld, stepWorldDefaults } from './step-world/step-world.js';
export { tabletop } from './tabletop/tabletop.js';
export type { TabletopSplit } from './tabletop/tabletop-options.js';
export { type TabletopOptions, tabletopDefaults } from './tabletop/tabletop-options.js';
export {
  type TabletopModifier,
  type TabletopSkill,
  tabletopModifiers,
  tabletopSkills,
} from './tabletop/tabletop-skills.js';
export { augmentedModel } from './tabular/augmented-model.js';
export {
  backwardInduction,
  type FiniteHorizonSolution,
  optimalReturn,
} from './tabular/backward-induction.js';
export { type ChainOptions, chain, chainDefaults } from './tabular/chain.js';
export { type CorridorOptions, corridor, corridorDefaults } from './tabular/corridor.js';
export {
  type FiniteWorld,
  type FiniteWorldDefinition,
  finiteWorld,
  type Transition,
} from './tabular/finite-world.js';
export { type LaneWalkOptions, laneWalk, laneWalkDefaults } from './tabular/lane-walk.js';
export {
  isTabular,
  type TabularDefinition,
  tabularDistribution,
  tabularModel,
} from './tabular/tabular-distribution.js';
export { type TabularMdpOptions, tabularMdpDefaults, tabularMdps } from './tabular/tabular-mdps.js';
export { type TwoPassageOptions, twoPassage, twoPassageDefaults } from './tabular/two-passage.js';
// For worlds of your own.
export { type Kernel, type KernelFrame, Outcome, type VectorisedWorld } from './vectorised/kernel.js';
export { StepRandom } from './vectorised/step-random.js';
export { type ResumableEnvironment, vectorisedEnvironment } from './vectorised/vectorised-environment.js';
export { VERSION } from './version.js';
export { type WindPointOptions, windPoint, windPointDefaults } from './wind-point/wind-point.js';
// Distributions around distributions.
export { chainEpisodes } from './wrappers/chain-episodes.js';
export { maskObservation } from './wrappers/mask-observation.js';
export { perturbActions } from './wrappers/perturb-actions.js';
export { stackFrames } from './wrappers/stack-frames.js';
export { withDescriptor } from './wrappers/with-descriptor.js';
export { type NuisanceOptions, withNuisance } from './wrappers/with-nuisance.js';
export { withoutReward } from './wrappers/without-reward.js';
