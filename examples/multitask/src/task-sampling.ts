import { createIndependent, createSharedBottom } from '@tasklearn/multitask';
import { linearSuite } from '@tasklearn/tasks';
import { type Budget, overDraws, rSquared } from './over-draws.js';
import { print, printTable, withInterval } from './print-table.js';

/** Six tasks of 1,000 items down to 28: how often each should be drawn. */
export async function taskSampling({ draws = 5, updates = 400 } = {}): Promise<void> {
  const own = { network: { hidden: [16] }, optimizer: { learningRate: 0.005 } };
  const distributionOf = (draw: number) =>
    linearSuite({ seed: draw, tasks: 6, relatedness: 0.5, trainItems: 1_000, longTail: 2 });
  const budget: Budget = { updates, batchSize: 16, validateEvery: 50 };
  const arms: Readonly<Record<string, { readonly alone?: boolean; readonly budget: Budget }>> = {
    alone: { alone: true, budget },
    'every task once': { budget },
    uniform: { budget: { ...budget, sampling: 'uniform' } },
    'power 0.5': { budget: { ...budget, sampling: { power: 0.5 } } },
    proportional: { budget: { ...budget, sampling: 'proportional' } },
  };
  const rows: string[][] = [];
  for (const [name, arm] of Object.entries(arms)) {
    const create = () => (arm.alone === true ? createIndependent(own) : createSharedBottom(own));
    const scores = await overDraws({
      arms: { [name]: create },
      distributionOf,
      draws,
      budget: arm.budget,
      score: rSquared,
    });
    const runs = scores[name] as number[][];
    rows.push([
      name,
      ...[0, 1, 2, 3, 4, 5].map((task) =>
        withInterval(
          runs.map((run) => run[task] as number),
          2,
        ),
      ),
    ]);
  }
  print(`R² of each task by how tasks are drawn; ${draws} draws.\n`);
  printTable(['shared bottom', ...distributionOf(0).sizes.train.map((size) => `${size} items`)], rows);
}
