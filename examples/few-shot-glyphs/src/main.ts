import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { main, type RunResult, runPlan } from '@tasklearn/evaluation/node';
import { mamlPlugin } from '@tasklearn/maml';
import { protonetsPlugin } from '@tasklearn/protonets';
import { tasksPlugin } from '@tasklearn/tasks';
import { plan } from './plan.js';

/** Budget of a run of this example. */
export interface ExampleOptions {
  /** Outer updates of each learner. */
  readonly updates: number;
  readonly seed: number;
  /** Run folder. */
  readonly output?: string;
}

/** Runs the comparison in this process with another budget, e.g. a tiny one. */
export function run({ updates, seed, output = 'runs/few-shot-glyphs' }: ExampleOptions): Promise<RunResult> {
  const validation = { every: Math.max(1, Math.ceil(updates / 4)), episodes: 20 };
  const test = { episodes: updates < 100 ? 20 : 600, tasksPerBatch: 20 };
  return runPlan(
    { ...plan, updates, seeds: [seed], validation, test, output },
    { plugins: [tasksPlugin, mamlPlugin, protonetsPlugin] },
  );
}

const omniglot =
  'npx tasklearn compare examples/few-shot-glyphs/dist/plan.js --distribution omniglot --ways 5 --shots 1 --output runs/omniglot';

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = relative(process.cwd(), fileURLToPath(new URL('./plan.js', import.meta.url)));
  await main(['compare', file, '--workers', '2', ...process.argv.slice(2)]);
  if (process.exitCode === undefined || process.exitCode === 0) {
    process.stdout.write(
      `\nThe same on Omniglot (1,623 handwritten characters, downloaded once):\n  ${omniglot}\n`,
    );
  }
  process.exit();
}
