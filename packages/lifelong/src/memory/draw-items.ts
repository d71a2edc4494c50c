import type { Rng } from '@tasklearn/core';
import type { StoredItem } from './memory.js';

/** How stored items are weighed when they are drawn: alike, or so that tasks or classes are drawn alike. */
export type Balance = 'items' | 'tasks' | 'classes';

/** Without replacement: the first places of a shuffle. */
function sample(items: readonly StoredItem[], count: number, rng: Rng): StoredItem[] {
  const order = Int32Array.from({ length: items.length }, (_, index) => index);
  const drawn: StoredItem[] = [];
  for (let place = 0; place < Math.min(count, items.length); place++) {
    const other = place + rng.integer(items.length - place);
    const index = order[other] as number;
    order[other] = order[place] as number;
    order[place] = index;
    drawn.push(items[index] as StoredItem);
  }
  return drawn;
}

/**
 * Draws stored items: `items` without replacement (fewer where there are fewer), the others with replacement, a task or a class
 * first and then one of its items.
 *
 * @param count - how many.
 */
export function drawItems(
  items: readonly StoredItem[],
  count: number,
  balance: Balance,
  rng: Rng,
): readonly StoredItem[] {
  if (items.length === 0 || count === 0) return [];
  if (balance === 'items') return sample(items, count, rng);
  const groups = new Map<number, StoredItem[]>();
  for (const item of items) {
    const key = balance === 'tasks' ? item.task : (item.targets[0] as number);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  const all = [...groups.values()];
  return Array.from({ length: count }, () => {
    const group = all[rng.integer(all.length)] as StoredItem[];
    return group[rng.integer(group.length)] as StoredItem;
  });
}
