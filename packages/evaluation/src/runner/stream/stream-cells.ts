import {
  createRng,
  requireStream,
  type StreamDistribution,
  type StreamLearner,
  type StreamSpec,
  TasklearnError,
  type TrainingEvent,
  trainStream,
} from '@tasklearn/core';
import type { PlanStream, ResolvedPlan, StreamMetric, StreamRegime } from '../../plan/plan.js';
import type { CellKind, PrepareRequest, TrainSetting } from '../cell-kind.js';
import { checkTargets } from '../check-targets.js';
import { invalidPlan } from '../invalid-plan.js';
import { namedArm } from '../named-arm.js';
import { refuseMembers } from '../refuse-members.js';
import { testStream } from '../test-stream.js';
import type { StreamCell } from './stream-cell.js';
import { testLifetimes } from './test-lifetimes.js';

const DEFAULT_LIFETIMES = { validation: 3, test: 1 };

/** Learners of streams: meta-training by `trainStream` where they have any, test by lifetimes of the test split. */
export const streamCells: CellKind = {
  kind: 'stream',
  complete: (plan, distribution) => complete(plan, distribution as StreamDistribution),
  prepare,
};

function complete(plan: ResolvedPlan, distribution: StreamDistribution): ResolvedPlan {
  refuseMembers(plan, 'stream');
  const { stream = {}, validation } = plan;
  const scratch = namedArm(plan, 'stream.scratch', stream.scratch, 'from-scratch');
  return {
    ...plan,
    stream: {
      lifetimes: stream.lifetimes ?? DEFAULT_LIFETIMES.test,
      metric: rankingMetric(distribution, stream, plan.seeds[0] as number),
      ...(scratch === undefined ? {} : { scratch }),
      regime: regimeOf(distribution, stream, plan.seeds[0] as number),
    },
    ...(validation === undefined
      ? {}
      : { validation: { ...validation, lifetimes: validation.lifetimes ?? DEFAULT_LIFETIMES.validation } }),
  };
}

/** The first lifetime that learners of a seed are tested on. */
function firstLifetime(distribution: StreamDistribution, seed: number) {
  return distribution.stream('test', 0, testStream(seed).split('streams'));
}

function rankingMetric(distribution: StreamDistribution, { metric }: PlanStream, seed: number): StreamMetric {
  const classes = distribution.spec.target.kind === 'classification';
  const tested = firstLifetime(distribution, seed).testSet !== undefined;
  const atEnd: readonly StreamMetric[] = classes
    ? ['accuracy', 'negativeLogLikelihood']
    : ['meanSquaredError'];
  const online: readonly StreamMetric[] = classes ? ['onlineLoss', 'onlineAccuracy'] : ['onlineLoss'];
  const possible = [...(tested ? atEnd : []), ...online];
  if (metric === undefined) return possible[0] as StreamMetric;
  if (possible.includes(metric)) return metric;
  throw invalidPlan(
    'stream.metric',
    `learners of '${distribution.id}' can be ranked by ${possible.join(', ')}, got '${metric}'.`,
  );
}

/** What the streams declare; what the plan says of them must be so. */
function regimeOf(distribution: StreamDistribution, { regime = {} }: PlanStream, seed: number): StreamRegime {
  const { spec, id } = distribution;
  const { order, boundaries, batchSize, tasks, storage, gradientsPerItem = null } = spec;
  const declared: StreamRegime = {
    order,
    boundaries,
    taskLabels: spec.boundariesKnown ? (spec.taskLabels ?? 'always') : 'hidden',
    storage: Number.isFinite(storage) ? storage : null,
    gradientsPerItem,
    batchSize,
    tasks,
    length: firstLifetime(distribution, seed).length,
  };
  for (const key of Object.keys(regime) as (keyof StreamRegime)[])
    if (regime[key] !== declared[key])
      throw invalidPlan(
        `stream.regime.${key}`,
        `the plan says ${JSON.stringify(regime[key])}, and streams of '${id}' with these options have ${JSON.stringify(declared[key])}.`,
      );
  return declared;
}

/** What goes in and comes out, which must be the same wherever a meta-trained learner is used. */
function interfaceOf({ input, target }: StreamSpec): string {
  return JSON.stringify([input.shape, input.dtype, target]);
}

/** Refuses streams that grant the learner less than it needs, or on which it cannot be meta-trained. */
function checkStreams(
  { cell, plan }: PrepareRequest,
  prepared: Pick<StreamCell, 'learner' | 'distributions'>,
) {
  const { learner, distributions } = prepared;
  const { train, test } = distributions;
  const owner = `Learner '${cell.learner.name}'`;
  requireStream(learner.needs(test.spec), test.spec, `${owner} on '${plan.distribution.id}'`);
  const needs = learner.needs(train.spec);
  if (!needs.metaTraining || cell.learner.updates === 0) return;
  requireStream(needs, train.spec, `${owner} on '${plan.distribution.id}', split train`);
  train.stream('train', 0, createRng(0)); // Throws where lifetimes of that split are none.
  if (interfaceOf(train.spec) === interfaceOf(test.spec)) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner} cannot be tested on streams with other inputs or targets than those it was meta-trained on. Make the options of train and test agree.`,
    { learner: cell.learner.id, expected: train.spec, received: test.spec },
  );
}

function prepare(request: PrepareRequest): StreamCell {
  const { registry, plan, cell, distributions: made, ...identity } = request;
  const distributions = made as StreamCell['distributions'];
  const { id, options, testOptions } = cell.learner;
  const create = (own: object) => registry.createLearner(id, own) as StreamLearner;
  const learner = create(options);
  const tester = Object.keys(testOptions).length === 0 ? learner : create({ ...options, ...testOptions });
  checkTargets(request, [distributions.train.spec.target.kind, distributions.test.spec.target.kind]);
  checkStreams(request, { learner: tester, distributions });
  const { length } = firstLifetime(distributions.test, cell.seed);
  const prepared: StreamCell = {
    ...identity,
    cell,
    kind: 'stream',
    learner,
    tester,
    distributions,
    testTasks: plan.test.episodes === 0 ? 0 : length * (plan.stream?.lifetimes ?? DEFAULT_LIFETIMES.test),
    rowMembers: () => ({}),
    train: (setting) => train(prepared, setting),
    test: (setting) => testLifetimes(prepared, setting),
  };
  return prepared;
}

function train(
  { learner, distributions, cell, identity }: StreamCell,
  { plan, executor, store, signal }: TrainSetting,
): AsyncIterable<TrainingEvent> {
  const { validation, checkpointEvery } = plan;
  const { updates = 0 } = cell.learner; // Only a budget of environment steps leaves updates out.
  return trainStream({
    learner,
    distribution: distributions.train,
    executor,
    seed: cell.seed,
    updates,
    store,
    checkpointEvery,
    signal,
    identity,
    ...(validation === undefined
      ? {}
      : {
          validation: {
            every: validation.every,
            lifetimes: validation.lifetimes ?? DEFAULT_LIFETIMES.validation,
            distribution: distributions.validation,
          },
        }),
  });
}
