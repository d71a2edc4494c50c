import type { ControlCapabilities } from '@tasklearn/core';

const common: ControlCapabilities = {
  actions: ['discrete', 'continuous'],
  gradientOrder: 1,
  deterministic: true,
  adapts: 'none',
  offPolicy: true,
  needs: [],
  consistent: 'no',
};
const hindsight: ControlCapabilities = { ...common, needs: ['goals', 'rewardFunction'] };
const planned: ControlCapabilities = {
  ...common,
  actions: ['discrete'],
  gradientOrder: 0,
  needs: ['finiteStates'],
};

const known = {
  'her-dqn': { ...hindsight, actions: ['discrete'] },
  'her-ddpg': { ...hindsight, actions: ['continuous'] },
  'her-td3': { ...hindsight, actions: ['continuous'] },
  'her-sac': { ...hindsight, actions: ['continuous', 'discrete'] },
  gcsl: { ...common, needs: ['goals'] },
  gcbc: { ...common, needs: ['goals'] },
  'play-lmp': { ...common, needs: ['goals'] },
  'multi-task-dqn': { ...common, actions: ['discrete'], needs: ['taskIdentity'] },
  'multi-task-sac': { ...common, actions: ['continuous', 'discrete'], needs: ['taskIdentity'] },
  'state-marginal-matching': { ...common, actions: ['continuous', 'discrete'] },
  diayn: { ...common, actions: ['continuous', 'discrete'], adapts: 'memory' },
  'exact-state-marginal-matching': planned,
  'exact-diayn': planned,
} as const satisfies Readonly<Record<string, ControlCapabilities>>;

/** Keys of the learners of this package. */
export type GoalLearnerName = keyof typeof known;

/** What a learner of this package declares about itself. */
export function capabilitiesOf(name: GoalLearnerName): ControlCapabilities {
  return known[name];
}
