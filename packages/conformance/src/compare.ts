import { type HostTensor, leavesOf, pathsOf, type Tree } from '@tasklearn/core';
import { demand, failure } from './check.js';

/** @throws unless both trees have the same paths, shapes, types and, bit for bit, the same values. */
export function demandIdentical(what: string, first: Tree<HostTensor>, second: Tree<HostTensor>): void {
  demandSameForm(what, first, second);
  const [as, bs, paths] = [leavesOf(first), leavesOf(second), pathsOf(first)];
  for (const [at, a] of as.entries()) {
    const b = bs[at] as HostTensor;
    const wrong = a.data.findIndex((value, element) => !Object.is(value, b.data[element]));
    const [x, y] = [a.data[wrong], b.data[wrong]];
    demand(wrong === -1, `${what}: '${paths[at]}' differs at element ${wrong}: ${x} and ${y}.`, {
      path: paths[at],
    });
  }
}

/**
 * @param tolerance - largest difference, relative to the largest value of a leaf, or to 1 where all are smaller.
 * @throws unless both trees have the same form and nearly the same values.
 */
export function demandClose(
  what: string,
  first: Tree<HostTensor>,
  second: Tree<HostTensor>,
  tolerance: number,
): void {
  demandSameForm(what, first, second);
  const [as, bs, paths] = [leavesOf(first), leavesOf(second), pathsOf(first)];
  for (const [at, a] of as.entries()) {
    const { difference, scale } = distance(a, bs[at] as HostTensor);
    // Written so that NaN fails.
    demand(
      difference <= tolerance * scale,
      `${what}: '${paths[at]}' differs by ${difference}, more than ${tolerance} of ${scale}.`,
      { path: paths[at], difference, tolerance },
    );
  }
}

/** Whether any element of two trees of the same form differs. */
export function differs(first: Tree<HostTensor>, second: Tree<HostTensor>): boolean {
  const bs = leavesOf(second);
  return leavesOf(first).some((a, at) => distance(a, bs[at] as HostTensor).difference > 0);
}

function distance(a: HostTensor, b: HostTensor): { readonly difference: number; readonly scale: number } {
  let [difference, scale] = [0, 1];
  for (const [element, value] of a.data.entries()) {
    const gap = Math.abs(value - (b.data[element] as number));
    if (!(gap <= difference)) difference = gap; // NaN sticks.
    if (Number.isNaN(difference)) break;
    scale = Math.max(scale, Math.abs(value));
  }
  return { difference, scale };
}

function demandSameForm(what: string, first: Tree<HostTensor>, second: Tree<HostTensor>): void {
  const form = (tree: Tree<HostTensor>) => {
    const leaves = leavesOf(tree);
    return pathsOf(tree).map((path, at) => `${path}: ${leaves[at]?.dtype} [${leaves[at]?.shape}]`);
  };
  const [a, b] = [form(first).join(', '), form(second).join(', ')];
  if (a !== b)
    throw failure(`${what}: expected the same leaves, got { ${a} } and { ${b} }.`, { first: a, second: b });
}

/** @throws unless every value is finite. */
export function demandFinite(what: string, tree: Tree<HostTensor>): void {
  const paths = pathsOf(tree);
  for (const [at, { data }] of leavesOf(tree).entries()) {
    const value = data.find((element) => !Number.isFinite(element));
    demand(value === undefined, `${what}: '${paths[at]}' must be finite, got ${value}.`, { path: paths[at] });
  }
}
