import type { PlanStream } from '../plan/plan.js';
import { formatCount } from './format.js';

const told = {
  always: 'Which task an input belongs to is always told.',
  learning: 'Which task an input belongs to is told while it is learnt, not when it is predicted.',
  hidden: 'Nobody tells which task an input belongs to.',
} as const;

/** What lifetimes are like, as a sentence for each thing that a learner may need; empty where the plan does not say. */
export function regimeInWords({ regime = {} }: PlanStream): string {
  const { order, length, batchSize, tasks = 1, taskLabels, storage, gradientsPerItem } = regime;
  if (order === undefined || length === undefined || batchSize === undefined || taskLabels === undefined)
    return '';
  const many = tasks > 1 ? `${formatCount(tasks)} tasks, ` : '';
  const items = batchSize === 1 ? 'an item each' : `${formatCount(batchSize)} items each`;
  const kept =
    storage === null || storage === undefined
      ? 'What may be kept is not limited.'
      : `${formatCount(storage)} items may be kept.`;
  const computed =
    gradientsPerItem === null || gradientsPerItem === undefined
      ? ''
      : ` ${formatCount(gradientsPerItem)} gradients may be evaluated per item.`;
  return `A lifetime: ${many}${formatCount(length)} steps of ${items} (${order}). ${told[taskLabels]} ${kept}${computed}`;
}
