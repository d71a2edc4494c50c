import {
  createRng,
  type JointDistribution,
  type JointGroup,
  type JointTask,
  type PartialOptions,
  type Rng,
  type Split,
} from '@tasklearn/core';
import { inMemoryTasks, type TaskItems } from './in-memory-tasks.js';
import { type LinearOracle, type LinearProblem, linearOracle } from './linear-oracle.js';
import { type LinearSuiteOptions, linearSuiteId, resolveLinearSuite } from './linear-suite-options.js';
import { groupOfTask, relationMatrix, relationRoot } from './task-relations.js';

/** Linear-Gaussian tasks, with what is known of them. */
export interface LinearSuite extends JointDistribution {
  /** w_t, row by row, [T · d]. */
  readonly weights: Float64Array;
  /** Training items as the exact solutions see them: labelled ones, targets without their task's scale. */
  readonly problem: LinearProblem;
  /** Exact Bayes; for suites of regressions with linear labels. */
  readonly oracle: () => LinearOracle;
}

const normals = (rng: Rng, count: number) => Float64Array.from({ length: count }, () => rng.gaussian());

/** Rows made orthonormal, one after another (Gram and Schmidt). */
function orthonormal(rows: Float64Array, count: number, d: number): Float64Array {
  const result = Float64Array.from(rows);
  for (let row = 0; row < count; row += 1) {
    const own = result.subarray(row * d, (row + 1) * d);
    for (let other = 0; other < row; other += 1) {
      const against = result.subarray(other * d, (other + 1) * d);
      const along = own.reduce((sum, value, at) => sum + value * (against[at] as number), 0);
      for (let at = 0; at < d; at += 1) own[at]! -= along * (against[at] as number);
    }
    const length = Math.hypot(...own);
    for (let at = 0; at < d; at += 1) own[at]! /= length;
  }
  return result;
}

/** w = L Z / √d, or with orthonormal rows for Z / √d. */
function drawWeights(root: Float64Array, options: LinearSuiteOptions, rng: Rng): Float64Array {
  const { tasks, dimensions: d, exact } = options;
  const white = normals(rng, tasks * d);
  const Z = exact ? orthonormal(white, tasks, d) : white.map((value) => value / Math.sqrt(d));
  const weights = new Float64Array(tasks * d);
  for (let t = 0; t < tasks; t += 1)
    for (let u = 0; u < tasks; u += 1)
      for (let at = 0; at < d; at += 1)
        weights[t * d + at]! += (root[t * tasks + u] as number) * (Z[u * d + at] as number);
  return weights;
}

/** Items of one task, targets in units of the suite. */
type Drawn = {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly known: readonly boolean[];
};

function drawItems(
  options: LinearSuiteOptions,
  weights: Float64Array,
  split: Split,
  task: number,
  rng: Rng,
): Drawn {
  const { dimensions: d, noise, missing, labels, sharedInputs, longTail } = options;
  const first = { train: options.trainItems, validation: options.validationItems, test: options.testItems };
  const tail = split === 'train' ? (task + 1) ** -longTail : 1;
  const n = longTail === 0 ? first[split] : Math.max(2, Math.round(first[split] * tail));
  const own = rng.split(split);
  const x = normals(own.split('inputs').split(sharedInputs ? 0 : task), n * d);
  const errors = own.split('noise').split(task);
  const holes = own.split('missing').split(task);
  const y = Float64Array.from({ length: n }, (_, item) => {
    if (labels === 'random') return Math.sqrt(1 + noise ** 2) * errors.gaussian();
    const error = split === 'test' ? 0 : noise * errors.gaussian();
    let sum = 0;
    for (let at = 0; at < d; at += 1)
      sum += (x[item * d + at] as number) * (weights[task * d + at] as number);
    return (options.link === 'tanh' ? Math.tanh(sum) : sum) + error;
  });
  return { x, y, known: Array.from({ length: n }, () => split !== 'train' || holes.next() >= missing) };
}

function itemsOf({ x, y, known }: Drawn, isClassification: boolean, scale: number): TaskItems {
  return {
    inputs: Float32Array.from(x),
    targets: isClassification
      ? Int32Array.from(y, (value) => (value > 0 ? 1 : 0))
      : Float32Array.from(y, (value) => scale * value),
    ...(known.every(Boolean) ? {} : { mask: Float32Array.from(known, Number) }),
  };
}

/** The labelled items of a task, for exact solutions. */
function labelled({ x, y, known }: Drawn, d: number): { x: Float64Array; y: Float64Array } {
  const kept = [...y.keys()].filter((item) => known[item]);
  return {
    x: Float64Array.from(kept.flatMap((item) => [...x.subarray(item * d, (item + 1) * d)])),
    y: Float64Array.from(kept, (item) => y[item] as number),
  };
}

/**
 * Linear tasks with dials, whose best solutions are known exactly: how related tasks are, in groups or not, in conflict or not;
 * their sizes, scales, missing labels and kinds; or labels that say nothing.
 *
 * y = g(w_tᵀ x) + σ ε, g the identity unless told; weights N(0, R ⊗ I / d), x and ε standard normal. Gradients of two tasks at w = 0 have the cosine R_tu.
 *
 * @returns the distribution; `truth` holds the Bayes risk (test squared error) of learning alone (`singleRisk`), together
 * (`jointRisk`) and as one task (`pooledRisk`), where labels are linear in x and all tasks regressions.
 * @throws `INVALID_OPTION` for a value out of range, or correlations that no weights have.
 *
 * @example
 * ```ts
 * import { linearSuite } from '@tasklearn/tasks';
 *
 * const { truth } = linearSuite({ relatedness: 0.9 });
 * const [alone = 0, together = 0] = [truth?.singleRisk?.[0], truth?.jointRisk?.[0]];
 * alone > 2 * together; // => true
 * ```
 */
export function linearSuite(given: PartialOptions<LinearSuiteOptions> = {}): LinearSuite {
  const options = resolveLinearSuite(given);
  const { tasks: count, dimensions, noise, classifications, scales, labels, sharedInputs } = options;
  const relations = relationMatrix(options);
  const root = relationRoot(relations, count);
  const rng = createRng(options.seed).split('linear suite');
  const weights = drawWeights(root, options, rng.split('weights'));
  const isClassification = (task: number) => task >= count - classifications;
  const scaleOf = (task: number) => scales?.[task] ?? 1;
  const every = Array.from({ length: count }, (_, task) => task);
  const drawn = (split: Split) => every.map((task) => drawItems(options, weights, split, task, rng));
  const items = (all: readonly Drawn[]) =>
    all.map((own, task) => itemsOf(own, isClassification(task), scaleOf(task)));
  const training = drawn('train');
  const kept = training.map((own) => labelled(own, dimensions));
  const problem: LinearProblem = {
    tasks: count,
    dimensions,
    noise,
    relations,
    root,
    inputs: kept.map(({ x }) => x),
    targets: kept.map(({ y }) => y),
  };
  const oracle = () => linearOracle(problem);
  const tasks = every.map(
    (task): JointTask => ({
      id: options.groups > 1 ? `${task} of group ${groupOfTask(task, options)}` : `${task}`,
      group: isClassification(task) ? 'signs' : 'numbers',
    }),
  );
  const groups: Record<string, JointGroup> = {
    ...(classifications === count
      ? {}
      : { numbers: { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } }),
    ...(classifications === 0
      ? {}
      : { signs: { target: { kind: 'classification', classes: 2 }, loss: 'crossEntropy' } }),
  };
  const isKnown = labels === 'linear' && options.link === 'identity' && classifications === 0;
  const distribution = inMemoryTasks({
    id: linearSuiteId,
    inputShape: [dimensions],
    tasks,
    groups,
    items: { train: items(training), validation: items(drawn('validation')), test: items(drawn('test')) },
    sharedInputs,
    ...(isKnown ? { truth: risksOf(oracle(), scaleOf) } : {}),
  });
  return { ...distribution, weights, problem, oracle };
}

function risksOf({ single, joint, pooled }: LinearOracle, scaleOf: (task: number) => number) {
  const scaled = (risks: readonly number[]) => risks.map((risk, task) => risk * scaleOf(task) ** 2);
  return {
    singleRisk: scaled(single.risks),
    jointRisk: scaled(joint.risks),
    pooledRisk: scaled(pooled.risks),
  };
}
