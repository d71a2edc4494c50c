import { type EpisodeSpec, eagerExecutor, type HostTensor } from '@tasklearn/core';
import { type Check, demand } from '../check.js';
import { demandClose, demandFinite, demandIdentical } from '../compare.js';
import { itemsOf, otherQueryTargets, reorderSupport, tasksOf } from '../episodes/change-episodes.js';
import { trivialDistribution, waysOf } from '../episodes/trivial-distribution.js';
import { quietRng } from '../quiet-rng.js';
import {
  checkRng,
  initialTheta,
  outerGradient,
  type Predictions,
  predict,
  trainEpisodes,
} from './run-learner.js';
import { type Subject, TASKS } from './subject.js';

const ROUNDING = 1e-4;
const BATCHING = 1e-5;

/** What predictions are and what they depend on. */
export function predictionChecks(subject: Subject): readonly Check[] {
  const { capabilities } = subject.descriptor;
  const { spec } = subject.distribution;
  const classification = spec.target.kind === 'classification';
  const checks: (Check | false)[] = [
    { name: 'predictions fit the task', run: () => demandFit(subject, spec) },
    { name: 'query targets cannot reach predictions', run: () => demandTargetsUnreachable(subject) },
    { name: 'a batch of tasks is as many batches of one', run: () => demandBatchOfOnes(subject) },
    capabilities.permutationInvariant && {
      name: 'order of support items does not matter',
      run: () => demandOrderless(subject),
    },
    !capabilities.transductive && {
      name: 'query items do not influence each other',
      run: () => demandQueriesApart(subject),
    },
    capabilities.variableShots && {
      name: 'adapts to other shots',
      run: () => demandFit(subject, moreShots(spec)),
    },
    capabilities.variableWays &&
      classification && { name: 'adapts to other ways', run: () => demandFit(subject, moreWays(spec)) },
  ];
  return checks.filter((check) => check !== false);
}

function moreShots(spec: EpisodeSpec): EpisodeSpec {
  const supportSize = spec.supportSize + waysOf(spec);
  return { ...spec, supportSize, ...(spec.shots === undefined ? {} : { shots: spec.shots + 1 }) };
}

function moreWays(spec: EpisodeSpec): EpisodeSpec {
  const ways = waysOf(spec);
  const scaled = (items: number) => (items / ways) * (ways + 1);
  return {
    ...spec,
    target: { kind: 'classification', classes: ways + 1 },
    ways: ways + 1,
    supportSize: scaled(spec.supportSize),
    querySize: scaled(spec.querySize),
  };
}

/** @param spec - of the episodes; θ is made for the subject's own. */
async function demandFit(subject: Subject, spec: EpisodeSpec): Promise<void> {
  const { distribution, executors, id } = subject;
  const learner = subject.create();
  const theta = await initialTheta(learner, distribution.spec);
  const own = spec === distribution.spec;
  const episodes = trainEpisodes(own ? distribution : trivialDistribution(spec), TASKS);
  const predictions = await predict(executors[0], learner, spec, theta, episodes);
  demandShapes(id, spec, predictions);
  const { samples: _, ...densities } = predictions;
  demandFinite(`${id}: predictions`, densities);
  const { means, logProbabilities, entropies, variances } = predictions;
  if (spec.target.kind === 'classification')
    demandProbabilities(id, means, logProbabilities, episodes.query.targets);
  if (spec.target.kind === 'classification' && entropies !== undefined) {
    const least = Math.min(...entropies.data);
    demand(least >= -ROUNDING, `${id}: entropy of a choice must be >= 0, got ${least}.`);
  }
  if (variances !== undefined) {
    const least = Math.min(...variances.data);
    demand(least >= 0, `${id}: variance must be >= 0, got ${least}.`);
  }
}

function demandShapes(id: string, spec: EpisodeSpec, predictions: Predictions): void {
  const items = [TASKS, spec.querySize];
  const classification = spec.target.kind === 'classification';
  const value = spec.target.kind === 'classification' ? [] : spec.target.shape;
  const mean = classification ? [...items, waysOf(spec)] : [...items, ...value];
  const expected: Partial<Record<keyof Predictions, string>> = {
    means: `float32 [${mean}]`,
    logProbabilities: `float32 [${items}]`,
    samples: `${classification ? 'int32' : 'float32'} [${[...items, ...value]}]`,
    entropies: `float32 [${items}]`,
    variances: `float32 [${mean}]`,
  };
  for (const [name, { dtype, shape }] of Object.entries(predictions) as [keyof Predictions, HostTensor][]) {
    const received = `${dtype} [${shape}]`;
    demand(received === expected[name], `${id}: \`${name}\` must be ${expected[name]}, got ${received}.`, {
      name,
    });
  }
}

function demandProbabilities(id: string, means: HostTensor, logs: HostTensor, targets: HostTensor): void {
  const ways = means.shape[2] as number;
  for (const [item, target] of targets.data.entries()) {
    const row = means.data.subarray(item * ways, (item + 1) * ways) as Float32Array;
    const sum = row.reduce((total, probability) => total + probability, 0);
    demand(Math.abs(sum - 1) <= ROUNDING, `${id}: probabilities must sum to 1, got ${sum}.`, { item, sum });
    demand(Math.min(...row) >= 0, `${id}: probabilities must be >= 0, got ${Math.min(...row)}.`, { item });
    const [probability, log] = [row[target] as number, logs.data[item] as number];
    demand(
      Math.abs(Math.exp(log) - probability) <= ROUNDING,
      `${id}: log p must be the logarithm of the mean's probability ${probability}, got ${log}.`,
      { item, probability, log },
    );
  }
}

/** Eagerly, where a learner could read a value and remember it. */
async function demandTargetsUnreachable(subject: Subject): Promise<void> {
  const { distribution, id } = subject;
  const { spec } = distribution;
  const executor = eagerExecutor();
  const episodes = trainEpisodes(distribution, TASKS);
  const fresh = subject.create();
  const theta = await initialTheta(fresh, spec);
  const first = await predict(executor, fresh, spec, theta, episodes);
  const other = await predict(executor, fresh, spec, theta, otherQueryTargets(episodes, waysOf(spec)));
  demandIdentical(`${id}: predictions for other query targets`, first.means, other.means);
  const informed = subject.create();
  await outerGradient(executor, informed, spec, theta, episodes); // Here a learner does see query targets.
  const after = await predict(executor, informed, spec, theta, episodes);
  demandIdentical(
    `${id}: predictions before and after the outer loss saw the query targets`,
    first.means,
    after.means,
  );
}

async function demandBatchOfOnes(subject: Subject): Promise<void> {
  const { distribution, executors, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const theta = await initialTheta(learner, spec);
  const episodes = trainEpisodes(distribution, TASKS);
  const whole = await predict(executors[0], learner, spec, theta, episodes, quietRng());
  for (let task = 0; task < TASKS; task++) {
    const one = await predict(
      executors[0],
      learner,
      spec,
      theta,
      tasksOf(episodes as never, task, 1),
      quietRng(),
    );
    const what = `${id}: predictions for task ${task} in a batch and alone`;
    demandClose(what, tasksOf(whole.means, task, 1), one.means, BATCHING);
  }
}

async function demandOrderless(subject: Subject): Promise<void> {
  const { distribution, executors, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const theta = await initialTheta(learner, spec);
  const episodes = trainEpisodes(distribution, TASKS);
  const first = await predict(executors[0], learner, spec, theta, episodes, quietRng());
  const support = reorderSupport(episodes.support, checkRng().split('order'));
  const second = await predict(executors[0], learner, spec, theta, { ...episodes, support }, quietRng());
  demandClose(
    `${id}: predictions after a support set and the same in another order`,
    first.means,
    second.means,
    ROUNDING,
  );
}

async function demandQueriesApart(subject: Subject): Promise<void> {
  const { distribution, executors, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const theta = await initialTheta(learner, spec);
  const { support, query } = trainEpisodes(distribution, TASKS);
  const all = await predict(executors[0], learner, spec, theta, { support, query }, quietRng());
  const only = { inputs: itemsOf(query.inputs, 0, 1), targets: itemsOf(query.targets, 0, 1) };
  const alone = await predict(executors[0], learner, spec, theta, { support, query: only }, quietRng());
  demandClose(
    `${id}: predictions for a query item among others and alone`,
    itemsOf(all.means, 0, 1),
    alone.means,
    ROUNDING,
  );
}
