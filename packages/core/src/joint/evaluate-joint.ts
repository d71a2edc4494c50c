import type { Tensor } from '@tensorflow/tfjs';
import type { Split } from '../episode.js';
import type { Executor, Prepared } from '../executor.js';
import { createRng } from '../randomness/create-rng.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type {
  JointBatch,
  JointDistribution,
  JointLearner,
  JointParameters,
  JointRows,
  JointTask,
} from './joint-learner.js';
import { joinRows } from './joint-sampler.js';

/** What a learner predicts for the labelled items of one task. */
export interface JointTaskResult {
  readonly task: JointTask;
  /** Its place among the T tasks. */
  readonly index: number;
  /** Class probabilities [n, N], or means [n, ...target.shape] in raw units. */
  readonly means: HostTensor;
  /** −log p(y | x) of each item, [n]. */
  readonly losses: Float32Array;
  /** int32 [n], or float32 [n, ...target.shape]. */
  readonly targets: HostTensor;
}

/** What {@link createJointEvaluator} needs. */
export interface JointEvaluatorOptions {
  readonly learner: JointLearner;
  readonly distribution: JointDistribution;
  readonly executor: Executor;
  /** Items of each task at once; 256 unless told, or as many as there are. */
  readonly batchSize?: number;
}

/** Predicts for a split with one prepared function, as often as wanted. */
export interface JointEvaluator {
  /** One result per task, in the order of the tasks; `items` limits each to its first so many. */
  evaluate(range: {
    readonly theta: Tree<HostTensor>;
    readonly split: Split;
    readonly items?: number;
    readonly signal?: AbortSignal;
  }): Promise<readonly JointTaskResult[]>;
  /** Frees the prepared function. Calling it twice is harmless. */
  dispose(): void;
}

type Input = { readonly theta: JointParameters; readonly batch: JointBatch };
type Output = { readonly [group: string]: { readonly means: Tensor; readonly logProbabilities: Tensor } };

/** The parts of one task, to be joined. */
type Collected = { readonly means: number[]; readonly losses: number[]; readonly targets: number[] };

/** Keeps item `item` of task `row` of a group, if its label is known. */
function keep(
  into: Collected,
  predicted: { readonly means: HostTensor; readonly logProbabilities: HostTensor },
  rows: JointRows,
  row: number,
  item: number,
): void {
  if (rows.mask !== undefined && rows.mask.data[item] === 0) return;
  const [, items = 1] = predicted.means.shape;
  const width = predicted.means.data.length / ((predicted.means.shape[0] as number) * items);
  const at = row * items + item;
  into.means.push(...predicted.means.data.subarray(at * width, (at + 1) * width));
  into.losses.push(-(predicted.logProbabilities.data[at] as number));
  const size = rows.targets.data.length / (rows.targets.shape[0] as number);
  into.targets.push(...rows.targets.data.subarray(item * size, (item + 1) * size));
}

/**
 * Prepares a learner's predictions on a fixed set of tasks. The caller disposes.
 */
export function createJointEvaluator(options: JointEvaluatorOptions): JointEvaluator {
  const { learner, distribution, executor, batchSize = 256 } = options;
  const { spec } = distribution;
  const run = ({ theta, batch }: Input): Output => {
    const predictions = learner.predict(theta, batch.inputs, spec);
    return Object.fromEntries(
      Object.entries(predictions).map(([group, prediction]) => {
        const { targets } = batch.groups[group] as { readonly targets: Tensor };
        return [group, { means: prediction.mean(), logProbabilities: prediction.logProbability(targets) }];
      }),
    );
  };
  const prepared: Prepared<Input, Output> = executor.prepare(run, { name: 'joint predictions' });
  const placeInGroup = spec.tasks.map(
    ({ group }, index) => spec.tasks.slice(0, index).filter((each) => each.group === group).length,
  );

  const evaluate: JointEvaluator['evaluate'] = async ({ theta, split, items = Infinity, signal }) => {
    const sizes = distribution.sizes[split].map((size) => Math.min(size, items));
    const largest = Math.max(...sizes);
    const batch = Math.min(batchSize, largest);
    const collected = spec.tasks.map((): Collected => ({ means: [], losses: [], targets: [] }));
    for (let first = 0; first < largest; first += batch) {
      signal?.throwIfAborted();
      // Tasks with fewer items repeat their last, so that shapes stay; repeats are not kept.
      const indices = sizes.map((size) =>
        Int32Array.from({ length: batch }, (_, item) => Math.min(first + item, Math.max(size - 1, 0))),
      );
      const rows = indices.map((own, task) => distribution.rows(split, task, own));
      const joined = joinRows(spec, rows, new Float32Array(rows.length).fill(1));
      const predicted = await prepared.run({ theta, batch: joined } as never, createRng(0));
      for (const [task, { group }] of spec.tasks.entries()) {
        const count = Math.min(batch, (sizes[task] as number) - first);
        for (let item = 0; item < count; item += 1)
          keep(
            collected[task] as Collected,
            (predicted as never)[group] as never,
            rows[task] as JointRows,
            placeInGroup[task] as number,
            item,
          );
      }
    }
    return spec.tasks.map((task, index) =>
      resultOf(distribution, task, index, collected[index] as Collected),
    );
  };
  return { evaluate, dispose: () => prepared.dispose() };
}

function resultOf(
  { spec }: JointDistribution,
  task: JointTask,
  index: number,
  { means, losses, targets }: Collected,
): JointTaskResult {
  const target = spec.groups[task.group]?.target;
  const n = losses.length;
  const classes = target?.kind === 'classification';
  const shape = target?.kind === 'regression' ? target.shape : [];
  return {
    task,
    index,
    means: {
      dtype: 'float32',
      shape: classes ? [n, n === 0 ? 0 : means.length / n] : [n, ...shape],
      data: Float32Array.from(means),
    },
    losses: Float32Array.from(losses),
    targets: classes
      ? { dtype: 'int32', shape: [n], data: Int32Array.from(targets) }
      : { dtype: 'float32', shape: [n, ...shape], data: Float32Array.from(targets) },
  };
}
