import { type Learner, TasklearnError } from '@tasklearn/core';
import type { ResolvedPlan } from '../plan/plan.js';

/** Tasks of a kind, in words. */
const tasksOf: Readonly<Record<Learner['kind'], string>> = {
  episodic: 'episodes',
  control: 'control tasks',
  joint: 'fixed sets of tasks',
  stream: 'streams',
};

interface Member {
  readonly path: string;
  /** The kind to whose tasks it means something. */
  readonly kind: Learner['kind'];
  isSet(plan: ResolvedPlan): boolean;
}

const members: readonly Member[] = [
  {
    path: 'budget.environmentSteps',
    kind: 'control',
    isSet: ({ budget }) => budget.environmentSteps !== undefined,
  },
  { path: 'trial', kind: 'control', isSet: ({ trial }) => trial !== undefined },
  { path: 'references', kind: 'control', isSet: ({ references = [] }) => references.length > 0 },
  {
    path: 'validation.unit',
    kind: 'control',
    isSet: ({ validation }) => validation?.unit === 'environmentSteps',
  },
  { path: 'joint', kind: 'joint', isSet: ({ joint }) => joint !== undefined },
  { path: 'validation.items', kind: 'joint', isSet: ({ validation }) => validation?.items !== undefined },
  { path: 'test.items', kind: 'joint', isSet: ({ test }) => test.items !== undefined },
  { path: 'stream', kind: 'stream', isSet: ({ stream }) => stream !== undefined },
  {
    path: 'validation.lifetimes',
    kind: 'stream',
    isSet: ({ validation }) => validation?.lifetimes !== undefined,
  },
];

/** Refuses members that mean something for tasks of other kinds only. @throws `INVALID_PLAN`. */
export function refuseMembers(plan: ResolvedPlan, kind: Learner['kind']): void {
  const wrong = members.find((member) => member.kind !== kind && member.isSet(plan));
  if (wrong === undefined) return;
  throw new TasklearnError(
    'INVALID_PLAN',
    `\`${wrong.path}\` means something for ${tasksOf[wrong.kind]} only, and '${plan.distribution.id}' has ${tasksOf[kind]}. Leave it out.`,
    { path: wrong.path },
  );
}
