import { type ControlDistribution, type ControlSpec, requireInteger } from '@tasklearn/core';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { isExploration } from '../tasks/trial-phase.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';

/** Options of {@link revealBandit}. */
export type RevealBanditOptions = {
  /** n, >= 2. */
  readonly arms: number;
};

/** Eight arms. */
export const revealBanditDefaults: RevealBanditOptions = { arms: 8 };

const TRIAL = { explorationEpisodes: 1, executionEpisodes: 1 } as const;

/** Observation: the good arm one-hot where it has been revealed, and 1 in execution. State: none. */
function revealKernel(arms: number, { observation, reward, episode, tasks }: KernelFrame): Kernel {
  const size = arms + 1;
  const good = tasks.map(({ parameters }) => parameters.good as number);
  const explores = (copy: number) => isExploration(TRIAL, episode[copy] as number);
  const clear = (copy: number) => {
    for (let index = 0; index < size; index += 1) observation[copy * size + index] = 0;
    if (!explores(copy)) observation[copy * size + arms] = 1;
  };
  return {
    reset: clear,
    step(copy, task, actions) {
      const arm = actions[copy] as number;
      const right = good[task] as number;
      clear(copy);
      if (explores(copy)) {
        if (arm === 0) observation[copy * size + right] = 1;
        return Outcome.ongoing;
      }
      reward[copy] = arm === right ? 1 : 0;
      return arm === right ? Outcome.succeeded : Outcome.ongoing;
    },
  };
}

/**
 * The smallest problem in which exploring pays only for who acts on it: a trial is one exploration step and one execution
 * step. Exploration action 0 shows which of n arms is good, other actions show nothing; execution pays 1 for the good arm.
 * Observation: the good arm one-hot, in the last observation of an exploration that revealed it, and 1 in execution.
 *
 * All splits have all n tasks. References: `oracle` (told the arm), `reveal` (asks, then takes it), `random`.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Liu, Raghunathan, Liang, Finn. Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without
 *   Sacrifices. ICML 2021. arXiv:2008.02790, section 5.1.
 */
export function revealBandit(options: Partial<RevealBanditOptions> = {}): ControlDistribution {
  const id = '@tasklearn/environments/reveal-bandit';
  const arms = requireInteger(id, { ...revealBanditDefaults, ...options }, 'arms', 2);
  const spec: ControlSpec = {
    observation: { shape: [arms + 1], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: arms - 1 },
    horizon: 1,
    hasSuccess: true,
  };
  return {
    kind: 'control',
    id,
    spec,
    varies: ['reward'],
    trial: TRIAL,
    ...finiteTasks(id, arms, (good) => ({ good }), true),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 0, createKernel: (frame) => revealKernel(arms, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: ({ parameters }, { observation, action }) =>
      action.map((arm, index) =>
        observation[index * (arms + 1) + arms] === 1 && arm === parameters.good ? 1 : 0,
      ),
    references: {
      oracle: (tasks, copiesPerTask, rng) =>
        copyPolicies(tasks, copiesPerTask, rng, ({ parameters }) => ({
          act: () => parameters.good as number,
        })),
      reveal: (tasks, copiesPerTask, rng) =>
        copyPolicies(tasks, copiesPerTask, rng, () => {
          let known = 0;
          return {
            beginEpisode(episode) {
              if (episode === 0) known = 0;
            },
            act: () => known,
            observe(_, { observation }, copy) {
              const shown = observation.subarray(copy * (arms + 1), copy * (arms + 1) + arms).indexOf(1);
              if (shown >= 0) known = shown;
            },
          };
        }),
      random: uniformReference(arms),
    },
  };
}
