import { type GoalLayout, TasklearnError } from '@tasklearn/core';
import { actionSizeOf, observationSizeOf } from '../policies/policy-for.js';
import { createReplay } from '../replay/create-replay.js';
import { createTrajectoryReplay } from '../replay/create-trajectory-replay.js';
import { createNStepAccumulator } from '../replay/n-step.js';
import { relabelGoals } from '../replay/relabel/relabel-goals.js';
import { requireRelabelling, rewardOfTasks } from '../replay/relabel/require-relabelling.js';
import { type OffPolicyTrainingOptions, type Store, trainingTasksOf } from './off-policy-training-options.js';
import type { CollectedStep } from './transition-collector.js';

/** Fields of a row; the context last. */
function fieldsOf({ context, hooks }: OffPolicyTrainingOptions): Record<string, number> {
  const { spec } = context.distribution;
  const observation = observationSizeOf(spec);
  return {
    observation,
    action: actionSizeOf(spec),
    reward: 1,
    next: observation,
    discount: 1,
    ...hooks?.fields,
    ...(hooks?.context === undefined ? {} : { context: hooks.context.size }),
  };
}

/** Steps of single transitions, or of n. */
function transitions(given: OffPolicyTrainingOptions): Store {
  const { loop, context } = given;
  const { capacity, tasks, copies, nStep: n, priorityExponent, perTask } = loop;
  const replay = createReplay({
    capacity,
    fields: fieldsOf(given),
    tasks: perTask ? tasks : 1,
    ...(priorityExponent > 0 ? { priorityExponent } : {}),
    rng: context.rng.split('replay'),
  });
  const { size } = replay.layout;
  const taskOf = (copy: number) => (perTask ? Math.floor(copy / copies) : 0);
  if (n === 1 && !perTask) return { replay, keep: ({ rows }) => replay.addRows(rows) };
  const nStep = createNStepAccumulator(replay.layout, n, loop.discount, tasks * copies);
  return {
    replay,
    nStep,
    keep({ rows, ended }: CollectedStep) {
      const complete = nStep.push(rows, ended);
      complete.copies.forEach((copy, row) => {
        replay.addRows(complete.rows.subarray(row * size, (row + 1) * size), taskOf(copy));
      });
    },
  };
}

/** Whole episodes, whose goals are relabelled as steps are drawn. */
function relabelledTrajectories(given: OffPolicyTrainingOptions): Store {
  const { owner, loop, context } = given;
  const { distribution } = context;
  const { relabel: strategy, relabelledPerOriginal, tasks, copies, capacity } = loop;
  if (strategy === 'none') throw new TasklearnError('INVALID_OPTION', `${owner}: nothing to relabel.`);
  requireRelabelling(owner, distribution, { offPolicy: true, goals: true });
  if (loop.nStep > 1 || loop.priorityExponent > 0 || loop.renewTasks > 0) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: options \`nStep\`, \`priorityExponent\` and \`renewTasks\` cannot be used with \`relabel\`.`,
      { key: 'relabel', received: strategy },
    );
  }
  const all = trainingTasksOf(given);
  const { horizon } = distribution.spec;
  const replay = createTrajectoryReplay({
    episodes: Math.max(1, Math.floor(capacity / horizon)),
    horizon,
    fields: fieldsOf(given),
    tasks,
    copies: tasks * copies,
    relabel: relabelGoals({
      strategy,
      relabelledPerOriginal,
      goal: distribution.spec.goal as GoalLayout,
      reward: rewardOfTasks(distribution, all),
    }),
  });
  const taskOfCopy = Int32Array.from({ length: tasks * copies }, (_, copy) => Math.floor(copy / copies));
  return {
    replay,
    keep({ rows, ended }: CollectedStep) {
      replay.addSteps(rows, ended, taskOfCopy);
    },
  };
}

/** The replay that the loop asks for. @throws `UNSUPPORTED_TASK` where relabelling cannot be. */
export function openStore(given: OffPolicyTrainingOptions): Store {
  return given.loop.relabel === 'none' ? transitions(given) : relabelledTrajectories(given);
}
