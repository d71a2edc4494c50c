import type { HostTensor, JointDistribution } from '@tasklearn/core';
import { demand } from '../check.js';
import { demandForm, demandRange } from '../demand-tensor.js';
import { evenlySpaced } from '../evenly-spaced.js';

/** Relative; targets are of single precision. */
const TOLERANCE = 1e-3;

/** Means and deviations of a task's labelled training targets, per component, by two passes. */
function momentsOf(distribution: JointDistribution, task: number, size: number) {
  const count = distribution.sizes.train[task] as number;
  const { targets, mask } = distribution.rows('train', task, evenlySpaced(count, count));
  const known = Array.from({ length: count }, (_, item) => item).filter((item) => mask?.data[item] !== 0);
  const average = (of: (item: number) => number) =>
    known.reduce((sum, item) => sum + of(item), 0) / Math.max(known.length, 1);
  return Array.from({ length: size }, (_, at) => {
    const value = (item: number) => targets.data[item * size + at] as number;
    const mean = average(value);
    return { count: known.length, mean, deviation: Math.sqrt(average((item) => (value(item) - mean) ** 2)) };
  });
}

/** Learners scale by them: they must be of the training items, and of those that have a label. */
export function demandStatistics(distribution: JointDistribution): void {
  const { id, spec } = distribution;
  for (const [group, { target, statistics }] of Object.entries(spec.groups)) {
    if (statistics === undefined) continue;
    const members = [...spec.tasks.keys()].filter((task) => spec.tasks[task]?.group === group);
    const shape = target.kind === 'regression' ? target.shape : [];
    const size = shape.reduce((product, length) => product * length, 1);
    for (const [name, tensor] of Object.entries(statistics)) {
      demandForm(`${id}: ${name} of '${group}'`, tensor, 'float32', [members.length, ...shape]);
      demandRange(`${id}: ${name} of '${group}'`, tensor);
    }
    for (const [place, task] of members.entries())
      for (const [at, moments] of momentsOf(distribution, task, size).entries())
        demandMoments(`${id}: task ${task}`, statistics, place * size + at, moments);
  }
}

function demandMoments(
  what: string,
  { mean, deviation }: { readonly mean: HostTensor; readonly deviation: HostTensor },
  at: number,
  measured: { readonly count: number; readonly mean: number; readonly deviation: number },
): void {
  const [declaredMean, declared] = [mean.data[at] as number, deviation.data[at] as number];
  demand(
    declared > 0,
    `${what}: the deviation must be above 0, since learners divide by it, got ${declared}.`,
  );
  if (measured.count === 0) return;
  const scale = Math.max(measured.deviation, TOLERANCE * Math.abs(measured.mean), Number.MIN_VALUE);
  const isMean =
    Math.abs(declaredMean - measured.mean) <= TOLERANCE * scale || declaredMean === measured.mean;
  demand(
    isMean,
    `${what}: the mean of its training targets is ${measured.mean}, declared is ${declaredMean}.`,
  );
  // Of targets that are all the same there is no scale. Elsewhere, divided by n or by n − 1.
  if (measured.deviation <= TOLERANCE * Math.abs(measured.mean)) return;
  const most = measured.deviation * Math.sqrt(measured.count / Math.max(measured.count - 1, 1));
  const isDeviation = declared >= measured.deviation * (1 - TOLERANCE) && declared <= most * (1 + TOLERANCE);
  demand(
    isDeviation,
    `${what}: the deviation of its training targets is ${measured.deviation}, declared is ${declared}.`,
  );
}

/** What is known of the truth is finite numbers. */
export function demandTruthPlain({ id, truth = {} }: JointDistribution): void {
  for (const [name, values] of Object.entries(truth)) {
    const odd = values.find((value) => !Number.isFinite(value));
    demand(
      values.length > 0 && odd === undefined,
      `${id}: truth '${name}' must be finite numbers, got [${values}].`,
    );
  }
}
