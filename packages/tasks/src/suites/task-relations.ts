import { TasklearnError } from '@tasklearn/core';

/** What {@link relationMatrix} needs. */
export interface TaskRelations {
  /** T. */
  readonly tasks: number;
  /** Groups that tasks are dealt to, in order. */
  readonly groups: number;
  /** Correlation within a group. */
  readonly relatedness: number;
  /** Correlation across groups. */
  readonly acrossGroups: number;
}

/** The group of task t: the first T / groups tasks are in the first. */
export function groupOfTask(task: number, { tasks, groups }: TaskRelations): number {
  return Math.floor((task * groups) / tasks);
}

/** R, correlations of the tasks' weights: 1 on the diagonal; row by row, [T, T]. */
export function relationMatrix(relations: TaskRelations): Float64Array {
  const { tasks, relatedness, acrossGroups } = relations;
  return Float64Array.from({ length: tasks * tasks }, (_, at) => {
    const [row, column] = [Math.floor(at / tasks), at % tasks];
    if (row === column) return 1;
    const together = groupOfTask(row, relations) === groupOfTask(column, relations);
    return together ? relatedness : acrossGroups;
  });
}

/**
 * L with L Lᵀ = R, lower triangular, of a matrix that may be singular (ρ = 1).
 *
 * @throws `INVALID_OPTION` if R has a negative eigenvalue: no weights are correlated like that.
 */
export function relationRoot(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  const at = (row: number, column: number) => lower[row * n + column] as number;
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * n + column] as number;
      for (let k = 0; k < column; k += 1) sum -= at(row, k) * at(column, k);
      const pivot = at(column, column);
      if (row === column ? sum < -1e-9 : pivot === 0 && Math.abs(sum) > 1e-7) throw impossible(n);
      if (row === column) lower[row * n + column] = sum > 1e-12 ? Math.sqrt(sum) : 0;
      else lower[row * n + column] = pivot === 0 ? 0 : sum / pivot;
    }
  }
  return lower;
}

function impossible(tasks: number): TasklearnError {
  return new TasklearnError(
    'INVALID_OPTION',
    `linear suite: no ${tasks} tasks have weights with these correlations. Take \`relatedness\` of at least −1 / (T − 1), or \`acrossGroups\` nearer to zero.`,
    { key: 'relatedness', tasks },
  );
}
