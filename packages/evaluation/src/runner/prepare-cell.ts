import {
  type Capabilities,
  type EpisodeSpec,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Json,
  type Registry,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import { hashJson } from '../plan/hash-json.js';
import type { PlanOptions, ResolvedPlan } from '../plan/plan.js';
import type { Cell } from './cell.js';

/** A learner and its tasks, made from a plan. */
export interface PreparedCell {
  readonly cell: Cell;
  /** Full id of the learner. */
  readonly learnerId: string;
  readonly version: string;
  /** The learner's complete options. */
  readonly options: PlanOptions;
  readonly learner: EpisodicLearner;
  /** The same learner as it is tested, with the plan's test options. */
  readonly tester: EpisodicLearner;
  /** Full id of the task distribution. */
  readonly distributionId: string;
  /** Complete options of the distribution per split. */
  readonly distributionOptions: {
    readonly train: PlanOptions;
    readonly validation: PlanOptions;
    readonly test: PlanOptions;
  };
  readonly train: EpisodicDistribution;
  readonly validation: EpisodicDistribution;
  readonly test: EpisodicDistribution;
  /** What makes this run this run; a folder with another identity is refused. */
  readonly identity: Json;
}

/** Makes each distribution once per complete options: data is loaded once for all learners. */
export type DistributionCache = Map<string, Promise<EpisodicDistribution>>;

function unsupported(learner: string, rule: string, details: object): TasklearnError {
  return new TasklearnError('UNSUPPORTED_TASK', `Learner '${learner}' ${rule}`, { learner, ...details });
}

/** Refuses tasks that a learner declares it cannot learn. */
function checkCapabilities(name: string, can: Capabilities, train: EpisodeSpec, test: EpisodeSpec): void {
  const { kind } = test.target;
  if (!can.targets.includes(kind)) {
    throw unsupported(
      name,
      `learns ${can.targets.join(' and ')} tasks, and these are ${kind} tasks. Choose another learner or distribution.`,
      {
        expected: can.targets,
        received: kind,
      },
    );
  }
  if (!can.variableWays && train.ways !== test.ways) {
    throw unsupported(
      name,
      `is tested with as many classes as in meta-training only: ${train.ways} ways there, ${test.ways} here. Make them equal.`,
      {
        expected: train.ways,
        received: test.ways,
      },
    );
  }
  if (!can.variableShots && train.shots !== test.shots) {
    throw unsupported(
      name,
      `is tested with as many support items as in meta-training only: ${train.shots} shots there, ${test.shots} here. Make them equal.`,
      {
        expected: train.shots,
        received: test.shots,
      },
    );
  }
}

function episodicLearner(registry: Registry, id: string, options: PlanOptions): EpisodicLearner {
  const learner = registry.createLearner(id, options);
  if (learner.kind === 'episodic') return learner;
  throw unsupported(id, `is of kind '${learner.kind}', and this runner runs episodic learners.`, {
    received: learner.kind,
  });
}

async function episodicDistribution(
  registry: Registry,
  id: string,
  options: PlanOptions,
): Promise<EpisodicDistribution> {
  const distribution = await registry.createDistribution(id, options);
  if (distribution.kind === 'episodic') return distribution;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `Distribution '${id}' is of kind '${distribution.kind}', and this runner runs episodic tasks.`,
    { id, received: distribution.kind },
  );
}

/** Options of the distribution for the three splits, over its defaults. */
function distributionOptions(registry: Registry, { distribution }: ResolvedPlan) {
  const { id, descriptor } = registry.distribution(distribution.id);
  const { options, train, test } = distribution;
  const validation = Object.keys(distribution.validation).length > 0 ? distribution.validation : test;
  const complete = (own: PlanOptions) =>
    resolveOptions(id, descriptor.defaults as PlanOptions, { ...options, ...own }) as PlanOptions;
  return { id, options: { train: complete(train), validation: complete(validation), test: complete(test) } };
}

/**
 * Makes the learner and the distributions of a cell, and refuses what does not go together.
 *
 * @param cache - of distributions; hand the same one to all cells of a run.
 * @throws `NO_SUCH_LEARNER`, `NO_SUCH_DISTRIBUTION`, `INVALID_OPTION`, `MISSING_DATA` as the registry does.
 * @throws `UNSUPPORTED_TASK` for a learner of another kind, or one that declares it cannot learn such tasks.
 */
export async function prepareCell(
  registry: Registry,
  plan: ResolvedPlan,
  cell: Cell,
  cache: DistributionCache = new Map(),
): Promise<PreparedCell> {
  const { id, options: own, testOptions, updates, tasksPerUpdate } = cell.learner;
  const { id: learnerId, descriptor, plugin } = registry.learner(id);
  const learner = episodicLearner(registry, id, own);
  const tester =
    Object.keys(testOptions).length === 0
      ? learner
      : episodicLearner(registry, id, { ...own, ...testOptions });
  const options = resolveOptions(learnerId, descriptor.defaults as PlanOptions, own) as PlanOptions;
  const tasks = distributionOptions(registry, plan);
  const create = (wanted: PlanOptions): Promise<EpisodicDistribution> => {
    const key = `${tasks.id} ${hashJson(wanted)}`;
    const made = cache.get(key) ?? episodicDistribution(registry, tasks.id, wanted);
    cache.set(key, made);
    return made;
  };
  const [train, validation, test] = await Promise.all([
    create(tasks.options.train),
    create(tasks.options.validation),
    create(tasks.options.test),
  ]);
  checkCapabilities(cell.learner.name, descriptor.capabilities as Capabilities, train.spec, test.spec);
  return {
    cell,
    learnerId,
    version: plugin.version,
    options,
    learner,
    tester,
    distributionId: tasks.id,
    distributionOptions: tasks.options,
    train,
    validation,
    test,
    identity: {
      learner: learnerId,
      version: plugin.version,
      options,
      testOptions,
      distribution: tasks.id,
      distributionOptions: tasks.options,
      updates,
      tasksPerUpdate,
      validation: plan.validation ?? null,
      test: plan.test,
      budget: plan.budget,
    } as Json,
  };
}
