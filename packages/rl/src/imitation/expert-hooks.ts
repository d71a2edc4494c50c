import {
  type ControlTrainingContext,
  type ReferencePolicy,
  type Rng,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';
import { explorationOf } from '../off-policy/exploration.js';
import type { OffPolicyHooks, OffPolicyLoop } from '../off-policy/off-policy-loop.js';
import { trainingTasksOf } from '../off-policy/off-policy-training-options.js';
import { actionSizeOf } from '../policies/policy-for.js';
import { writeField } from '../replay/field-layout.js';

/** Who shows what, and who acts. */
export interface ExpertOptions {
  /** Which of the distribution's reference policies is the expert. */
  readonly expert: string;
  /** p in [0, 1]: the expert acts in a share p^i of the steps of outer update i, the learner in the others; 1 always. */
  readonly expertDecay: number;
}

function expertOf(owner: string, context: ControlTrainingContext, loop: OffPolicyLoop, name: string) {
  const { distribution, rng } = context;
  const make = distribution.references?.[name];
  if (make !== undefined) return make(trainingTasksOf({ context, loop }), loop.copies, rng.split('expert'));
  const known = Object.keys(distribution.references ?? {});
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner}: ${distribution.id} has no reference policy \`${name}\` to imitate. It has: ${known.join(', ') || 'none'}.`,
    { distribution: distribution.id, expert: name, known },
  );
}

/**
 * Lets an expert act beside the learner, and puts its actions in the place of those taken, whoever took them: behaviour
 * cloning where it always acts, DAgger where its share falls.
 *
 * @throws `UNSUPPORTED_TASK` if there is no such expert.
 */
export function expertHooks(
  owner: string,
  context: ControlTrainingContext,
  loop: OffPolicyLoop,
  { expert: name, expertDecay }: ExpertOptions,
): OffPolicyHooks {
  const expert: ReferencePolicy = expertOf(owner, context, loop, name);
  const { spec } = context.distribution;
  const explore = explorationOf(owner, spec, loop);
  const size = actionSizeOf(spec);
  let labels = new Float32Array();
  let episode = 0;
  const label = (steps: TimeSteps) => {
    labels = expert.act(steps).slice();
    return labels;
  };
  const mixed = (shown: Float32Array, own: Float32Array, share: number, rng: Rng) => {
    for (let copy = 0; copy < own.length / size; copy += 1) {
      if (rng.next() < share) own.set(shown.subarray(copy * size, (copy + 1) * size), copy * size);
    }
    return own;
  };
  return {
    begin(which) {
      expert.beginEpisode?.(episode, which);
      episode += 1;
    },
    decide: (learner, counts) => async (steps, rng) => {
      const shown = label(steps);
      const share = expertDecay ** counts.update;
      if (share === 1) {
        const actions = shown.slice();
        explore(actions, counts.steps, rng.split('explore'));
        return { actions };
      }
      const { actions } = await learner(steps, rng);
      return { actions: mixed(shown, actions, share, rng.split('share')) };
    },
    beforeStore({ rows }, layout) {
      writeField(layout, rows, 'action', labels);
    },
  };
}
