import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import type { FiniteWorld } from './finite-world.js';

/** The first index in [first, end) whose running sum exceeds u; a linear search, since rows are short. */
function sample(sums: Float64Array, first: number, end: number, u: number): number {
  let index = first;
  while (index < end - 1 && u >= (sums[index] as number)) index += 1;
  return index;
}

/**
 * Simulates finite worlds. The state of a copy is the number of its state.
 *
 * @param worlds - one per task.
 * @param rows - observation of each state, [S * O], one per task.
 * @param rewardNoise - standard deviation of normal noise on rewards.
 */
export function tabularKernel(
  { state, observation, reward, random, spec }: KernelFrame,
  worlds: readonly FiniteWorld[],
  rows: readonly Float32Array[],
  rewardNoise = 0,
): Kernel {
  const size = spec.observation.shape[0] ?? 1;
  const show = (copy: number, task: number, at: number) => {
    const seen = rows[task] as Float32Array;
    const from = at * size;
    const to = copy * size;
    for (let index = 0; index < size; index += 1) observation[to + index] = seen[from + index] as number;
  };
  return {
    reset(copy, task) {
      const { initialSums } = worlds[task] as FiniteWorld;
      const start = sample(initialSums, 0, initialSums.length, random.uniform(copy));
      state[copy] = start;
      show(copy, task, start);
    },
    step(copy, task, actions) {
      const world = worlds[task] as FiniteWorld;
      const row = (state[copy] as number) * world.actions + (actions[copy] as number);
      const first = world.offsets[row] as number;
      const end = world.offsets[row + 1] as number;
      const entry = end - first === 1 ? first : sample(world.sums, first, end, random.uniform(copy));
      const next = world.next[entry] as number;
      const mean = world.reward[entry] as number;
      reward[copy] = rewardNoise === 0 ? mean : mean + rewardNoise * random.gaussian(copy);
      state[copy] = next;
      show(copy, task, next);
      const terminated = (world.terminal[next] as number) * Outcome.terminated;
      return terminated + (world.success[next] as number) * Outcome.succeeded;
    },
  };
}
