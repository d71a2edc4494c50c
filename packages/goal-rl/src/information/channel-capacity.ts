import { requireInteger, requirePositive } from '@tasklearn/core';
import { columnsOf } from './mutual-information.js';

/** When {@link channelCapacity} stops. */
export interface ChannelCapacityOptions {
  /** Nats between lower and upper bound at which it stops, > 0. Default 1e-9. */
  readonly tolerance?: number;
  /** Most iterations, >= 1. Default 10 000. */
  readonly iterations?: number;
}

/** What {@link channelCapacity} found. */
export interface ChannelCapacity {
  /** max over p(x) of I(X; Y), nats. */
  readonly capacity: number;
  /** The maximising p(x), [inputs]. */
  readonly inputs: Float64Array;
  /** I(X; Y) before each update of p(x): never falling. */
  readonly history: readonly number[];
}

/** KL(p(y|x) ‖ p(y)) of every x, and their mean, which is I(X; Y). */
function informationOf(channel: ArrayLike<number>, p: Float64Array, columns: number) {
  const output = new Float64Array(columns);
  for (let index = 0; index < channel.length; index += 1) {
    const column = index % columns;
    output[column] =
      (output[column] as number) + (p[Math.floor(index / columns)] as number) * (channel[index] as number);
  }
  const divergence = new Float64Array(p.length);
  for (let index = 0; index < channel.length; index += 1) {
    const mass = channel[index] as number;
    if (mass === 0) continue;
    const row = Math.floor(index / columns);
    divergence[row] =
      (divergence[row] as number) + mass * Math.log(mass / (output[index % columns] as number));
  }
  const information = divergence.reduce((sum, value, row) => sum + value * (p[row] as number), 0);
  return { divergence, information };
}

/**
 * Capacity of a discrete channel by Blahut and Arimoto's iteration: p(x) ← p(x) exp KL(p(y|x) ‖ p(y)) / Z, which
 * never lowers I(X; Y). max_x KL(p(y|x) ‖ p(y)) bounds the capacity from above, which tells when to stop.
 *
 * With x a sequence of actions and y the state it leads to, the capacity is empowerment.
 *
 * @param channel - p(y|x), [inputs · outputs], each row summing to 1.
 * @param inputs - number of values of X.
 * @throws `SHAPE_MISMATCH` where `channel` is no matrix of that many rows; `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * import { channelCapacity } from '@tasklearn/goal-rl';
 *
 * const flip = 0.11; // A binary symmetric channel has capacity log 2 − h(flip).
 * const { capacity } = channelCapacity([1 - flip, flip, flip, 1 - flip], 2);
 * capacity.toFixed(3); // => '0.347'
 * ```
 *
 * @see Blahut. Computation of Channel Capacity and Rate-Distortion Functions. IEEE Transactions on Information Theory, 1972.
 */
export function channelCapacity(
  channel: ArrayLike<number>,
  inputs: number,
  options: ChannelCapacityOptions = {},
): ChannelCapacity {
  const settings = { tolerance: 1e-9, iterations: 10_000, ...options };
  const tolerance = requirePositive('channelCapacity', settings, 'tolerance');
  const iterations = requireInteger('channelCapacity', settings, 'iterations');
  const columns = columnsOf('channelCapacity', channel.length, inputs);
  let p = new Float64Array(inputs).fill(1 / inputs);
  const history: number[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const { divergence, information } = informationOf(channel, p, columns);
    history.push(information);
    if (Math.max(...divergence) - information < tolerance) break;
    const weights = p.map((value, row) => value * Math.exp(divergence[row] as number));
    const total = weights.reduce((sum, value) => sum + value, 0);
    p = weights.map((value) => value / total);
  }
  return { capacity: history.at(-1) as number, inputs: p, history };
}
