import { requireInteger, type TabularModel, TasklearnError } from '@tasklearn/core';
import { type ChannelCapacityOptions, channelCapacity } from '../information/channel-capacity.js';

/** Most sequences of actions that are listed. */
const MOST_SEQUENCES = 4096;

/** Where every sequence of n actions leads from a state, [A^n * S]. */
function channelOf({ states, actions, transition }: TabularModel, from: number, steps: number): Float64Array {
  let rows = [Float64Array.from({ length: states }, (_, s) => (s === from ? 1 : 0))];
  for (let step = 0; step < steps; step += 1) {
    rows = rows.flatMap((row) =>
      Array.from({ length: actions }, (_, action) => {
        const next = new Float64Array(states);
        for (let s = 0; s < states; s += 1) {
          const mass = row[s] as number;
          if (mass === 0) continue;
          const start = (s * actions + action) * states;
          for (let to = 0; to < states; to += 1)
            next[to] = (next[to] as number) + mass * (transition[start + to] as number);
        }
        return next;
      }),
    );
  }
  const channel = new Float64Array(rows.length * states);
  for (const [index, row] of rows.entries()) channel.set(row, index * states);
  return channel;
}

/**
 * Empowerment of a state, in nats: how much an agent can decide about where it will be n steps later,
 * max over p(a_1..a_n) of I(a_1..a_n; s_n | s). In a deterministic world it is the logarithm of the number of states that
 * can be reached in exactly n steps.
 *
 * @param state - where the agent is.
 * @param steps - n, >= 1; at most 4096 sequences of actions.
 * @throws `INVALID_OPTION` for a state that is not there, or too many sequences.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { starGrid } from '@tasklearn/environments';
 * import { empowerment } from '@tasklearn/goal-rl';
 *
 * const world = starGrid();
 * const model = world.tabularModel(world.task('train', 0, createRng(0)));
 * empowerment(model, 0, 1).toFixed(3); // => '0.693'
 * ```
 *
 * @see Klyubin, Polani, Nehaniv. Empowerment: A Universal Agent-Centric Measure of Control. CEC 2005.
 */
export function empowerment(
  model: TabularModel,
  state: number,
  steps: number,
  options: ChannelCapacityOptions = {},
): number {
  requireInteger('empowerment', { state }, 'state', 0, model.states - 1);
  requireInteger('empowerment', { steps }, 'steps');
  const sequences = model.actions ** steps;
  if (sequences > MOST_SEQUENCES) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `empowerment: ${model.actions} actions over ${steps} steps make ${sequences} sequences, more than ${MOST_SEQUENCES}. Take fewer steps.`,
      { key: 'steps', received: steps },
    );
  }
  return channelCapacity(channelOf(model, state, steps), sequences, options).capacity;
}
