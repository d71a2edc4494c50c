import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRng, evaluateEpisodes } from '@tasklearn/core';
import { meanInterval } from '@tasklearn/evaluation';
import { decodeLearner, runPlan } from '@tasklearn/evaluation/node';
import { createMaml, mamlPlugin } from '@tasklearn/maml';
import { compiledExecutor } from '@tasklearn/runtime';
import { sinusoids, tasksPlugin } from '@tasklearn/tasks';

/** Mean squared error on new sinusoids after so many gradient steps on ten points. */
export interface ErrorAfterSteps {
  readonly steps: number;
  readonly error: number;
  /** Half width of its 95 % interval over tasks. */
  readonly halfWidth: number;
}

/** Budget of a run of this example. */
export interface ExampleOptions {
  /** Outer updates. */
  readonly updates: number;
  readonly seed: number;
  /** Run folder; a temporary one where absent. */
  readonly output?: string;
  /** Test tasks. Default 600. */
  readonly episodes?: number;
}

const distribution = { id: 'sinusoid', options: { shots: 10 } };

/** Meta-trains MAML with one inner step and measures its error after 0, 1, 5 and 10 steps on unseen sinusoids. */
export async function run({
  updates,
  seed,
  output,
  episodes = 600,
}: ExampleOptions): Promise<ErrorAfterSteps[]> {
  const { folder } = await runPlan(
    {
      name: 'sinusoid-maml',
      description: 'MAML on sinusoids',
      learners: [{ id: 'maml', name: 'MAML' }],
      distribution,
      seeds: [seed],
      updates,
      tasksPerUpdate: 25,
      test: { episodes, tasksPerBatch: Math.min(100, episodes) },
      output: output ?? (await mkdtemp(join(tmpdir(), 'sinusoid-maml-'))),
    },
    { plugins: [mamlPlugin, tasksPlugin] },
  );
  const { theta } = decodeLearner(await readFile(folder.cell(`maml-seed-${seed}`).learner));
  const tasks = sinusoids(distribution.options);
  const executor = compiledExecutor();
  const errors: ErrorAfterSteps[] = [];
  for (const steps of [0, 1, 5, 10]) {
    const results = await evaluateEpisodes({
      learner: createMaml({ testSteps: steps }),
      theta,
      distribution: tasks,
      executor,
      split: 'test',
      count: episodes,
      tasksPerBatch: Math.min(100, episodes),
      rng: createRng(seed).split('test'), // The same tasks as the runner's.
    });
    const { estimate, upper } = meanInterval(results.map(({ score }) => score));
    errors.push({ steps, error: estimate, halfWidth: upper - estimate });
  }
  return errors;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const errors = await run({ updates: 20_000, seed: 0, output: 'runs/sinusoid-maml' });
  for (const { steps, error, halfWidth } of errors) {
    console.log(
      `after ${String(steps).padStart(2)} gradient steps: mean squared error ${error.toFixed(3)} ± ${halfWidth.toFixed(3)}`,
    );
  }
  process.exit();
}
