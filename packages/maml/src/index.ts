export { type AdaptationCurve, adaptationCurve } from './adaptation-curve.js';
export { type AdaptedLeaves, adaptedLeaves, allLeaves } from './engine/adapted-leaves.js';
export {
  type DiscriminativeRateOptions,
  discriminativeRate,
  fixedRate,
  type LearnedRateOptions,
  learnedRate,
  type RateChoice,
  type RateGranularity,
} from './engine/inner-rate.js';
export { adaptiveDescent, type DescentOptions, gradientDescent } from './engine/inner-solver.js';
export { firstOrder, truncated, unrolled, untrained } from './engine/meta-gradient.js';
export { type GradientLearner, metaLearner } from './engine/meta-learner.js';
export type * from './engine/meta-learner-parts.js';
export { type PooledLabels, pooled } from './engine/pooled-loss.js';
export { reptileGradient } from './engine/reptile-gradient.js';
export { reverseHvp } from './engine/reverse-hvp.js';
export { learnedStart, newHeadStart } from './engine/start.js';
export { type TaskLossOptions, taskLoss } from './engine/task-loss.js';
export { createFineTuning, type FineTuningOptions, fineTuningDefaults } from './fine-tuning.js';
export { createFromScratch, type FromScratchOptions, fromScratchDefaults } from './from-scratch.js';
export { createMaml } from './maml.js';
export { type MamlOptions, mamlDefaults } from './maml-options.js';
export { memorizationProbe } from './memorization-probe.js';
export { modelDefaults } from './model-options.js';
export { mamlPlugin } from './plugin.js';
export { mamlPresets } from './presets.js';
export { createReptile, type ReptileOptions, reptileDefaults } from './reptile.js';
export { VERSION } from './version.js';
