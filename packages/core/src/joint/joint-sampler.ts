import type { Split } from '../episode.js';
import { TasklearnError } from '../errors.js';
import { requireInteger } from '../options/require-option.js';
import type { Rng } from '../randomness/rng.js';
import type { HostTensor } from '../tree/tree.js';
import type { GroupTargets, JointBatch, JointDistribution, JointRows, JointSpec } from './joint-learner.js';

/** How tasks are drawn: each as often as the others, in proportion to its items, or to a power of them. */
export type TaskSampling = 'uniform' | 'proportional' | { readonly power: number };

/** What {@link jointSampler} needs. */
export interface JointSamplerOptions {
  readonly distribution: JointDistribution;
  readonly split: Split;
  /** Items per task, b. */
  readonly batchSize: number;
  /** Tasks drawn per batch, with replacement; all of them once unless told, which needs `uniform` sampling. */
  readonly tasksPerBatch?: number;
  /** Default `uniform`. */
  readonly sampling?: TaskSampling;
}

/** Draws batches; pure in (index, key of rng). */
export type JointSampler = (index: number, rng: Rng) => JointBatch<HostTensor>;

const floats = (shape: readonly number[], data: Float32Array): HostTensor => ({
  dtype: 'float32',
  shape,
  data,
});

/** p_i ∝ n_i^a; a = 0 is uniform, a = 1 proportional. */
function probabilities(sizes: readonly number[], sampling: TaskSampling): readonly number[] {
  const power = sampling === 'uniform' ? 0 : sampling === 'proportional' ? 1 : sampling.power;
  const raised = sizes.map((size) => size ** power);
  const sum = raised.reduce((total, each) => total + each, 0);
  return raised.map((each) => each / sum);
}

/** How often each task was drawn, times T over the number of draws: 1 on average where sampling is uniform; [T]. */
function drawWeights(chances: readonly number[], draws: number, rng: Rng): Float32Array {
  const weights = new Float32Array(chances.length);
  for (let draw = 0; draw < draws; draw += 1) {
    let left = rng.next();
    let task = 0;
    while (task < chances.length - 1 && left >= (chances[task] as number)) {
      left -= chances[task] as number;
      task += 1;
    }
    weights[task] = (weights[task] as number) + chances.length / draws;
  }
  return weights;
}

/** Joins equal-shaped tensors under a new leading axis. */
function stack(parts: readonly HostTensor[]): HostTensor {
  const [first] = parts as readonly [HostTensor];
  const size = first.data.length;
  const Values = first.data.constructor as new (length: number) => Float32Array;
  const data = new Values(size * parts.length);
  for (const [index, part] of parts.entries()) data.set(part.data, index * size);
  return { dtype: first.dtype, shape: [parts.length, ...first.shape], data };
}

/** The rows of all tasks as one batch. */
export function joinRows(
  spec: JointSpec,
  rows: readonly JointRows[],
  taskWeights: Float32Array,
): JointBatch<HostTensor> {
  const groups: Record<string, GroupTargets<HostTensor>> = {};
  for (const group of Object.keys(spec.groups)) {
    const members = rows.filter((_, task) => spec.tasks[task]?.group === group);
    const masks = members.map(({ mask, targets }) => {
      const count = targets.shape[0] as number;
      return mask ?? floats([count], new Float32Array(count).fill(1));
    });
    groups[group] = { targets: stack(members.map(({ targets }) => targets)), mask: stack(masks) };
  }
  const inputs = rows.slice(0, spec.sharedInputs ? 1 : rows.length).map((each) => each.inputs);
  return { inputs: stack(inputs), groups, taskWeights: floats([rows.length], taskWeights) };
}

/**
 * The two-level sampler of multi-task learning: tasks first, then items of each.
 *
 * A batch always holds b items of every task, so that its shapes never change; tasks that were not drawn weigh nothing, tasks
 * drawn twice weigh twice. The expected gradient is that of Σ p_i L_i.
 *
 * @throws `INVALID_OPTION` for counts out of range, `UNSUPPORTED_TASK` for a task without items.
 */
export function jointSampler(options: JointSamplerOptions): JointSampler {
  const { distribution, split, batchSize, sampling = 'uniform' } = options;
  const { spec } = distribution;
  const sizes = distribution.sizes[split];
  const { tasksPerBatch = spec.tasks.length } = options;
  requireInteger('jointSampler', { batchSize }, 'batchSize', 1);
  requireInteger('jointSampler', { tasksPerBatch }, 'tasksPerBatch', 1);
  const empty = sizes.findIndex((size) => size < 1);
  if (empty >= 0) {
    const task = spec.tasks[empty]?.id;
    const message = `jointSampler: task '${task}' has no items in the split '${split}'. Leave it out of the set.`;
    throw new TasklearnError('UNSUPPORTED_TASK', message, { task, split });
  }
  const everyTaskOnce = sampling === 'uniform' && options.tasksPerBatch === undefined;
  const chances = probabilities(sizes, sampling);
  return (index, rng) => {
    const stream = rng.split(index);
    const weights = everyTaskOnce
      ? new Float32Array(sizes.length).fill(1)
      : drawWeights(chances, tasksPerBatch, stream.split('tasks'));
    const shared = drawIndices(sizes[0] as number, batchSize, stream.split('items').split(0));
    const rows = sizes.map((size, task) => {
      const own = spec.sharedInputs
        ? shared
        : drawIndices(size, batchSize, stream.split('items').split(task));
      return distribution.rows(split, task, own);
    });
    return joinRows(spec, rows, weights);
  };
}

/** b indices below `size`, independent. */
function drawIndices(size: number, count: number, rng: Rng): Int32Array {
  return Int32Array.from({ length: count }, () => rng.integer(size));
}
