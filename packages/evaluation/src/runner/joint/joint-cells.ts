import {
  type JointDistribution,
  type JointLearner,
  type JointSpec,
  type TrainingEvent,
  trainJoint,
} from '@tasklearn/core';
import type { JointMetric, PlanJoint, ResolvedPlan } from '../../plan/plan.js';
import type { CellKind, PrepareRequest, TrainSetting } from '../cell-kind.js';
import { checkTargets } from '../check-targets.js';
import { invalidPlan } from '../invalid-plan.js';
import { namedArm } from '../named-arm.js';
import { refuseMembers } from '../refuse-members.js';
import type { JointCell } from './joint-cell.js';
import { testTasks } from './test-tasks.js';

/** Learners of a fixed set of tasks: training by `trainJoint`, test on the test items of every task. */
export const jointCells: CellKind = {
  kind: 'joint',
  complete: (plan, distribution) => complete(plan, distribution as JointDistribution),
  prepare,
};

const BATCH_SIZE = 32;
const metricsOf = {
  classification: ['accuracy', 'rocAuc', 'negativeLogLikelihood'],
  regression: ['rSquared', 'meanSquaredError', 'negativeLogLikelihood'],
} as const satisfies Readonly<Record<string, readonly JointMetric[]>>;

/** Kinds of target among the tasks. */
function kindsOf({ groups }: JointSpec): readonly ('classification' | 'regression')[] {
  return [...new Set(Object.values(groups).map(({ target }) => target.kind))];
}

function complete(plan: ResolvedPlan, { id, spec }: JointDistribution): ResolvedPlan {
  refuseMembers(plan, 'joint');
  const { test, joint = {} } = plan;
  const independent = namedArm(plan, 'joint.independent', joint.independent, 'independent');
  const tasks = test.episodes === 0 || test.tasks === 0 ? 0 : spec.tasks.length;
  return {
    ...plan,
    test: { ...test, tasks },
    joint: {
      sampling: 'uniform',
      batchSize: BATCH_SIZE,
      ...joint,
      metric: rankingMetric(id, spec, joint),
      ...(independent === undefined ? {} : { independent }),
    },
  };
}

function rankingMetric(id: string, spec: JointSpec, { metric }: PlanJoint): JointMetric {
  const kinds = kindsOf(spec);
  const possible = [...new Set(kinds.flatMap((kind) => [...metricsOf[kind]]))].filter((each) =>
    kinds.every((kind) => (metricsOf[kind] as readonly JointMetric[]).includes(each)),
  );
  if (metric === undefined) return possible[0] as JointMetric;
  if (possible.includes(metric)) return metric;
  throw invalidPlan(
    'joint.metric',
    `tasks of '${id}' can be ranked by ${possible.join(', ')}, got '${metric}'.`,
  );
}

/** A set of tasks holds its three splits; with other options it would be another set, scaled by other rows. */
function checkSplits({ distributionOptions, plan }: PrepareRequest): void {
  const train = JSON.stringify(distributionOptions.train);
  for (const split of ['validation', 'test'] as const) {
    if (JSON.stringify(distributionOptions[split]) === train) continue;
    throw invalidPlan(
      'distribution',
      `'${plan.distribution.id}' holds its three splits and must have the same options for all of them; those of ${split} differ. Use \`distribution.options\`.`,
    );
  }
}

function prepare(request: PrepareRequest): JointCell {
  const { registry, plan, cell, distributions, ...identity } = request;
  const distribution = distributions.train as JointDistribution;
  checkSplits(request);
  checkTargets(request, kindsOf(distribution.spec));
  const { id, options, testOptions } = cell.learner;
  const create = (own: object) => registry.createLearner(id, own) as JointLearner;
  const learner = create(options);
  const prepared: JointCell = {
    ...identity,
    cell,
    kind: 'joint',
    learner,
    tester: Object.keys(testOptions).length === 0 ? learner : create({ ...options, ...testOptions }),
    distribution,
    testTasks: plan.test.tasks ?? 0,
    rowMembers: () => ({}),
    train: (setting) => train(prepared, setting),
    test: (setting) => testTasks(prepared, setting),
  };
  return prepared;
}

function train(
  { learner, distribution, cell, identity }: JointCell,
  { plan, executor, store, signal }: TrainSetting,
): AsyncIterable<TrainingEvent> {
  const { validation, joint = {}, checkpointEvery } = plan;
  const { batchSize = BATCH_SIZE, tasksPerBatch, sampling } = joint;
  const { updates = 0 } = cell.learner; // Only a budget of environment steps leaves updates out.
  return trainJoint({
    learner,
    distribution,
    executor,
    seed: cell.seed,
    updates,
    batchSize,
    ...(tasksPerBatch === undefined ? {} : { tasksPerBatch }),
    ...(sampling === undefined ? {} : { sampling }),
    store,
    checkpointEvery,
    signal,
    identity,
    ...(validation === undefined
      ? {}
      : {
          validation: {
            every: validation.every,
            ...(validation.items === undefined ? {} : { items: validation.items }),
          },
        }),
  });
}
