import { type ControlDistribution, type ControlSpec, requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';

/** Options of {@link bitFlip}. */
export type BitFlipOptions = {
  /** n, >= 1: bits, actions and steps of an episode. */
  readonly bits: number;
  /** Whether an episode ends at the goal; otherwise it goes on, and the next flip leads away again. */
  readonly endsAtGoal: boolean;
};

/** Eight bits. */
export const bitFlipDefaults: BitFlipOptions = { bits: 8, endsAtGoal: false };

/** Bits that differ from the goal, in copy or row c. */
function differences(observation: Float32Array, row: number, bits: number): number {
  let count = 0;
  for (let bit = 0; bit < bits; bit += 1)
    if (observation[row * 2 * bits + bit] !== observation[row * 2 * bits + bits + bit]) count += 1;
  return count;
}

/** State: the number of bits that differ from the goal; the bits themselves are the observation. */
function bitFlipKernel({ bits, endsAtGoal }: BitFlipOptions, frame: KernelFrame): Kernel {
  const { state, observation, reward, random } = frame;
  return {
    reset(copy) {
      for (let index = 0; index < 2 * bits; index += 1)
        observation[copy * 2 * bits + index] = random.uniform(copy) < 0.5 ? -1 : 1;
      state[copy] = differences(observation, copy, bits);
    },
    step(copy, _, actions) {
      const at = copy * 2 * bits + (actions[copy] as number);
      const flipped = -(observation[at] as number);
      observation[at] = flipped;
      const left = (state[copy] as number) + (flipped === observation[at + bits] ? -1 : 1);
      state[copy] = left;
      reward[copy] = left === 0 ? 0 : -1;
      if (left > 0) return Outcome.ongoing;
      return endsAtGoal ? Outcome.succeededAndTerminated : Outcome.succeeded;
    },
  };
}

/**
 * n bits, each flipped by an action of its own, are to be made equal to a goal: reward 0 at the goal and -1 elsewhere, n steps
 * to an episode. Bits and goal are drawn uniformly for each episode. Observation: bits, then goal, as -1 and 1. There is
 * one task: what varies is the goal. References: `oracle`, `random`.
 *
 * Random steps find the goal of n = 20 once in about 50,000 episodes, so that learning from the reward as it is has nothing
 * to learn from.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Andrychowicz and others. Hindsight Experience Replay. NeurIPS 2017. arXiv:1707.01495, section 3.1.
 */
export function bitFlip(options: Partial<BitFlipOptions> = {}): ControlDistribution {
  const complete = { ...bitFlipDefaults, ...options };
  const id = '@tasklearn/environments/bit-flip';
  const bits = requireInteger(id, complete, 'bits');
  const spec: ControlSpec = {
    observation: { shape: [2 * bits], dtype: 'float32', minimum: -1, maximum: 1 },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: bits - 1 },
    horizon: bits,
    goal: { size: bits, achieved: 0, desired: bits },
    hasSuccess: true,
  };
  return {
    kind: 'control',
    id,
    spec,
    varies: [],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    ...finiteTasks(id, 1, () => ({})),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 1, createKernel: (frame) => bitFlipKernel(complete, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: (_, { next }) =>
      Float32Array.from({ length: next.length / (2 * bits) }, (_, row) =>
        differences(next, row, bits) === 0 ? 0 : -1,
      ),
    recordableReward: (_task, _observation, _action, next) => {
      const [achieved, desired] = tf.split(next, 2, -1) as [tf.Tensor, tf.Tensor]; // [..., n]
      const apart = achieved.sub(desired).square().sum(-1); // [...], 0 or at least 4
      return apart.less(1).cast('float32').sub(1);
    },
    references: {
      oracle: (tasks, copiesPerTask, rng) =>
        copyPolicies(tasks, copiesPerTask, rng, () => ({
          act({ observation }, copy) {
            let bit = 0;
            const from = copy * 2 * bits;
            while (bit < bits - 1 && observation[from + bit] === observation[from + bits + bit]) bit += 1;
            return bit;
          },
        })),
      random: uniformReference(bits),
    },
  };
}
