import { type TabularModel, TasklearnError } from '@tasklearn/core';

/**
 * Many tasks as one decision process with the states (s, z), z being the number of the task: state z * S + s. A task is drawn
 * with its weight as the episode begins, and stays.
 *
 * @param weights - chances of the tasks, summing to 1; equal where absent.
 * @throws `INVALID_OPTION` for models of different sizes.
 */
export function augmentedModel(models: readonly TabularModel[], weights?: readonly number[]): TabularModel {
  const [first] = models;
  if (
    first === undefined ||
    models.some(({ states, actions }) => states !== first.states || actions !== first.actions)
  )
    throw new TasklearnError(
      'INVALID_OPTION',
      'augmentedModel: expected models with the same numbers of states and actions.',
      { key: 'models', received: models.length },
    );
  const { states, actions } = first;
  const all = states * models.length;
  const transition = new Float64Array(all * actions * all);
  const reward = new Float64Array(all * actions * all);
  for (const [task, model] of models.entries())
    for (let row = 0; row < states * actions; row += 1) {
      const to = (task * states * actions + row) * all + task * states;
      transition.set(model.transition.subarray(row * states, (row + 1) * states), to);
      reward.set(model.reward.subarray(row * states, (row + 1) * states), to);
    }
  return {
    states: all,
    actions,
    initial: Float64Array.from({ length: all }, (_, state) => {
      const task = Math.floor(state / states);
      return (weights?.[task] ?? 1 / models.length) * (models[task]?.initial[state % states] as number);
    }),
    transition,
    reward,
    terminal: Uint8Array.from(
      { length: all },
      (_, state) => models[Math.floor(state / states)]?.terminal[state % states] as number,
    ),
  };
}
