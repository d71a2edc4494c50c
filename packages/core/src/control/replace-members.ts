import type { ControlDistribution } from './control-distribution.js';

/**
 * A copy of a distribution with some members replaced, for wrappers; whatever else it has, inherited or not, the copy
 * has too.
 *
 * @param distribution - not modified.
 */
export function replaceMembers<Distribution extends ControlDistribution>(
  distribution: Distribution,
  members: Partial<ControlDistribution>,
): Distribution {
  const prototype = Object.getPrototypeOf(distribution) as object | null;
  return Object.create(prototype, {
    ...Object.getOwnPropertyDescriptors(distribution),
    ...Object.getOwnPropertyDescriptors(members),
  }) as Distribution;
}
