import type { FiniteWorld } from './finite-world.js';

/** Optimal values and actions of a finite world with a horizon. */
export interface FiniteHorizonSolution {
  /** V_t(s): best expected sum of rewards with H - t steps left, [(H + 1) * S]. */
  readonly values: Float64Array;
  /** First best action, [H * S]. */
  readonly actions: Uint16Array;
}

/**
 * Backward induction: V_H = 0 and V_t(s) = max_a Σ_s′ p(s′ | s, a) (r(s, a, s′) + γ V_{t+1}(s′)), with 0 for terminal s′.
 *
 * @param discount - γ, 1 unless told.
 * @see Puterman. Markov Decision Processes. 1994, section 4.5.
 */
export function backwardInduction(world: FiniteWorld, horizon: number, discount = 1): FiniteHorizonSolution {
  const { states, actions, offsets, next, probability, reward, terminal } = world;
  const values = new Float64Array((horizon + 1) * states);
  const best = new Uint16Array(horizon * states);
  for (let time = horizon - 1; time >= 0; time -= 1) {
    const later = values.subarray((time + 1) * states, (time + 2) * states);
    for (let state = 0; state < states; state += 1) {
      if (terminal[state] === 1) continue;
      let top = Number.NEGATIVE_INFINITY;
      for (let action = 0; action < actions; action += 1) {
        const row = state * actions + action;
        let value = 0;
        for (let entry = offsets[row] as number; entry < (offsets[row + 1] as number); entry += 1)
          value +=
            (probability[entry] as number) *
            ((reward[entry] as number) + discount * (later[next[entry] as number] as number));
        if (value <= top + 1e-12) continue;
        top = value;
        best[time * states + state] = action;
      }
      values[time * states + state] = top;
    }
  }
  return { values, actions: best };
}

/** Expected sum of rewards of an episode under optimal actions: Σ_s p(s) V_0(s). */
export function optimalReturn(world: FiniteWorld, horizon: number, discount = 1): number {
  const { values } = backwardInduction(world, horizon, discount);
  return world.initial.reduce((sum, probability, state) => sum + probability * (values[state] as number), 0);
}
