import { didYouMean, TasklearnError } from '@tasklearn/core';
import type { z } from 'zod';
import type { ResolvedLearner, ResolvedPlan } from './plan.js';
import { planSchema } from './plan-schema.js';

type ParsedPlan = z.output<typeof planSchema>;

const DEFAULT_UPDATES = 1000;

/** Members of a plan and of its nested objects, for did-you-mean. */
const members: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(planSchema.shape),
  learners: ['id', 'name', 'options', 'testOptions', 'updates', 'tasksPerUpdate'],
  distribution: ['id', 'options', 'train', 'validation', 'test'],
  validation: ['every', 'unit', 'episodes', 'tasks', 'items', 'lifetimes', 'tasksPerBatch'],
  test: ['episodes', 'tasks', 'items', 'tasksPerBatch'],
  execution: ['mode', 'backend', 'threads'],
  budget: ['seconds', 'environmentSteps'],
  trial: ['explorationEpisodes', 'executionEpisodes'],
  joint: ['batchSize', 'tasksPerBatch', 'sampling', 'metric', 'independent'],
  stream: ['lifetimes', 'metric', 'scratch', 'regime'],
  expected: ['better', 'worse', 'metric', 'margin'],
};

function invalidPlan(path: string, rule: string, details: object = {}): TasklearnError {
  const place = path === '' ? 'the plan' : `\`${path}\``;
  return new TasklearnError('INVALID_PLAN', `parsePlan: ${place}: ${rule}`, { path, ...details });
}

/** The issue inside a union that says most: of the branch whose type fits. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const candidates = issue.errors.flat();
  const best =
    candidates.find(({ code }) => code === 'unrecognized_keys') ??
    candidates.find(({ path }) => path.length > 0) ??
    candidates[candidates.length - 1];
  if (best === undefined) return issue;
  return innermost({ ...best, path: [...issue.path, ...best.path] } as z.core.$ZodIssue);
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function explain(issue: z.core.$ZodIssue): TasklearnError {
  const inner = innermost(issue);
  const path = pathOf(inner.path);
  if (inner.code !== 'unrecognized_keys') return invalidPlan(path, `${inner.message}.`);
  const key = inner.keys[0] ?? '';
  const known = members[String(inner.path[0] ?? '')] ?? [];
  const meant = didYouMean(key, known);
  const hint = meant === undefined ? `Members: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
  return invalidPlan(path === '' ? key : `${path}.${key}`, `there is no such member. ${hint}`, {
    key,
    ...(meant === undefined ? {} : { suggestion: meant }),
  });
}

function resolveLearners(plan: ParsedPlan): ResolvedLearner[] {
  const common = plan.updates ?? (plan.budget.environmentSteps === undefined ? DEFAULT_UPDATES : undefined);
  return plan.learners.map(({ id, name, options, testOptions, updates = common, tasksPerUpdate }) => ({
    id,
    name: name ?? id.slice(id.lastIndexOf('/') + 1),
    options,
    testOptions,
    ...(updates === undefined ? {} : { updates }),
    tasksPerUpdate: tasksPerUpdate ?? plan.tasksPerUpdate,
  }));
}

/** Refuses what no schema of one member can see: names used twice, expectations about nobody. */
function checkNames(learners: readonly ResolvedLearner[], plan: ParsedPlan): void {
  const names = [...learners.map(({ name }) => name), ...(plan.references ?? [])];
  names.forEach((name, index) => {
    const first = names.indexOf(name);
    if (first !== index) {
      throw invalidPlan(
        index < learners.length ? `learners[${index}].name` : `references[${index - learners.length}]`,
        `'${name}' is a name already; give each its own.`,
      );
    }
  });
  plan.seeds.forEach((seed, index) => {
    if (plan.seeds.indexOf(seed) !== index)
      throw invalidPlan(`seeds[${index}]`, `seed ${seed} is there twice.`);
  });
  plan.expected.forEach((expectation, index) => {
    for (const side of ['better', 'worse'] as const) {
      if (names.includes(expectation[side])) continue;
      const meant = didYouMean(expectation[side], names);
      const hint = meant === undefined ? `Names: ${names.join(', ')}.` : `Did you mean '${meant}'?`;
      throw invalidPlan(`expected[${index}].${side}`, `no learner is named '${expectation[side]}'. ${hint}`);
    }
  });
}

/** Leaves out members that are undefined, which JSON cannot hold. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

/**
 * Checks a plan and fills in its defaults.
 *
 * @param value - what a plan file holds.
 * @param fallbackName - name of the run where the plan has none, e.g. the plan file's.
 * @returns the complete plan, JSON only.
 * @throws `INVALID_PLAN` for the first thing that is wrong, with its place in `details.path`.
 *
 * @example
 * ```ts
 * parsePlan({ learners: ['maml'], distribution: 'glyphs' }, 'quick').test.episodes; // => 600
 * ```
 */
export function parsePlan(value: unknown, fallbackName = 'plan'): ResolvedPlan {
  const result = planSchema.safeParse(value);
  if (!result.success) throw explain(result.error.issues[0] as z.core.$ZodIssue);
  const plan = result.data;
  const learners = resolveLearners(plan);
  checkNames(learners, plan);
  const name = plan.name ?? fallbackName;
  return {
    ...defined({
      description: plan.description,
      validation: plan.validation && defined(plan.validation),
      trial: plan.trial,
      joint: plan.joint && defined(plan.joint),
      stream:
        plan.stream && defined({ ...plan.stream, regime: plan.stream.regime && defined(plan.stream.regime) }),
      references: plan.references,
    }),
    name,
    plugins: plan.plugins,
    learners,
    distribution: plan.distribution,
    seeds: plan.seeds,
    test: defined(plan.test),
    execution: defined(plan.execution),
    budget: defined(plan.budget),
    checkpointEvery: plan.checkpointEvery,
    logEvery: plan.logEvery,
    expected: plan.expected.map(defined),
    output: plan.output ?? `runs/${name}`,
  } as ResolvedPlan;
}
