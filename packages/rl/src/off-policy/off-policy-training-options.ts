import type { Checkpoint, ControlTask, ControlTrainingContext, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { NStepAccumulator } from '../replay/n-step.js';
import type { ReplaySource } from '../replay/replay.js';
import type { OffPolicyAlgorithm } from './off-policy-algorithm.js';
import type { OffPolicyHooks, OffPolicyLoop } from './off-policy-loop.js';
import type { CollectedStep } from './transition-collector.js';

/** What {@link openOffPolicyTraining} needs. */
export interface OffPolicyTrainingOptions<State extends Tree<Tensor> = Tree<Tensor>> {
  /** Who asks, for messages. */
  readonly owner: string;
  readonly context: ControlTrainingContext;
  readonly algorithm: OffPolicyAlgorithm<State>;
  readonly loop: OffPolicyLoop;
  readonly hooks?: OffPolicyHooks;
  readonly saved?: Checkpoint | undefined;
}

/** Where experience goes, and what is drawn from it. */
export interface Store {
  readonly replay: ReplaySource;
  /** Takes one step of every copy. */
  keep(step: CollectedStep): void;
  readonly nStep?: NStepAccumulator;
}

/** The training tasks of a generation; generation 0 unless the loop renews them. */
export function trainingTasksOf(
  { context, loop }: Pick<OffPolicyTrainingOptions, 'context' | 'loop'>,
  generation = 0,
): readonly ControlTask[] {
  const { distribution, rng } = context;
  const count = distribution.trainingTasks;
  return Array.from({ length: loop.tasks }, (_, index) => {
    const at = generation * loop.tasks + index;
    return distribution.task('train', count === undefined ? at : at % count, rng.split('tasks'));
  });
}
