import { type ControlTask, createRng, type Rng, type Split } from '@tasklearn/core';

/** How finitely many tasks are shared out among the splits. */
export interface FiniteTasks {
  /** Tasks that training draws from. */
  readonly trainingTasks: number;
  /** Task `index` of a split: training draws at random, the others go through theirs in order, again and again. */
  task(split: Split, index: number, rng: Rng): ControlTask;
}

/**
 * Tasks out of finitely many: three fifths are for training and a fifth each for validation and test, by a permutation that
 * is always the same, so that no split meets another's task.
 *
 * @param id - of the distribution: decides the permutation.
 * @param count - number of tasks there are.
 * @param parametersOf - the numbers that define task 0 .. count - 1.
 * @param shared - all splits have all tasks, as where there are too few to hold some back. Also where `count` < 5.
 */
export function finiteTasks(
  id: string,
  count: number,
  parametersOf: (member: number) => Readonly<Record<string, number>>,
  shared = false,
): FiniteTasks {
  const order = createRng(id).split('splits').permutation(count);
  const undivided = shared || count < 5;
  const held = undivided ? 0 : Math.floor(count / 5);
  const trainingTasks = count - 2 * held;
  const rangeOf = (split: Split): readonly [number, number] => {
    if (undivided || split === 'train') return [0, trainingTasks];
    return split === 'validation' ? [trainingTasks, held] : [trainingTasks + held, held];
  };
  return {
    trainingTasks,
    task(split, index, rng) {
      const [first, size] = rangeOf(split);
      const place = first + (split === 'train' ? rng.split(split).split(index).integer(size) : index % size);
      const known = undivided || split === 'train';
      return {
        id: `${split}-${index}`,
        parameters: parametersOf(order[place] as number),
        ...(known ? { identity: place } : {}),
      };
    },
  };
}
