import {
  type JointGroup,
  type JointSpec,
  type PredictiveDistribution,
  type Rng,
  TasklearnError,
} from '@tasklearn/core';
import { type DenseParameters, lossOf, outputSizeOf, predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { MultiTaskParameters } from './architecture.js';
import { applyDense, denseLayer, denseLayerPerTask, forTasks } from './dense-layers.js';

/** Heads are kept beside other layers, under this name and their group's. */
const headName = (group: string) => `head ${group}`;

/** The tasks of a group, by their place among all. */
export function tasksOf(spec: JointSpec, group: string): readonly number[] {
  return spec.tasks.flatMap((task, index) => (task.group === group ? [index] : []));
}

/** Rows of the tasks of a group, [Tg, ...]. */
function rowsOf(x: Tensor, tasks: readonly number[]): Tensor {
  if (x.shape[0] === tasks.length) return x;
  const first = tasks[0] as number;
  const together = tasks.every((task, index) => task === first + index);
  if (together)
    return x.slice([first, ...Array<number>(x.rank - 1).fill(0)], [tasks.length, ...x.shape.slice(1)]);
  return tf.gather(x, tf.tensor1d(tasks as number[], 'int32'));
}

/** A linear head for each task, or for each group. */
export function initHeads(
  spec: JointSpec,
  features: number,
  heads: 'perTask' | 'shared',
  rng: Rng,
): Readonly<Record<string, Required<DenseParameters>>> {
  return Object.fromEntries(
    Object.entries(spec.groups).map(([group, kind]) => {
      const size = outputSizeOf(kind);
      const own = rng.split(group);
      const tasks = tasksOf(spec, group).length;
      const head =
        heads === 'perTask' ? denseLayerPerTask(features, size, tasks, own) : denseLayer(features, size, own);
      return [headName(group), head];
    }),
  );
}

/** Raw outputs of a group's tasks, [Tg, B, out]. */
export function headOutputs(
  theta: MultiTaskParameters,
  features: Tensor,
  spec: JointSpec,
  group: string,
): Tensor {
  const tasks = tasksOf(spec, group);
  const name = headName(group);
  const own = theta.perTask[name] as DenseParameters | undefined;
  const rows = rowsOf(forTasks(features, spec.tasks.length), tasks); // [Tg, B, H]
  if (own !== undefined) return applyDense(rows, own);
  const { weight, bias } = theta.shared[name] as Required<DenseParameters>;
  if (weight.rank === 2) return applyDense(rows, { weight, bias });
  return applyDense(rows, { weight: rowsOf(weight, tasks), bias: rowsOf(bias, tasks) });
}

/** Statistics of a group's targets, spread over items: [Tg, 1, ...]. */
function statisticsOf({ statistics }: JointGroup): { mean: Tensor; deviation: Tensor } | undefined {
  if (statistics === undefined) return undefined;
  const spread = ({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }) =>
    tf.tensor(Float32Array.from(data), shape as number[]).expandDims(1);
  return { mean: spread(statistics.mean), deviation: tf.maximum(spread(statistics.deviation), 1e-6) };
}

function groupOf(spec: JointSpec, group: string): JointGroup {
  const found = spec.groups[group];
  if (found !== undefined) return found;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `There is no group '${group}' among ${Object.keys(spec.groups)}.`,
    {
      group,
    },
  );
}

/** Mean losses of a group's tasks, [Tg]; targets scaled to mean 0 and deviation 1 where `scaled`. */
export function groupLosses(
  spec: JointSpec,
  group: string,
  outputs: Tensor,
  { targets, mask }: { readonly targets: Tensor; readonly mask: Tensor },
  scaled: boolean,
): Tensor {
  const kind = groupOf(spec, group);
  const statistics = scaled ? statisticsOf(kind) : undefined;
  const wanted = statistics === undefined ? targets : targets.sub(statistics.mean).div(statistics.deviation);
  const shaped = shapeLikeTargets(kind, outputs);
  return lossOf(kind)(shaped, wanted, mask);
}

/** Outputs [Tg, B, out] in the shape that a regression's targets have. */
function shapeLikeTargets({ target, loss }: JointGroup, outputs: Tensor): Tensor {
  if (target.kind === 'classification' || loss === 'gaussian') return outputs;
  return outputs.reshape([...outputs.shape.slice(0, 2), ...target.shape]);
}

/** p(y | x) of a group's tasks in raw units. */
export function groupPredictive(
  spec: JointSpec,
  group: string,
  outputs: Tensor,
  scaled: boolean,
): PredictiveDistribution {
  const kind = groupOf(spec, group);
  const predictive = predictiveOf(kind, outputs);
  const statistics = scaled && kind.target.kind === 'regression' ? statisticsOf(kind) : undefined;
  return statistics === undefined ? predictive : unscaled(predictive, statistics);
}

/** The distribution of μ + d y for y of another. */
function unscaled(
  base: PredictiveDistribution,
  { mean, deviation }: { readonly mean: Tensor; readonly deviation: Tensor },
): PredictiveDistribution {
  const raw = (x: Tensor) => x.mul(deviation).add(mean);
  return {
    family: base.family,
    parameters: { ...base.parameters, location: mean, scale: deviation },
    mean: () => raw(base.mean()),
    sample: (rng) => raw(base.sample(rng)),
    logProbability(targets) {
      const scaledTargets = targets.sub(mean).div(deviation);
      const axes = Array.from({ length: targets.rank - 2 }, (_, axis) => axis + 2);
      const volume = tf.log(deviation).add(tf.zerosLike(targets));
      return base.logProbability(scaledTargets).sub(axes.length === 0 ? volume : tf.sum(volume, axes));
    },
    ...(base.variance === undefined
      ? {}
      : { variance: () => (base.variance as () => Tensor)().mul(tf.square(deviation)) }),
  };
}
