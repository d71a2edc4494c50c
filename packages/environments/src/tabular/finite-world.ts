import { type TabularModel, TasklearnError } from '@tasklearn/core';

/** One way in which a step may go. */
export interface Transition {
  /** s′. */
  readonly next: number;
  /** > 0; those of a state and action sum to 1. */
  readonly probability: number;
  /** Expected reward; 0 where absent. */
  readonly reward?: number;
}

/** What a finite world is made of. */
export interface FiniteWorldDefinition {
  /** S. */
  readonly states: number;
  /** A. */
  readonly actions: number;
  /** Probability of starting in each state, [S], or the one state in which episodes begin. */
  readonly initial: ArrayLike<number> | number;
  /** Whether an episode ends on arrival in a state. None where absent. */
  readonly terminal?: (state: number) => boolean;
  /** Whether arrival in a state is success. None where absent. */
  readonly success?: (state: number) => boolean;
  /** All ways in which an action in a state that is not terminal may go. */
  readonly transitions: (state: number, action: number) => readonly Transition[];
}

/**
 * A finite Markov decision process as lists of what can happen: row (s, a) has the entries `offsets[s * A + a]` up to
 * the next offset. Simulated as it is, and exported as matrices, so that the two cannot differ.
 */
export interface FiniteWorld {
  readonly states: number;
  readonly actions: number;
  /** [S]. */
  readonly initial: Float64Array;
  /** [S]; sums of `initial` up to and including each state, the last exactly 1. */
  readonly initialSums: Float64Array;
  /** [S]. */
  readonly terminal: Uint8Array;
  /** [S]. */
  readonly success: Uint8Array;
  /** [S * A + 1]. */
  readonly offsets: Int32Array;
  /** s′ of each entry. */
  readonly next: Int32Array;
  /** p(s′ | s, a) of each entry. */
  readonly probability: Float64Array;
  /** Sums of a row's probabilities up to and including each entry, the last exactly 1. */
  readonly sums: Float64Array;
  /** r(s, a, s′) of each entry. */
  readonly reward: Float64Array;
}

function broken(message: string, details: object): TasklearnError {
  return new TasklearnError('INVALID_OPTION', `finiteWorld: ${message}`, { key: 'transitions', ...details });
}

/** Entries of one row: one per successor, with the mean of its rewards. */
function mergedRow(
  { states, transitions }: FiniteWorldDefinition,
  state: number,
  action: number,
): Required<Transition>[] {
  const merged = new Map<number, Required<Transition>>();
  let total = 0;
  for (const { next, probability, reward = 0 } of transitions(state, action)) {
    if (!(next >= 0 && next < states && probability >= 0 && Number.isFinite(reward)))
      throw broken(
        `state ${state}, action ${action}: a successor in [0, ${states}), a probability and a reward, got ${next}, ${probability}, ${reward}.`,
        { state, action },
      );
    total += probability;
    if (probability === 0) continue;
    const before = merged.get(next);
    const sum = probability + (before?.probability ?? 0);
    const mean =
      before === undefined ? reward : before.reward + ((reward - before.reward) * probability) / sum;
    merged.set(next, { next, probability: sum, reward: mean });
  }
  if (Math.abs(total - 1) > 1e-9)
    throw broken(`state ${state}, action ${action}: probabilities must sum to 1, got ${total}.`, {
      state,
      action,
      total,
    });
  return [...merged.values()];
}

/** Sums up to and including each number, the last made exactly 1. */
function runningSums(values: Float64Array): Float64Array {
  let sum = 0;
  const sums = values.map((value) => {
    sum += value;
    return sum;
  });
  sums[sums.length - 1] = 1;
  return sums;
}

/**
 * A finite world out of its definition. Entries of one successor are merged: reward is a function of (s, a, s′).
 *
 * @throws `INVALID_OPTION` where probabilities do not sum to 1 or a successor does not exist.
 */
export function finiteWorld(definition: FiniteWorldDefinition): FiniteWorld {
  const { states, actions, initial } = definition;
  const rows: Required<Transition>[][] = [];
  const flags = (test?: (state: number) => boolean) =>
    Uint8Array.from({ length: states }, (_, state) => (test?.(state) ? 1 : 0));
  const terminal = flags(definition.terminal);
  for (let state = 0; state < states; state += 1)
    for (let action = 0; action < actions; action += 1)
      rows.push(
        terminal[state] === 1
          ? [{ next: state, probability: 1, reward: 0 }]
          : mergedRow(definition, state, action),
      );
  const entries = rows.flat();
  const offsets = new Int32Array(rows.length + 1);
  for (const [row, list] of rows.entries()) offsets[row + 1] = (offsets[row] as number) + list.length;
  const start =
    typeof initial === 'number'
      ? Float64Array.from({ length: states }, (_, state) => (state === initial ? 1 : 0))
      : Float64Array.from(initial);
  return {
    states,
    actions,
    initial: start,
    initialSums: runningSums(start),
    terminal,
    success: flags(definition.success),
    offsets,
    next: Int32Array.from(entries, ({ next }) => next),
    probability: Float64Array.from(entries, ({ probability }) => probability),
    sums: Float64Array.from(
      rows.flatMap((row) => [...runningSums(Float64Array.from(row, ({ probability }) => probability))]),
    ),
    reward: Float64Array.from(entries, ({ reward }) => reward),
  };
}

/** The world as matrices. */
export function matricesOf(world: FiniteWorld): TabularModel {
  const { states, actions, offsets, next, probability } = world;
  const transition = new Float64Array(states * actions * states);
  const reward = new Float64Array(states * actions * states);
  for (let row = 0; row < states * actions; row += 1)
    for (let entry = offsets[row] as number; entry < (offsets[row + 1] as number); entry += 1) {
      const place = row * states + (next[entry] as number);
      transition[place] = probability[entry] as number;
      reward[place] = world.reward[entry] as number;
    }
  return {
    states,
    actions,
    initial: world.initial.slice(),
    transition,
    reward,
    terminal: world.terminal.slice(),
  };
}

/** r(s, a, s′), or NaN where s′ cannot follow. */
export function rewardOf(world: FiniteWorld, state: number, action: number, next: number): number {
  const row = state * world.actions + action;
  for (let entry = world.offsets[row] as number; entry < (world.offsets[row + 1] as number); entry += 1)
    if (world.next[entry] === next) return world.reward[entry] as number;
  return Number.NaN;
}

/** The matrices as a world; the reverse of {@link matricesOf}, without the notion of success. */
export function worldOfModel({
  states,
  actions,
  initial,
  transition,
  reward,
  terminal,
}: TabularModel): FiniteWorld {
  return finiteWorld({
    states,
    actions,
    initial,
    terminal: (state) => terminal[state] === 1,
    transitions: (state, action) => {
      const row = (state * actions + action) * states;
      return Array.from({ length: states }, (_, next) => ({
        next,
        probability: transition[row + next] as number,
        reward: reward[row + next] as number,
      }));
    },
  });
}
