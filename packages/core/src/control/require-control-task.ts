import { TasklearnError } from '../errors.js';
import type { ControlCapabilities } from '../registry/plugin.js';
import type { ControlDistribution } from './control-distribution.js';

type Need = ControlCapabilities['needs'][number];

/** What a distribution must have, by the need of a learner. */
const NEEDS: Readonly<
  Record<Need, { readonly is: (distribution: ControlDistribution) => boolean; readonly what: string }>
> = {
  goals: { is: ({ spec }) => spec.goal !== undefined, what: 'goal-conditioned tasks (`spec.goal`)' },
  rewardFunction: {
    is: ({ reward }) => reward !== undefined,
    what: 'a reward that can be asked for off-line (`reward`)',
  },
  recordableReward: {
    is: ({ recordableReward }) => recordableReward !== undefined,
    what: 'a reward over tensors (`recordableReward`)',
  },
  taskIdentity: {
    is: ({ trainingTasks }) => trainingTasks !== undefined,
    what: 'a finite set of training tasks with identities (`trainingTasks`)',
  },
  finiteStates: {
    is: (distribution) => 'tabularModel' in distribution,
    what: 'finitely many states (`tabularModel`)',
  },
};

/**
 * Refuses control tasks that a learner cannot learn, by what it declares: kinds of action, and what it needs.
 *
 * @param owner - the learner, for the message, e.g. its id.
 * @throws `UNSUPPORTED_TASK` with everything that is missing in `details.missing`.
 */
export function requireControlTask(
  owner: string,
  { actions, needs }: Pick<ControlCapabilities, 'actions' | 'needs'>,
  distribution: ControlDistribution,
): void {
  const action = distribution.spec.action.dtype === 'int32' ? 'discrete' : 'continuous';
  const missing = [
    ...(actions.includes(action)
      ? []
      : [{ what: 'actions', text: `${actions.join(' or ')} actions, and these are ${action}` }]),
    ...needs
      .filter((need) => !NEEDS[need].is(distribution))
      .map((need) => ({ what: need as string, text: NEEDS[need].what })),
  ];
  if (missing.length === 0) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner} cannot learn the tasks of ${distribution.id}: it needs ${missing.map(({ text }) => text).join('; ')}.`,
    { learner: owner, distribution: distribution.id, missing: missing.map(({ what }) => what) },
  );
}
