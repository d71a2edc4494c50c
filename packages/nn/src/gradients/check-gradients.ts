import { createRng, leavesOf, type Rng, type Tree, treeFromLeaves } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { hvp } from './products.js';
import { gradients } from './value-and-gradients.js';

/** How {@link checkGradients} looks. */
export interface GradientCheckOptions {
  /** 1: the gradient alone; 2: Hessian-vector products too. Default 2. */
  readonly order?: 1 | 2;
  /** Random directions, >= 1. Default 2. */
  readonly directions?: number;
  /** Step of the central differences, > 0. Default 3e-3, good for values near 1 in float32. */
  readonly epsilon?: number;
  /** Largest relative error that passes. Default 3e-2. */
  readonly tolerance?: number;
  /** Seed of directions and output weights. Default 0. */
  readonly seed?: number;
}

/** What {@link checkGradients} found. Errors are relative to the size of the derivative. */
export interface GradientCheck {
  readonly passed: boolean;
  /** Largest error of the directional first derivative. */
  readonly firstOrder: number;
  /** Largest error of a Hessian-vector product; 0 where order is 1. */
  readonly secondOrder: number;
}

/** A point: the values of every leaf. */
type Point = readonly Float32Array[];

interface Problem<T extends Tree<Tensor>> {
  readonly tree: T;
  readonly fn: (tree: T) => Tensor;
  readonly outputWeights: Float32Array;
}

function toPoint(tree: Tree<Tensor>): Point {
  return leavesOf(tree).map((leaf: Tensor) => leaf.dataSync<'float32'>().slice());
}

function toTree<T extends Tree<Tensor>>(point: Point, like: T): T {
  const shapes = leavesOf(like).map((leaf: Tensor) => leaf.shape);
  return treeFromLeaves(
    like,
    point.map((values, index) => tf.tensor(values, shapes[index])),
  ) as T;
}

function gaussians(rng: Rng, size: number): Float32Array {
  return Float32Array.from({ length: size }, () => rng.gaussian());
}

/** Σ weights · f, in double precision. */
function valueAt<T extends Tree<Tensor>>({ fn, tree, outputWeights }: Problem<T>, point: Point): number {
  const values = tf.tidy(() => fn(toTree(point, tree)).dataSync());
  return outputWeights.reduce((sum, weight, index) => sum + weight * (values[index] as number), 0);
}

/** Σ weights · f, as something to differentiate. */
function scalarOf<T extends Tree<Tensor>>({ fn, outputWeights }: Problem<T>): (tree: T) => Scalar {
  return (tree) => {
    const result = fn(tree);
    return tf.sum(tf.mul(result, tf.tensor(outputWeights, result.shape)));
  };
}

/** Disposes what `fn` makes. (`tf.tidy` is typed for tensors only.) */
function scoped(fn: () => Point): Point {
  let result: Point = [];
  tf.tidy(() => {
    result = fn();
  });
  return result;
}

function gradientAt<T extends Tree<Tensor>>(problem: Problem<T>, point: Point): Point {
  return scoped(() => toPoint(gradients(scalarOf(problem), toTree(point, problem.tree))));
}

function productAt<T extends Tree<Tensor>>(problem: Problem<T>, point: Point, vector: Point): Point {
  const { tree } = problem;
  return scoped(() => toPoint(hvp(scalarOf(problem), toTree(point, tree), toTree(vector, tree))));
}

function combine(a: Point, b: Point, fn: (x: number, y: number) => number): Point {
  return a.map((values, leaf) => values.map((value, index) => fn(value, b[leaf]?.[index] as number)));
}

function dot(a: Point, b: Point): number {
  let sum = 0;
  a.forEach((values, leaf) => {
    values.forEach((value, index) => {
      sum += value * (b[leaf]?.[index] as number);
    });
  });
  return sum;
}

function norm(a: Point): number {
  return Math.sqrt(dot(a, a));
}

/** |found - expected| relative to their size; a hundredth of the gradient's own size counts as zero. */
function relativeError(difference: number, size: number, gradientSize: number): number {
  const error = difference / (size + 0.01 * gradientSize + 1e-3);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** Errors of first and second order along one direction. */
function errorsAlong<T extends Tree<Tensor>>(
  problem: Problem<T>,
  point: Point,
  direction: Point,
  { order, epsilon }: { readonly order: 1 | 2; readonly epsilon: number },
): readonly [number, number] {
  const ahead = combine(point, direction, (x, u) => x + epsilon * u);
  const behind = combine(point, direction, (x, u) => x - epsilon * u);
  // The step that float32 really made.
  const step = combine(ahead, behind, (x, y) => (x - y) / (2 * epsilon));
  const gradient = gradientAt(problem, point);
  const slope = dot(gradient, step);
  const difference = (valueAt(problem, ahead) - valueAt(problem, behind)) / (2 * epsilon);
  const size = Math.max(Math.abs(slope), Math.abs(difference));
  const first = relativeError(Math.abs(slope - difference), size, norm(gradient));
  if (order === 1) return [first, 0];
  const [above, below] = [gradientAt(problem, ahead), gradientAt(problem, behind)];
  const expected = combine(above, below, (x, y) => (x - y) / (2 * epsilon));
  const found = productAt(problem, point, step);
  const apart = norm(combine(found, expected, (x, y) => x - y));
  return [first, relativeError(apart, Math.max(norm(found), norm(expected)), norm(gradient))];
}

/**
 * Compares derivatives with central differences along random directions: the gradient with differences of values,
 * the Hessian-vector product with differences of gradients. A result that is not a scalar is contracted with random weights.
 *
 * @param fn - takes a tree of float32 tensors, returns a tensor of any shape. Smooth within epsilon of `tree`: keep
 * kinks (relu at 0, equal maxima) away.
 * @param tree - where to check. Values near 1 in size suit the default epsilon.
 * @param options - see {@link GradientCheckOptions}.
 * @returns the largest errors, and whether both are within tolerance. What is not finite is infinitely wrong.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { checkGradients } from '@tasklearn/nn';
 *
 * checkGradients(({ x }) => x.tanh().mul(x), { x: tf.tensor1d([0.5, -1]) }).passed; // => true
 * ```
 */
export function checkGradients<T extends Tree<Tensor>>(
  fn: (tree: T) => Tensor,
  tree: T,
  options: GradientCheckOptions = {},
): GradientCheck {
  const { order = 2, directions = 2, epsilon = 3e-3, tolerance = 3e-2, seed = 0 } = options;
  const rng = createRng(seed);
  const outputSize = tf.tidy(() => fn(tree).size);
  const problem = { tree, fn, outputWeights: gaussians(rng.split('weights'), outputSize) };
  const point = toPoint(tree);
  const errors = Array.from({ length: directions }, (_, index) => {
    const source = rng.split(index);
    const direction = point.map((values) => gaussians(source, values.length));
    return errorsAlong(problem, point, direction, { order, epsilon });
  });
  const firstOrder = Math.max(...errors.map(([first]) => first));
  const secondOrder = Math.max(...errors.map(([, second]) => second));
  return { passed: firstOrder <= tolerance && secondOrder <= tolerance, firstOrder, secondOrder };
}
