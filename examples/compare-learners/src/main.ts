import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { comparisonTable, type RunResult, runPlan } from '@tasklearn/evaluation/node';
import { protonetsPlugin } from '@tasklearn/protonets';
import { tasksPlugin } from '@tasklearn/tasks';
import { plugin } from './subspace-learner.js';

/** Budget of a run of this example. */
export interface ExampleOptions {
  /** Outer updates. */
  readonly updates: number;
  readonly seed: number;
  /** Test episodes. Default 600. */
  readonly episodes?: number;
  /** Run folder; a temporary one where absent. */
  readonly output?: string;
}

/** Compares a learner of our own with one that is not trained, over three seeds, on 5-way 5-shot glyphs. */
export async function run({ updates, seed, episodes = 600, output }: ExampleOptions): Promise<RunResult> {
  return runPlan(
    {
      name: 'compare-learners',
      description: 'A learner of our own against nearest neighbours',
      learners: [
        { id: 'subspace', name: 'Subspace, 64 dimensions' },
        { id: 'subspace', name: 'Subspace, 8 dimensions', options: { dimensions: 8 } },
        { id: 'nearest-neighbour', name: 'Nearest neighbour (pixels)' },
      ],
      distribution: { id: 'glyphs', options: { ways: 5, shots: 5, queries: 5 } },
      seeds: [seed, seed + 1, seed + 2],
      updates,
      tasksPerUpdate: 8,
      test: { episodes, tasksPerBatch: 20 },
      expected: [{ better: 'Subspace, 64 dimensions', worse: 'Subspace, 8 dimensions' }],
      output: output ?? (await mkdtemp(join(tmpdir(), 'compare-learners-'))),
    },
    { plugins: [plugin, protonetsPlugin, tasksPlugin] },
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { summary, folder } = await run({ updates: 1000, seed: 0, output: 'runs/compare-learners' });
  console.log(`${comparisonTable(summary)}\n\nRows: ${folder.rows}`);
  process.exit();
}
