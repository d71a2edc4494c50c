import {
  type Json,
  type Registry,
  resolveOptions,
  type Split,
  type TaskDistribution,
  TasklearnError,
} from '@tasklearn/core';
import { hashJson } from '../plan/hash-json.js';
import type { PlanOptions, ResolvedPlan } from '../plan/plan.js';
import type { Cell } from './cell.js';
import type { CellIdentity, PreparedCell } from './cell-kind.js';
import { cellKindOf } from './cell-kinds.js';

/** Makes each distribution once per complete options: data is loaded once for all learners. */
export type DistributionCache = Map<string, Promise<TaskDistribution>>;

/** Options of the distribution for the three splits, over its defaults. */
function distributionOptions(registry: Registry, { distribution }: ResolvedPlan) {
  const { id, descriptor, plugin } = registry.distribution(distribution.id);
  const { options, train, test } = distribution;
  const validation = Object.keys(distribution.validation).length > 0 ? distribution.validation : test;
  const complete = (own: PlanOptions) =>
    resolveOptions(id, descriptor.defaults as PlanOptions, { ...options, ...own }) as PlanOptions;
  const all = { train: complete(train), validation: complete(validation), test: complete(test) };
  return { id, kind: descriptor.kind, version: plugin.version, options: all };
}

async function createDistributions(
  registry: Registry,
  id: string,
  options: Readonly<Record<Split, PlanOptions>>,
  cache: DistributionCache,
): Promise<Readonly<Record<Split, TaskDistribution>>> {
  const create = (wanted: PlanOptions): Promise<TaskDistribution> => {
    const key = `${id} ${hashJson(wanted)}`;
    const made = cache.get(key) ?? registry.createDistribution(id, wanted);
    cache.set(key, made);
    return made;
  };
  const [train, validation, test] = await Promise.all([
    create(options.train),
    create(options.validation),
    create(options.test),
  ]);
  return { train, validation, test };
}

/**
 * Fills in what the kind of the plan's tasks says: trial, references, numbers of tasks, and which learner a shortened id
 * means. Twice is as good as once.
 *
 * @throws `INVALID_PLAN` for members that mean nothing to the kind, `NO_SUCH_DISTRIBUTION`, `MISSING_DATA`.
 */
export async function completePlan(
  registry: Registry,
  plan: ResolvedPlan,
  cache: DistributionCache = new Map(),
): Promise<ResolvedPlan> {
  const { id, kind, options } = distributionOptions(registry, plan);
  const { test } = await createDistributions(registry, id, options, cache);
  const learners = plan.learners.map((learner) => ({
    ...learner,
    id: registry.learner(learner.id, kind).id,
  }));
  return cellKindOf(kind, id).complete({ ...plan, learners }, test);
}

/** Who is run: the learner as it is registered, or a reference of the distribution. */
function armOf(
  registry: Registry,
  { learner, reference }: Cell,
  tasks: ReturnType<typeof distributionOptions>,
): Pick<CellIdentity, 'learnerId' | 'version' | 'options'> {
  if (reference !== undefined)
    return { learnerId: `${tasks.id}#${reference}`, version: tasks.version, options: {} };
  const { id, descriptor, plugin } = registry.learner(learner.id);
  if (descriptor.kind !== tasks.kind) {
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      `Learner '${learner.name}' is of kind '${descriptor.kind}', and '${tasks.id}' has tasks of kind '${tasks.kind}'. ` +
        'A plan compares learners of one kind, on tasks of that kind.',
      { learner: learner.name, expected: tasks.kind, received: descriptor.kind },
    );
  }
  const options = resolveOptions(id, descriptor.defaults as PlanOptions, learner.options) as PlanOptions;
  return { learnerId: id, version: plugin.version, options };
}

function identityOf(
  plan: ResolvedPlan,
  { learner }: Cell,
  arm: ReturnType<typeof armOf>,
  tasks: ReturnType<typeof distributionOptions>,
): Json {
  const { validation = null, test, budget, trial, joint, stream } = plan;
  // What ranks learners, and against whom, changes no number of a run.
  const { metric: _, independent: __, ...batches } = joint ?? {};
  return {
    learner: arm.learnerId,
    version: arm.version,
    options: arm.options,
    testOptions: learner.testOptions,
    distribution: tasks.id,
    distributionOptions: tasks.options,
    updates: learner.updates ?? null,
    tasksPerUpdate: learner.tasksPerUpdate,
    validation,
    test,
    budget,
    ...(trial === undefined ? {} : { trial }),
    ...(joint === undefined ? {} : { joint: batches }),
    ...(stream === undefined ? {} : { lifetimes: stream.lifetimes }),
  } as unknown as Json;
}

/**
 * Makes the learner and the distributions of a cell, and refuses what does not go together.
 *
 * @param plan - as {@link completePlan} gives it.
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
  const tasks = distributionOptions(registry, plan);
  const arm = armOf(registry, cell, tasks);
  const distributions = await createDistributions(registry, tasks.id, tasks.options, cache);
  return cellKindOf(tasks.kind, tasks.id).prepare({
    registry,
    plan,
    cell,
    ...arm,
    distributionId: tasks.id,
    distributionOptions: tasks.options,
    identity: identityOf(plan, cell, arm, tasks),
    distributions,
  });
}
