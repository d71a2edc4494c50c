import { invertPositiveDefinite } from './invert-positive-definite.js';

/** What is known of a set of linear-Gaussian tasks. */
export interface LinearProblem {
  /** T. */
  readonly tasks: number;
  /** d. */
  readonly dimensions: number;
  /** σ. */
  readonly noise: number;
  /** R, row by row, [T, T]. */
  readonly relations: Float64Array;
  /** L with L Lᵀ = R, [T, T]. */
  readonly root: Float64Array;
  /** Training inputs of each task, [n_t, d]. */
  readonly inputs: readonly Float64Array[];
  /** Training targets of each task, [n_t]. */
  readonly targets: readonly Float64Array[];
}

/** An estimator's weights, and the risk it is expected to have given the inputs. */
export interface LinearEstimate {
  /** ŵ of each task, [T · d]. */
  readonly weights: Float64Array;
  /** E ‖ŵ_t − w_t‖² over weights and noise, given the training inputs, [T]. */
  readonly risks: readonly number[];
}

/** The estimators that exact Bayes has for the suite. */
export interface LinearOracle {
  /** The posterior mean from a task's own items: ridge with σ² d. */
  readonly single: LinearEstimate;
  /** The posterior mean from all tasks' items with R known: nothing is better on average. */
  readonly joint: LinearEstimate;
  /** The posterior mean if all tasks were one: ridge with σ² d on all items. */
  readonly pooled: LinearEstimate;
}

type Matrix = Float64Array;

/** A B for [n, n]. */
function product(a: Matrix, b: Matrix, n: number): Matrix {
  const c = new Float64Array(n * n);
  for (let row = 0; row < n; row += 1)
    for (let k = 0; k < n; k += 1) {
      const factor = a[row * n + k] as number;
      if (factor !== 0)
        for (let column = 0; column < n; column += 1)
          c[row * n + column]! += factor * (b[k * n + column] as number);
    }
  return c;
}

const transposed = (a: Matrix, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => a[(at % n) * n + Math.floor(at / n)] as number);

/** tr(A Bᵀ). */
const innerProduct = (a: Matrix, b: Matrix) =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);

function timesVector(a: Matrix, v: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < n; k += 1) sum += (a[row * n + k] as number) * (v[k] as number);
    return sum;
  });
}

/** XᵀX and Xᵀy. */
function moments(x: Float64Array, y: Float64Array, d: number): { gram: Matrix; cross: Float64Array } {
  const gram = new Float64Array(d * d);
  const cross = new Float64Array(d);
  for (let item = 0; item < y.length; item += 1)
    for (let i = 0; i < d; i += 1) {
      const xi = x[item * d + i] as number;
      cross[i]! += xi * (y[item] as number);
      for (let j = 0; j < d; j += 1) gram[i * d + j]! += xi * (x[item * d + j] as number);
    }
  return { gram, cross };
}

type Moments = ReturnType<typeof moments>;

/** (A + c I)⁻¹. */
function ridgeInverse(a: Matrix, c: number, n: number): Matrix {
  const shifted = Float64Array.from(a);
  for (let at = 0; at < n; at += 1) shifted[at * (n + 1)]! += c;
  return invertPositiveDefinite(shifted, n);
}

const trace = (a: Matrix, n: number, from = 0, count = n) => {
  let sum = 0;
  for (let at = from; at < from + count; at += 1) sum += a[at * (n + 1)] as number;
  return sum;
};

function single({ tasks, dimensions: d, noise }: LinearProblem, each: readonly Moments[]): LinearEstimate {
  const weights = new Float64Array(tasks * d);
  const risks = each.map(({ gram, cross }, task) => {
    const inverse = ridgeInverse(gram, noise ** 2 * d, d);
    weights.set(timesVector(inverse, cross, d), task * d);
    return noise ** 2 * trace(inverse, d);
  });
  return { weights, risks };
}

/**
 * With w = B z, B = (L ⊗ I) / √d and z standard normal: posterior covariance B (I + Bᵀ S B / σ²)⁻¹ Bᵀ, S the blocks X_tᵀX_t;
 * good for singular R too.
 */
function joint(problem: LinearProblem, each: readonly Moments[]): LinearEstimate {
  const { tasks, dimensions: d, noise, root } = problem;
  const n = tasks * d;
  const B = new Float64Array(n * n);
  const S = new Float64Array(n * n);
  const cross = new Float64Array(n);
  for (let t = 0; t < tasks; t += 1) {
    cross.set((each[t] as Moments).cross, t * d);
    for (let i = 0; i < d; i += 1) {
      for (let u = 0; u < tasks; u += 1)
        B[(t * d + i) * n + u * d + i] = (root[t * tasks + u] as number) / Math.sqrt(d);
      for (let j = 0; j < d; j += 1)
        S[(t * d + i) * n + t * d + j] = ((each[t] as Moments).gram[i * d + j] as number) / noise ** 2;
    }
  }
  const turned = transposed(B, n);
  const inverse = ridgeInverse(product(turned, product(S, B, n), n), 1, n);
  const covariance = product(B, product(inverse, turned, n), n);
  const weights = timesVector(
    covariance,
    cross.map((value) => value / noise ** 2),
    n,
  );
  return { weights, risks: each.map((_, t) => trace(covariance, n, t * d, d)) };
}

/** ŵ = A Σ_u (S_u w_u + X_uᵀ ε), A = (Σ S_u + σ² d I)⁻¹; its risk for weights with correlations R. */
function pooled(problem: LinearProblem, each: readonly Moments[]): LinearEstimate {
  const { tasks, dimensions: d, noise, relations } = problem;
  const total = new Float64Array(d * d);
  const cross = new Float64Array(d);
  for (const own of each) {
    for (const [at, value] of own.gram.entries()) total[at]! += value;
    for (const [at, value] of own.cross.entries()) cross[at]! += value;
  }
  const A = ridgeInverse(total, noise ** 2 * d, d);
  const weights = new Float64Array(tasks * d);
  const shared = timesVector(A, cross, d);
  const fromNoise = noise ** 2 * innerProduct(product(A, total, d), A);
  const influences = each.map(({ gram }) => product(A, gram, d)); // of w_u on ŵ
  const risks = each.map((_, task) => {
    weights.set(shared, task * d);
    const errors = influences.map((influence, u) => {
      if (u !== task) return influence;
      const own = Float64Array.from(influence);
      for (let at = 0; at < d; at += 1) own[at * (d + 1)]! -= 1;
      return own;
    });
    let sum = 0;
    for (const [u, first] of errors.entries())
      for (const [v, second] of errors.entries())
        sum += (relations[u * tasks + v] as number) * innerProduct(first, second);
    return sum / d + fromNoise;
  });
  return { weights, risks };
}

/**
 * Exact Bayes for tasks y = w_tᵀ x + σ ε whose weights are N(0, R ⊗ I / d): what learning alone, together and as one can reach.
 * What sharing can give is the difference of the first two.
 */
export function linearOracle(problem: LinearProblem): LinearOracle {
  const each = problem.inputs.map((x, task) =>
    moments(x, problem.targets[task] as Float64Array, problem.dimensions),
  );
  return { single: single(problem, each), joint: joint(problem, each), pooled: pooled(problem, each) };
}
