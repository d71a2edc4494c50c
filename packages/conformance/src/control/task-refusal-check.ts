import {
  type ControlCapabilities,
  type ControlDistribution,
  createRng,
  TasklearnError,
} from '@tasklearn/core';
import { type Check, failure } from '../check.js';
import type { ControlSubject } from './control-subject.js';
import { trivialControlDistribution } from './trivial-control-distribution.js';

type Need = ControlCapabilities['needs'][number];

/** Trivial tasks without one thing that may be needed. */
const WITHOUT: Readonly<Record<Need, (actions: 'discrete' | 'continuous') => ControlDistribution>> = {
  goals: (actions) => trivialControlDistribution({ actions, goal: 'hidden' }),
  rewardFunction: (actions) => omit(trivialControlDistribution({ actions }), 'reward'),
  recordableReward: (actions) => omit(trivialControlDistribution({ actions }), 'recordableReward'),
  taskIdentity: (actions) => omit(trivialControlDistribution({ actions }), 'trainingTasks'),
  finiteStates: (actions) => omit(trivialControlDistribution({ actions }), 'tabularModel'),
};

function omit(distribution: ControlDistribution, member: string): ControlDistribution {
  return Object.fromEntries(
    Object.entries(distribution).filter(([key]) => key !== member),
  ) as unknown as ControlDistribution;
}

/** That tasks which a learner does not declare are refused when training is opened. */
export function taskRefusalCheck(subject: ControlSubject): readonly Check[] {
  const { actions, needs } = subject.descriptor.capabilities;
  const kinds = (['discrete', 'continuous'] as const).filter((kind) => !actions.includes(kind));
  const own = actions[0] as 'discrete' | 'continuous';
  const wrong: readonly (readonly [string, ControlDistribution])[] = [
    ...kinds.map((kind) => [`${kind} actions`, trivialControlDistribution({ actions: kind })] as const),
    ...needs.map((need) => [`tasks without ${need}`, WITHOUT[need](own)] as const),
  ];
  if (wrong.length === 0) return [];
  const run = async () => {
    for (const [what, distribution] of wrong) await demandRefused(subject, what, distribution);
  };
  return [{ name: 'refuses tasks it does not declare', run }];
}

async function demandRefused(
  { id, create, executors, trial }: ControlSubject,
  what: string,
  distribution: ControlDistribution,
): Promise<void> {
  const advice = '`requireControlTask` of core makes that error from the capabilities.';
  try {
    const rng = createRng('conformance');
    const training = await create().openTraining({ distribution, trial, executor: executors[0], rng });
    training.dispose();
  } catch (error) {
    if (TasklearnError.is(error, 'UNSUPPORTED_TASK')) return;
    throw failure(`${id}: openTraining must refuse ${what} by UNSUPPORTED_TASK, threw ${error}. ${advice}`);
  }
  throw failure(`${id}: openTraining must refuse ${what} by UNSUPPORTED_TASK, and took them. ${advice}`);
}
