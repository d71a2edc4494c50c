import type { TabularModel } from '@tasklearn/core';

/** One possible episode of H steps. */
export interface EnumeratedEpisode {
  /** s_0 .. s_{H−1}. */
  readonly states: readonly number[];
  readonly actions: readonly number[];
  readonly rewards: readonly number[];
  /** p(s_0) Π p(s_{t+1} | s_t, a_t), without the policy. */
  readonly dynamics: number;
}

/** Every episode of `horizon` steps with positive probability. The model has no terminal states. */
export function enumerateEpisodes(model: TabularModel, horizon: number): EnumeratedEpisode[] {
  const { states, actions, transition, reward, initial } = model;
  let open: { path: EnumeratedEpisode; at: number }[] = [];
  initial.forEach((mass, state) => {
    if (mass > 0) open.push({ path: { states: [], actions: [], rewards: [], dynamics: mass }, at: state });
  });
  for (let time = 0; time < horizon; time += 1) {
    open = open.flatMap(({ path, at }) =>
      Array.from({ length: actions * states }, (_, index) => {
        const [action, next] = [Math.floor(index / states), index % states];
        const cell = (at * actions + action) * states + next;
        return {
          path: {
            states: [...path.states, at],
            actions: [...path.actions, action],
            rewards: [...path.rewards, reward[cell] as number],
            dynamics: path.dynamics * (transition[cell] as number),
          },
          at: next,
        };
      }).filter(({ path: { dynamics } }) => dynamics > 0),
    );
  }
  return open.map(({ path }) => path);
}

/** Three states, two actions, stochastic, with rewards of every transition. */
export function threeStates(): TabularModel {
  return {
    states: 3,
    actions: 2,
    initial: Float64Array.of(0.5, 0.3, 0.2),
    // prettier-ignore
    transition: Float64Array.of(0.1, 0.9, 0, 0.5, 0, 0.5, 0, 0.2, 0.8, 1, 0, 0, 0.3, 0.3, 0.4, 0, 0, 1),
    reward: Float64Array.of(1, -0.5, 0, 0.2, 0, 2, 0, 0.3, -1, 0.7, 0, 0, 0.1, -0.4, 0.9, 0, 0, -0.2),
    terminal: new Uint8Array(3),
  };
}
