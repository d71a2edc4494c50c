/** A matrix as rows. */
export type Matrix = readonly (readonly number[])[];

const multiply = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) =>
    (b[0] ?? []).map((_, column) => row.reduce((sum, value, k) => sum + value * at(b, k, column), 0)),
  );
const transpose = (a: Matrix): number[][] =>
  (a[0] ?? []).map((_, column) => a.map((row) => row[column] as number));
const add = (a: Matrix, b: Matrix, sign = 1): number[][] =>
  a.map((row, i) => row.map((value, j) => value + sign * at(b, i, j)));
const at = (a: Matrix, row: number, column: number) => a[row]?.[column] as number;

/** Solves A X = B by Gauss-Jordan elimination with row pivots. */
function solve(a: Matrix, b: Matrix): number[][] {
  const size = a.length;
  const rows = a.map((row, index) => [...row, ...(b[index] as readonly number[])]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row += 1)
      if (Math.abs(at(rows, row, pivot)) > Math.abs(at(rows, best, pivot))) best = row;
    const chosen = rows[best] as number[];
    rows[best] = rows[pivot] as number[];
    const scale = chosen[pivot] as number;
    rows[pivot] = chosen.map((value) => value / scale);
    for (let row = 0; row < size; row += 1) {
      if (row === pivot) continue;
      const factor = at(rows, row, pivot);
      rows[row] = (rows[row] as number[]).map((value, k) => value - factor * at(rows, pivot, k));
    }
  }
  return rows.map((row) => row.slice(size));
}

/** A linear system with quadratic cost: s′ = A s + B a, cost sᵀQ s + aᵀR a. */
export interface LinearQuadraticProblem {
  /** A, [n][n]. */
  readonly transition: Matrix;
  /** B, [n][m]. */
  readonly control: Matrix;
  /** Q, [n][n]. */
  readonly stateCost: Matrix;
  /** R, [m][m]. */
  readonly actionCost: Matrix;
}

/** The optimal linear feedback a = −K s, and the cost to go sᵀP s. */
export interface LinearQuadraticSolution {
  /** K, [m][n]. */
  readonly gain: Matrix;
  /** P, [n][n]. */
  readonly value: Matrix;
}

/**
 * One step of the Riccati recursion backwards, from the value of the next state.
 *
 * K = (R + BᵀP B)⁻¹ BᵀP A, P ← Q + AᵀP (A − B K)
 */
export function riccatiStep(problem: LinearQuadraticProblem, value: Matrix): LinearQuadraticSolution {
  const { transition: a, control: b, stateCost, actionCost } = problem;
  const weighted = multiply(transpose(b), value); // BᵀP, [m][n]
  const gain = solve(add(actionCost, multiply(weighted, b)), multiply(weighted, a));
  const closed = add(a, multiply(b, gain), -1); // A − B K
  const next = add(stateCost, multiply(multiply(transpose(a), value), closed));
  return { gain, value: next };
}

/**
 * The stationary solution: the recursion from P = Q until it stands still (at most 10,000 steps).
 *
 * @see Anderson, Moore. Optimal Control: Linear Quadratic Methods. 1990, chapter 2.
 */
export function linearQuadratic(problem: LinearQuadraticProblem): LinearQuadraticSolution {
  let solution = riccatiStep(problem, problem.stateCost);
  for (let step = 0; step < 10_000; step += 1) {
    const next = riccatiStep(problem, solution.value);
    const change = add(next.value, solution.value, -1).flat();
    solution = next;
    if (
      change.every(
        (value, index) => Math.abs(value) <= 1e-12 * (1 + Math.abs(next.value.flat()[index] as number)),
      )
    )
      break;
  }
  return solution;
}

/**
 * Jacobians of a step s′ = f(s, a) at a point, by central differences.
 *
 * @returns A [n][n] and B [n][m].
 */
export function linearise(
  step: (state: readonly number[], action: readonly number[]) => readonly number[],
  state: readonly number[],
  action: readonly number[],
): Pick<LinearQuadraticProblem, 'transition' | 'control'> {
  const width = 1e-5;
  const slope = (move: (delta: number) => readonly number[]) => {
    const [above, below] = [move(width), move(-width)];
    return above.map((value, index) => (value - (below[index] as number)) / (2 * width));
  };
  const shift = (values: readonly number[], index: number, delta: number) =>
    values.map((value, k) => (k === index ? value + delta : value));
  return {
    transition: transpose(
      state.map((_, index) => slope((delta) => step(shift(state, index, delta), action))),
    ),
    control: transpose(action.map((_, index) => slope((delta) => step(state, shift(action, index, delta))))),
  };
}
