import { type JointParameters, leavesOf, type Tree } from '@tasklearn/core';

/** How many numbers a model has, and whose they are. */
export interface ParameterCounts {
  /** Numbers that all tasks share. */
  readonly shared: number;
  /** Numbers that belong to one task each, over all tasks. */
  readonly perTask: number;
  readonly total: number;
}

/**
 * Shared and tasks' own parameters: what to hold equal when architectures are compared.
 *
 * @param theta - parameters of a joint learner, as tensors or host tensors.
 */
export function parameterCounts(
  theta: JointParameters | Tree<{ readonly shape: readonly number[] }>,
): ParameterCounts {
  const { shared, perTask } = theta as { readonly shared: Tree<never>; readonly perTask: Tree<never> };
  const count = (tree: Tree<never>) =>
    leavesOf<{ readonly shape: readonly number[] }>(tree as never).reduce(
      (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
      0,
    );
  const [common, own] = [count(shared), count(perTask)];
  return { shared: common, perTask: own, total: common + own };
}
