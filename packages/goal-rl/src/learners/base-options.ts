import type { BaseOptions } from '../bases/base.js';
import type { GoalSlots } from './goal-slots.js';
import type { GoalTrainingOptions } from './goal-training-options.js';

/** What a base learner is made of, from the options of the whole. */
export function baseOptions(
  { combine }: GoalSlots,
  options: GoalTrainingOptions,
  contextSize: number,
): BaseOptions {
  const { hidden, discount, learningRate, actorLearningRate, targetRate, clipTargets } = options;
  return {
    hidden,
    contextSize,
    discount,
    learningRate,
    actorLearningRate: actorLearningRate === 0 ? learningRate : actorLearningRate,
    targetRate,
    clipTargets,
    ...(combine === undefined ? {} : { combineGradients: combine }),
  };
}
