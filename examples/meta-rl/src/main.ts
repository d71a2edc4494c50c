import { readFileSync, writeFileSync } from 'node:fs';
import {
  type ControlDistribution,
  type ControlLearner,
  countSteps,
  createRegistry,
  createRng,
  type HostTensor,
  packHostTree,
  referenceAgent,
  runTrials,
  type Tree,
  type TrialProtocol,
  type TrialResult,
} from '@tasklearn/core';
import { environmentsPlugin } from '@tasklearn/environments';
import { metaRlPlugin } from '@tasklearn/meta-rl';
import { compiledExecutor } from '@tasklearn/runtime';

/** A run: one learner on one distribution, or with no learner its reference lines. */
interface Run {
  readonly distribution: { readonly id: string; readonly options?: object };
  readonly learner?: { readonly id: string; readonly options?: object };
  readonly trial?: TrialProtocol;
  readonly seed?: number;
  readonly updates?: number;
  readonly seconds?: number;
  readonly evaluateEvery?: number;
  readonly testTasks?: number;
  /** Where a picture of test trials goes. */
  readonly picture?: string;
  /** Where the parameters go. */
  readonly weights?: string;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const halfWidth = (values: readonly number[]) => {
  const centre = mean(values);
  return 1.96 * Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / values.length);
};

/** Returns and successes by episode, as one line. */
function summary(results: readonly TrialResult[]): string {
  const episodes = results[0]?.episodes.length ?? 0;
  const returns = Array.from({ length: episodes }, (_, episode) => {
    const values = results.map((result) => result.episodes[episode]?.return ?? 0);
    return `${mean(values).toFixed(3)}±${halfWidth(values).toFixed(3)}`;
  });
  const success = Array.from({ length: episodes }, (_, episode) =>
    mean(results.map((result) => (result.episodes[episode]?.success ? 1 : 0))).toFixed(3),
  );
  const total = results.map((result) => result.episodes.reduce((sum, episode) => sum + episode.return, 0));
  return `total ${mean(total).toFixed(3)}±${halfWidth(total).toFixed(3)} returns [${returns.join(' ')}] success [${success.join(' ')}]`;
}

async function references(distribution: ControlDistribution, trial: TrialProtocol, count: number) {
  const rng = createRng('references');
  const tasks = Array.from({ length: count }, (_, index) => distribution.task('test', index, rng));
  for (const [name, make] of Object.entries(distribution.references ?? {})) {
    const agent = referenceAgent(make(tasks, 1, rng.split(name)));
    print(`${name}: ${summary(await runTrials({ agent, distribution, tasks, trial, rng }))}`);
  }
}

/** Trains one learner, testing it as it goes. */
async function train(run: Run, distribution: ControlDistribution, learner: ControlLearner) {
  const { seed = 0, updates = 1e9, seconds = 1e9, evaluateEvery = 50, testTasks = 200 } = run;
  const trial = run.trial ?? distribution.trial;
  const executor = compiledExecutor({ threads: 1 });
  const counted = countSteps(distribution);
  const rng = createRng(seed);
  const training = await learner.openTraining({ distribution: counted.distribution, trial, executor, rng });
  const tasks = Array.from({ length: testTasks }, (_, index) =>
    distribution.task('test', index, rng.split('tasks')),
  );
  const began = Date.now();
  const test = async (parameters: Tree<HostTensor>, keep = 0) => {
    const agent = await learner.openAgent(parameters, { spec: distribution.spec, executor });
    const results = await runTrials({
      agent,
      distribution,
      tasks,
      trial,
      rng: createRng(`test ${seed}`),
      keepTrajectories: keep,
    });
    agent.dispose();
    return results;
  };
  for (let update = 1; update <= updates && Date.now() - began < seconds * 1000; update += 1) {
    const { metrics } = await training.update();
    if (update % evaluateEvery !== 0) continue;
    const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    print(
      `update ${update} steps ${counted.steps()} seconds ${Math.round((Date.now() - began) / 1000)} test ${summary(await test(training.parameters()))} | ${numbers.join(' ')}`,
    );
  }
  const results = await test(training.parameters(), 8);
  print(
    `end steps ${counted.steps()} seconds ${Math.round((Date.now() - began) / 1000)} test ${summary(results)}`,
  );
  if (run.picture !== undefined && distribution.draw !== undefined) {
    const trials = results.slice(0, 8).map(({ task, episodes }) => ({
      task,
      trajectories: episodes.flatMap(({ trajectory }) => (trajectory === undefined ? [] : [trajectory])),
    }));
    const drawings = trials.map(({ task, trajectories }) => distribution.draw?.(task, trajectories) ?? '');
    writeFileSync(run.picture, drawings.join('\n'));
  }
  if (run.weights !== undefined) {
    const { vector, spec } = packHostTree(training.parameters());
    writeFileSync(run.weights, JSON.stringify({ values: [...vector.data], spec }));
  }
  training.dispose();
}

const run = JSON.parse(
  process.argv[2]?.startsWith('{') ? process.argv[2] : readFileSync(process.argv[2] as string, 'utf8'),
) as Run;
const registry = createRegistry([environmentsPlugin, metaRlPlugin]);
const distribution = (await registry.createDistribution(
  run.distribution.id,
  run.distribution.options,
)) as ControlDistribution;
if (run.learner === undefined)
  await references(distribution, run.trial ?? distribution.trial, run.testTasks ?? 1000);
else
  await train(
    run,
    distribution,
    registry.createLearner(run.learner.id, run.learner.options) as ControlLearner,
  );
