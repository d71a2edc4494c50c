import type { ControlDistribution, ControlTask } from './control-distribution.js';

/**
 * The exact model of a finite Markov decision process: what solvers plan with, and what simulated frequencies must
 * match. Row-major; index of (s, a, s′) is (s · A + a) · S + s′.
 */
export interface TabularModel {
  /** S. */
  readonly states: number;
  /** A. */
  readonly actions: number;
  /** Probability of starting in each state, [S]. */
  readonly initial: Float64Array;
  /** p(s′ | s, a), [S * A * S]; rows of terminal states stay where they are. */
  readonly transition: Float64Array;
  /** Expected reward of (s, a, s′), [S * A * S]; 0 out of terminal states. */
  readonly reward: Float64Array;
  /** 1 where an episode ends on arrival, [S]. */
  readonly terminal: Uint8Array;
}

/** A control distribution over finitely many states, which knows its exact models. */
export interface TabularControlDistribution extends ControlDistribution {
  /** The exact model of a task. Horizon and truncation are in `spec`, not in the model. */
  tabularModel(task: ControlTask): TabularModel;
  /** The state that an observation of one copy shows, by the numbering of `tabularModel`; [O] in. */
  stateOf(task: ControlTask, observation: Float32Array): number;
  /** The observation of a state, [O]; the reverse of `stateOf`. */
  observationOf(task: ControlTask, state: number): Float32Array;
}
