import {
  createJointEvaluator,
  type Executor,
  type FinishedEvent,
  type HostTensor,
  type JointDistribution,
  type JointLearner,
  type JointTaskResult,
  type TaskSampling,
  type Tree,
  trainJoint,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';

/** What every arm of a comparison has the same of. */
export interface Budget {
  readonly updates: number;
  readonly batchSize: number;
  /** Updates between validations, by which θ is chosen; 0 for the last θ. */
  readonly validateEvery: number;
  /** How tasks are drawn, as many as there are; all of them once unless given. */
  readonly sampling?: TaskSampling;
}

/** One trained arm. */
export interface Trained {
  readonly learner: JointLearner;
  readonly theta: Tree<HostTensor>;
  /** Predictions for a split of the tasks that it was trained on, or of others. */
  readonly results: (split: 'train' | 'test', of?: JointDistribution) => Promise<readonly JointTaskResult[]>;
}

/** One thread: what is measured here is small. */
export const executor: Executor = compiledExecutor({ threads: 1 });

/** Trains a learner on a fixed set of tasks. */
export async function train(
  learner: JointLearner,
  distribution: JointDistribution,
  { updates, batchSize, validateEvery, sampling }: Budget,
  seed: number,
): Promise<Trained> {
  let finished: FinishedEvent | undefined;
  const validation = validateEvery === 0 ? {} : { validation: { every: validateEvery, items: 500 } };
  const drawn = sampling === undefined ? {} : { sampling, tasksPerBatch: distribution.spec.tasks.length };
  const options = { learner, distribution, executor, seed, updates, batchSize, ...validation, ...drawn };
  for await (const event of trainJoint({ ...options, logEvery: updates }))
    if (event.kind === 'finished') finished = event;
  if (finished === undefined) throw new Error('Training ended without a result.');
  const theta = finished.theta as Tree<HostTensor>;
  return {
    learner,
    theta,
    async results(split, of = distribution) {
      const evaluator = createJointEvaluator({ learner, distribution: of, executor });
      const found = await evaluator.evaluate({ theta, split });
      evaluator.dispose();
      return found;
    },
  };
}

/** Mean squared error of a task, in raw units. */
export function squaredError({ means, targets }: JointTaskResult): number {
  const errors = Array.from(targets.data, (y, at) => (y - (means.data[at] as number)) ** 2);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** 1 − Σ (y − ŷ)² / Σ (y − ȳ)² of a task with one number per item. */
export function rSquared(result: JointTaskResult): number {
  const values = Array.from(result.targets.data);
  const mean = values.reduce((sum, y) => sum + y, 0) / values.length;
  const variance = values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / values.length;
  return 1 - squaredError(result) / variance;
}

/** Share of items whose most probable class is the true one. */
export function accuracy({ means, targets }: JointTaskResult): number {
  const [, classes = 1] = means.shape;
  let right = 0;
  for (const [item, label] of targets.data.entries()) {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    if (row.indexOf(Math.max(...row)) === label) right += 1;
  }
  return right / targets.data.length;
}

/** Arms, each trained on every draw of the tasks. */
export interface Comparison {
  readonly arms: Readonly<Record<string, () => JointLearner>>;
  readonly distributionOf: (draw: number) => JointDistribution;
  readonly draws: number;
  readonly budget: Budget;
  readonly score: (result: JointTaskResult) => number;
}

/** Test scores of every arm: of each draw, one per task. Arms see the same draws and seeds. */
export async function overDraws(comparison: Comparison): Promise<Readonly<Record<string, number[][]>>> {
  const { arms, distributionOf, draws, budget, score } = comparison;
  const scores: Record<string, number[][]> = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
  for (let draw = 0; draw < draws; draw += 1) {
    const distribution = distributionOf(draw);
    for (const [name, create] of Object.entries(arms)) {
      const { results } = await train(create(), distribution, budget, draw);
      (scores[name] as number[][]).push((await results('test')).map(score));
    }
  }
  return scores;
}
