import type { ControlDistribution, ControlSpec, ControlTask, Rng, Split, Trajectory } from '@tasklearn/core';
import { drawArmPulls } from '../drawing/draw-arm-pulls.js';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';

/** What a family of bandits is made of. */
export interface BanditDefinition {
  readonly id: string;
  readonly arms: number;
  /** Contexts, one of which is drawn for each pull and shown one-hot; 1 where there are none. */
  readonly contexts: number;
  /** Numbers shown after a pull besides the context; 0 where rewards are all there is. */
  readonly revealed: number;
  /** H: pulls of an episode. */
  readonly pulls: number;
  /** Rewards are 0 or 1 with these means, or normal with this standard deviation. */
  readonly noise: 'bernoulli' | number;
  readonly trainingTasks?: number;
  task(split: Split, index: number, rng: Rng): ControlTask;
  /** Mean rewards of a task, [contexts * arms]. */
  means(task: ControlTask): Float64Array;
  /** What a pull shows: writes up to `revealed` numbers, which are 0 before. */
  reveal?(task: ControlTask, arm: number, into: Float32Array, offset: number): void;
  readonly references?: ControlDistribution['references'];
}

/** Observation: [1] or the context one-hot, then what the last pull revealed. State: the context. */
function banditKernel(definition: BanditDefinition, frame: KernelFrame): Kernel {
  const { arms, contexts, revealed, noise, reveal } = definition;
  const { state, observation, reward, random, tasks } = frame;
  const size = contexts + revealed;
  const means = tasks.map((task) => definition.means(task));
  const show = (copy: number) => {
    const context = contexts === 1 ? 0 : random.integer(copy, contexts);
    state[copy] = context;
    for (let index = 0; index < size; index += 1) observation[copy * size + index] = 0;
    observation[copy * size + context] = 1;
  };
  return {
    reset: show,
    step(copy, task, actions) {
      const arm = actions[copy] as number;
      const mean = (means[task] as Float64Array)[(state[copy] as number) * arms + arm] as number;
      if (noise === 'bernoulli') reward[copy] = random.uniform(copy) < mean ? 1 : 0;
      else reward[copy] = noise === 0 ? mean : mean + noise * random.gaussian(copy);
      show(copy);
      reveal?.(tasks[task] as ControlTask, arm, observation, copy * size + contexts);
      return Outcome.ongoing;
    },
  };
}

/** Arm with the largest mean in each context. */
function bestArms(means: Float64Array, arms: number): number[] {
  return Array.from({ length: means.length / arms }, (_, context) => {
    const row = means.subarray(context * arms, (context + 1) * arms);
    return row.indexOf(Math.max(...row));
  });
}

/**
 * A family of bandits: an episode is `pulls` pulls of one bandit's arms and the whole trial. References: `oracle` (told the
 * means) and `random` besides the definition's own.
 */
export function banditDistribution(definition: BanditDefinition): ControlDistribution {
  const { id, arms, contexts, pulls, noise } = definition;
  const size = contexts + definition.revealed;
  const spec: ControlSpec = {
    observation: { shape: [size], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: arms - 1 },
    horizon: pulls,
    hasSuccess: false,
  };
  const contextOf = (observation: Float32Array, copy: number) =>
    observation.subarray(copy * size, copy * size + contexts).indexOf(1);
  return {
    kind: 'control',
    id,
    spec,
    varies: ['reward'],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    ...(definition.trainingTasks === undefined ? {} : { trainingTasks: definition.trainingTasks }),
    task: (split, index, rng) => definition.task(split, index, rng),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 1, createKernel: (frame) => banditKernel(definition, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    ...(noise === 0
      ? {
          reward(task, { observation, action }) {
            const means = definition.means(task);
            return action.map((arm, index) => means[contextOf(observation, index) * arms + arm] as number);
          },
        }
      : {}),
    references: {
      oracle: (tasks, copiesPerTask, rng) =>
        copyPolicies(tasks, copiesPerTask, rng, (task) => {
          const best = bestArms(definition.means(task), arms);
          return { act: ({ observation }, copy) => best[contextOf(observation, copy)] as number };
        }),
      random: uniformReference(arms),
      ...definition.references,
    },
    draw: (task: ControlTask, trajectories: readonly Trajectory[]) =>
      drawArmPulls(definition.means(task), arms, pulls, trajectories),
  };
}
