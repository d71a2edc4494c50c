import {
  type ControlCapabilities,
  type ControlDistribution,
  type ControlLearner,
  type ControlSpec,
  didYouMean,
  requireControlTask,
  TasklearnError,
  type TrainingEvent,
  trainControl,
} from '@tasklearn/core';
import type { ResolvedPlan } from '../../plan/plan.js';
import type { CellKind, PrepareRequest, TrainSetting } from '../cell-kind.js';
import { refuseMembers } from '../refuse-members.js';
import { type ControlCell, RANDOM } from './control-cell.js';
import { testTrials } from './test-trials.js';

const DEFAULT_TASKS = { validation: 20, test: 100 };

/** Control learners: training by `trainControl`, test by trials on tasks of the test split. */
export const controlCells: CellKind = {
  kind: 'control',
  complete: (plan, distribution) => complete(plan, distribution as ControlDistribution),
  prepare,
};

function complete(plan: ResolvedPlan, distribution: ControlDistribution): ResolvedPlan {
  refuseMembers(plan, 'control');
  const known = [RANDOM, ...Object.keys(distribution.references ?? {}).filter((name) => name !== RANDOM)];
  const references = plan.references ?? known.filter((name) => name === RANDOM || name === 'oracle');
  references.forEach((name, index) => {
    if (known.includes(name)) return;
    const meant = didYouMean(name, known);
    const hint = meant === undefined ? `It has ${known.join(', ')}.` : `Did you mean '${meant}'?`;
    throw new TasklearnError(
      'INVALID_PLAN',
      `\`references[${index}]\`: '${distribution.id}' has no reference '${name}'. ${hint}`,
      { path: `references[${index}]`, known },
    );
  });
  const { explorationEpisodes, executionEpisodes } = plan.trial ?? distribution.trial;
  const { test, validation } = plan;
  return {
    ...plan,
    trial: { explorationEpisodes, executionEpisodes },
    references: references.filter((name) => !plan.learners.some((learner) => learner.name === name)),
    test: { ...test, tasks: test.tasks ?? (test.episodes === 0 ? 0 : DEFAULT_TASKS.test) },
    ...(validation === undefined
      ? {}
      : { validation: { ...validation, tasks: validation.tasks ?? DEFAULT_TASKS.validation } }),
  };
}

/** What an agent sees and does, which must be the same wherever it is used. */
function interfaceOf({ observation, action, goal }: ControlSpec): string {
  return JSON.stringify([observation.shape, action.shape, action.dtype, action.maximum, goal ?? null]);
}

function checkTasks(request: PrepareRequest, distributions: ControlCell['distributions']): void {
  const { registry, cell } = request;
  const { id, descriptor } = registry.learner(cell.learner.id);
  const { train, test } = distributions;
  requireControlTask(`Learner '${cell.learner.name}'`, descriptor.capabilities as ControlCapabilities, train);
  if (interfaceOf(train.spec) === interfaceOf(test.spec)) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `Learner '${cell.learner.name}' cannot be tested on tasks with other observations or actions than those it was trained on. Make the options of train and test agree.`,
    { learner: id, expected: train.spec, received: test.spec },
  );
}

function prepare(request: PrepareRequest): ControlCell {
  const { registry, plan, cell, distributions: made, ...identity } = request;
  const distributions = made as ControlCell['distributions'];
  const { id, options, testOptions } = cell.learner;
  const create = (own: object) => registry.createLearner(id, own) as ControlLearner;
  const common = {
    ...identity,
    cell,
    kind: 'control',
    distributions,
    testTasks: plan.test.tasks ?? 0,
    rowMembers: () => ({}),
  } as const;
  if (cell.reference !== undefined) {
    const reference: ControlCell = {
      ...common,
      train: untrained,
      test: (setting) => testTrials(reference, setting),
    };
    return reference;
  }
  checkTasks(request, distributions);
  const learner = create(options);
  const prepared: ControlCell = {
    ...common,
    learner,
    tester: Object.keys(testOptions).length === 0 ? learner : create({ ...options, ...testOptions }),
    train: (setting) => train(prepared, learner, setting),
    test: (setting) => testTrials(prepared, setting),
  };
  return prepared;
}

function train(
  { distributions, cell, identity }: ControlCell,
  learner: ControlLearner,
  { plan, executor, store, signal }: TrainSetting,
): AsyncIterable<TrainingEvent> {
  const { validation, trial, budget } = plan;
  const { updates } = cell.learner;
  const { environmentSteps } = budget;
  return trainControl({
    learner,
    distribution: distributions.train,
    executor,
    seed: cell.seed,
    budget: {
      ...(updates === undefined ? {} : { updates }),
      ...(environmentSteps === undefined ? {} : { environmentSteps }),
    },
    store,
    checkpointEvery: plan.checkpointEvery,
    signal,
    identity,
    ...(trial === undefined ? {} : { trial }),
    ...(validation === undefined
      ? {}
      : {
          validation: {
            distribution: distributions.validation,
            tasks: validation.tasks ?? DEFAULT_TASKS.validation,
            tasksPerBatch: validation.tasksPerBatch,
            every: validation.every,
            unit: validation.unit ?? 'updates',
          },
        }),
  });
}

/** References are what they are. */
async function* untrained(): AsyncGenerator<TrainingEvent> {
  yield { kind: 'started', update: 0, resumed: false, parameters: 0 };
  yield { kind: 'finished', update: 0, theta: {}, last: {} };
}
