import { solvePositiveDefinite } from '../models/solve-positive-definite.js';

/** s′ = A s + B a, cost ½ Σ_t (sᵀ Q s + aᵀ R a) + ½ s_Hᵀ Q s_H; matrices row-major. */
export interface LinearQuadraticProblem {
  /** Numbers in a state, n. */
  readonly states: number;
  /** Numbers in an action, m. */
  readonly actions: number;
  /** A, [n * n]. */
  readonly transition: ArrayLike<number>;
  /** B, [n * m]. */
  readonly control: ArrayLike<number>;
  /** Q, [n * n], positive semi-definite. */
  readonly stateCost: ArrayLike<number>;
  /** R, [m * m], positive definite. */
  readonly actionCost: ArrayLike<number>;
}

type Matrix = { readonly rows: number; readonly columns: number; readonly data: Float64Array };

function matrix(rows: number, columns: number, data: ArrayLike<number>): Matrix {
  return { rows, columns, data: Float64Array.from(data) };
}

function product(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i += 1)
    for (let k = 0; k < a.columns; k += 1)
      for (let j = 0; j < b.columns; j += 1)
        data[i * b.columns + j] =
          (data[i * b.columns + j] as number) +
          (a.data[i * a.columns + k] as number) * (b.data[k * b.columns + j] as number);
  return { rows: a.rows, columns: b.columns, data };
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i += 1)
    for (let j = 0; j < columns; j += 1) result[j * rows + i] = data[i * columns + j] as number;
  return { rows: columns, columns: rows, data: result };
}

function sum(a: Matrix, b: Matrix, factor = 1): Matrix {
  return { ...a, data: a.data.map((value, index) => value + factor * (b.data[index] as number)) };
}

/**
 * The linear-quadratic regulator over a finite horizon: a_t = −K_t s_t, by Riccati's recursion backwards from P_H = Q.
 *
 *     K_t = (R + Bᵀ P_{t+1} B)⁻¹ Bᵀ P_{t+1} A,   P_t = Q + Aᵀ P_{t+1} (A − B K_t)
 *
 * @returns K_0 .. K_{H−1}, [m * n] each.
 */
export function linearQuadraticRegulator(
  problem: LinearQuadraticProblem,
  horizon: number,
): readonly Float64Array[] {
  const { states, actions } = problem;
  const transition = matrix(states, states, problem.transition);
  const control = matrix(states, actions, problem.control);
  const stateCost = matrix(states, states, problem.stateCost);
  const actionCost = matrix(actions, actions, problem.actionCost);
  const gains: Float64Array[] = [];
  let value = stateCost;
  for (let step = horizon - 1; step >= 0; step -= 1) {
    const left = product(transposed(control), value); // Bᵀ P
    const curvature = sum(actionCost, product(left, control));
    const right = product(left, transition);
    const gain = solvePositiveDefinite(curvature.data.slice(), right.data.slice(), actions, states);
    const closed = sum(transition, product(control, matrix(actions, states, gain)), -1);
    value = sum(stateCost, product(product(transposed(transition), value), closed));
    gains.unshift(gain);
  }
  return gains;
}
