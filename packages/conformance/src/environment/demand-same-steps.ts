import type { TimeSteps } from '@tasklearn/core';
import { demand } from '../check.js';

const MEMBERS = ['stepType', 'observation', 'reward', 'discount', 'success'] as const;

/**
 * @param copies - which are compared; all unless told.
 * @throws unless both show the same, bit for bit.
 */
export function demandSameSteps(
  what: string,
  first: TimeSteps,
  second: TimeSteps,
  copies?: readonly number[],
): void {
  const count = first.stepType.length;
  for (const member of MEMBERS) {
    const [a, b] = [first[member], second[member]];
    demand(a.length === b.length, `${what}: ${member} has ${a.length} and ${b.length} numbers.`, { member });
    const size = a.length / count;
    for (const copy of copies ?? Array.from({ length: count }, (_, index) => index))
      for (let at = copy * size; at < (copy + 1) * size; at += 1)
        demand(Object.is(a[at], b[at]), `${what}: ${member} of copy ${copy} is ${a[at]} and ${b[at]}.`, {
          member,
          copy,
        });
  }
}
