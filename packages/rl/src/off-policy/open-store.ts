import { type GoalLayout, TasklearnError } from '@tasklearn/core';
import { actionSizeOf, observationSizeOf } from '../policies/policy-for.js';
import { createReplay } from '../replay/create-replay.js';
import { createTrajectoryReplay } from '../replay/create-trajectory-replay.js';
import { placeOf, writeField } from '../replay/field-layout.js';
import { createNStepAccumulator } from '../replay/n-step.js';
import type { Relabel } from '../replay/relabel/relabel.js';
import { type GoalStrategy, relabelGoals } from '../replay/relabel/relabel-goals.js';
import { requireRelabelling, rewardOfTasks } from '../replay/relabel/require-relabelling.js';
import { type OffPolicyTrainingOptions, type Store, trainingTasksOf } from './off-policy-training-options.js';
import type { CollectedStep } from './transition-collector.js';

/** Field of the task of a row. */
const TASK = 'task';

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

/** Relabelling where one buffer holds the episodes of all tasks, and a field of each row says which task it is of. */
function withTaskOfRow(relabel: Relabel): Relabel {
  return (draw, rng) => {
    const { offset } = placeOf(draw.layout, TASK);
    const tasks = draw.tasks.map((_all, item) => draw.rows[item * draw.layout.size + offset] as number);
    relabel({ ...draw, tasks, anySlot: (stream) => draw.anySlot(stream, 0) }, rng);
  };
}

function requireRelabellingOptions({ owner, loop, context }: OffPolicyTrainingOptions): GoalLayout {
  const { distribution } = context;
  requireRelabelling(owner, distribution, { offPolicy: true, goals: true });
  if (loop.nStep === 1 && loop.priorityExponent === 0 && loop.renewTasks === 0)
    return distribution.spec.goal as GoalLayout;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: options \`nStep\`, \`priorityExponent\` and \`renewTasks\` cannot be used with \`relabel\`.`,
    { key: 'relabel', received: loop.relabel },
  );
}

/** Whole episodes, whose goals are relabelled as steps are drawn. */
function relabelledTrajectories(given: OffPolicyTrainingOptions, strategy: GoalStrategy): Store {
  const { loop, context } = given;
  const { distribution } = context;
  const { relabelledPerOriginal, tasks, copies, capacity, perTask } = loop;
  const goal = requireRelabellingOptions(given);
  const reward = rewardOfTasks(distribution, trainingTasksOf(given));
  const relabel = relabelGoals({ strategy, relabelledPerOriginal, goal, reward });
  const { horizon } = distribution.spec;
  const replay = createTrajectoryReplay({
    episodes: Math.max(1, Math.floor(capacity / horizon)),
    horizon,
    fields: perTask ? fieldsOf(given) : { [TASK]: 1, ...fieldsOf(given) },
    tasks: perTask ? tasks : 1,
    copies: tasks * copies,
    relabel: perTask ? relabel : withTaskOfRow(relabel),
  });
  const taskOfCopy = Int32Array.from({ length: tasks * copies }, (_, copy) => Math.floor(copy / copies));
  return {
    replay,
    keep({ rows, ended }: CollectedStep) {
      if (!perTask) writeField(replay.layout, rows, TASK, taskOfCopy);
      replay.addSteps(rows, ended, perTask ? taskOfCopy : undefined);
    },
  };
}

/** The replay that the loop asks for. @throws `UNSUPPORTED_TASK` where relabelling cannot be. */
export function openStore(given: OffPolicyTrainingOptions): Store {
  const { relabel } = given.loop;
  return relabel === 'none' ? transitions(given) : relabelledTrajectories(given, relabel);
}
