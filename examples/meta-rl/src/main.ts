import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  type ControlAgent,
  type ControlDistribution,
  type ControlLearner,
  countSteps,
  createRegistry,
  createRng,
  packHostTree,
  type Rng,
  referenceAgent,
  runTrials,
  type TreeSpec,
  type TrialProtocol,
  type TrialResult,
  unpackHostTree,
} from '@tasklearn/core';
import { environmentsPlugin } from '@tasklearn/environments';
import { metaRlPlugin } from '@tasklearn/meta-rl';
import { compiledExecutor } from '@tasklearn/runtime';

/** One learner on one distribution, tested as it goes; without a learner, the reference lines. */
export interface Run {
  readonly distribution: { readonly id: string; readonly options?: object };
  readonly learner?: { readonly id: string; readonly options?: object };
  /** Unless told, the distribution's. */
  readonly trial?: TrialProtocol;
  readonly seed?: number;
  readonly updates?: number;
  /** Wall seconds after which training stops. */
  readonly seconds?: number;
  /** Updates between tests. */
  readonly evaluateEvery?: number;
  readonly testTasks?: number;
  /** File that drawings of eight test trials go to. */
  readonly picture?: string;
  /** File that the parameters go to. */
  readonly weights?: string;
  /** File of parameters, as `weights` writes it, to be tested as they are instead of trained. */
  readonly from?: string;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Half width of the 95 % interval of the mean. */
function halfWidth(values: readonly number[]): number {
  const centre = mean(values);
  return 1.96 * Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / values.length);
}

const shown = (values: readonly number[]) => `${mean(values).toFixed(3)}±${halfWidth(values).toFixed(3)}`;

/** Returns and successes by episode of the trial, as one line. */
function summary(results: readonly TrialResult[]): string {
  const episodes = Array.from(results[0]?.episodes ?? [], (_, episode) =>
    results.map((result) => result.episodes[episode]),
  );
  const returns = episodes.map((column) => shown(column.map((episode) => episode?.return ?? 0)));
  const success = episodes.map((column) =>
    mean(column.map((episode) => (episode?.success ? 1 : 0))).toFixed(3),
  );
  const total = results.map((result) => result.episodes.reduce((sum, episode) => sum + episode.return, 0));
  return `total ${shown(total)} returns [${returns.join(' ')}] success [${success.join(' ')}]`;
}

async function references(run: Run, distribution: ControlDistribution, print: (line: string) => void) {
  const { testTasks = 1000, trial = distribution.trial } = run;
  const rng = createRng('references');
  const tasks = Array.from({ length: testTasks }, (_, index) => distribution.task('test', index, rng));
  for (const [name, make] of Object.entries(distribution.references ?? {})) {
    const agent = referenceAgent(make(tasks, 1, rng.split(name))) as ControlAgent;
    print(`${name}: ${summary(await runTrials({ agent, distribution, tasks, trial, rng }))}`);
  }
}

/** Tries agents with the parameters of the moment on the same test tasks every time. */
function tester(run: Run, distribution: ControlDistribution, learner: ControlLearner, rng: Rng) {
  const { seed = 0, testTasks = 200, trial = distribution.trial } = run;
  const executor = compiledExecutor({ threads: 1 });
  const tasks = Array.from({ length: testTasks }, (_, index) =>
    distribution.task('test', index, rng.split('tasks')),
  );
  return async (parameters: Parameters<ControlLearner['openAgent']>[0], keepTrajectories = 0) => {
    const agent = await learner.openAgent(parameters, { spec: distribution.spec, executor });
    const stream = createRng(`test ${seed}`);
    const results = await runTrials({ agent, distribution, tasks, trial, rng: stream, keepTrajectories });
    agent.dispose();
    return results;
  };
}

function draw(distribution: ControlDistribution, results: readonly TrialResult[]): string {
  const trials = results.slice(0, 8).map(({ task, episodes }) => {
    const trajectories = episodes.flatMap(({ trajectory }) => (trajectory === undefined ? [] : [trajectory]));
    return distribution.draw?.(task, trajectories) ?? '';
  });
  return trials.join('\n');
}

function readParameters(file: string): ReturnType<typeof unpackHostTree> {
  const { values, spec } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly values: readonly number[];
    readonly spec: TreeSpec;
  };
  return unpackHostTree({ dtype: 'float32', shape: [values.length], data: Float32Array.from(values) }, spec);
}

/** Tests parameters of a file. */
async function retest(
  run: Run & { readonly from: string },
  distribution: ControlDistribution,
  learner: ControlLearner,
  print: (line: string) => void,
) {
  const test = tester(run, distribution, learner, createRng(run.seed ?? 0));
  const results = await test(readParameters(run.from), 8);
  print(`from ${run.from} test ${summary(results)}`);
  if (run.picture !== undefined) writeFileSync(run.picture, draw(distribution, results));
}

async function train(
  run: Run,
  distribution: ControlDistribution,
  learner: ControlLearner,
  print: (line: string) => void,
) {
  const { seed = 0, updates = 1000, seconds = 1e9, evaluateEvery = 50 } = run;
  const rng = createRng(seed);
  const counted = countSteps(distribution);
  const training = await learner.openTraining({
    distribution: counted.distribution,
    trial: run.trial ?? distribution.trial,
    executor: compiledExecutor({ threads: 1 }),
    rng,
  });
  const test = tester(run, distribution, learner, rng);
  const began = Date.now();
  const passed = () => Math.round((Date.now() - began) / 1000);
  for (let update = 1; update <= updates && passed() < seconds; update += 1) {
    const { metrics } = await training.update();
    if (update % evaluateEvery !== 0) continue;
    const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    const tested = summary(await test(training.parameters()));
    print(
      `update ${update} steps ${counted.steps()} seconds ${passed()} test ${tested} | ${numbers.join(' ')}`,
    );
  }
  const results = await test(training.parameters(), 8);
  print(`end steps ${counted.steps()} seconds ${passed()} test ${summary(results)}`);
  if (run.picture !== undefined) writeFileSync(run.picture, draw(distribution, results));
  if (run.weights !== undefined) {
    const { vector, spec } = packHostTree(training.parameters());
    writeFileSync(run.weights, JSON.stringify({ values: [...vector.data], spec }));
  }
  training.dispose();
}

/** Trains and tests one learner, or plays the reference lines, line by line. */
export async function run(options: Run, print: (line: string) => void): Promise<void> {
  const registry = createRegistry([environmentsPlugin, metaRlPlugin]);
  const { id, options: chosen } = options.distribution;
  const distribution = (await registry.createDistribution(id, chosen)) as ControlDistribution;
  if (options.learner === undefined) return references(options, distribution, print);
  const learner = registry.createLearner(options.learner.id, options.learner.options) as ControlLearner;
  const { from } = options;
  if (from !== undefined) return retest({ ...options, from }, distribution, learner, print);
  return train(options, distribution, learner, print);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [argument = '{"distribution":{"id":"bernoulli-bandits"}}'] = process.argv.slice(2);
  const text = argument.startsWith('{') ? argument : readFileSync(argument, 'utf8');
  await run(JSON.parse(text) as Run, (line) => console.log(line));
  process.exit();
}
