import type { JointLearner } from '@tasklearn/core';
import {
  createCrossStitch,
  createIndependent,
  createSharedBottom,
  transferRemedies,
} from '@tasklearn/multitask';
import { imageTasks } from '@tasklearn/tasks';
import { loadMnist } from '@tasklearn/tasks/node';
import { accuracy, train } from './over-draws.js';
import { print, printTable, withInterval } from './print-table.js';

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Five tasks on digits whose pixels are in five orders: does a wide enough shared layer hold them all? */
export async function capacity({ draws = 3, updates = 600 } = {}): Promise<void> {
  const digits = await loadMnist();
  const rows: string[][] = [];
  for (const permutedPixels of [0, 1])
    for (const units of [8, 32, 128]) {
      const network = { architecture: 'mlp', hidden: [units] } as never;
      const optimizer = { learningRate: 0.003 };
      const arms: Readonly<Record<string, () => JointLearner>> = {
        alone: () => createIndependent({ network, optimizer }),
        'shared bottom': () => createSharedBottom({ network, optimizer }),
        'shared bottom, PCGrad': () =>
          createSharedBottom({ network, optimizer, combination: { name: 'pcgrad' } }),
        'cross-stitch': () => createCrossStitch({ network, optimizer }),
      };
      const evidence: Record<string, { train: number[]; test: number[]; right: number[] }> = {};
      for (let draw = 0; draw < draws; draw += 1) {
        const distribution = imageTasks('tasks', [{ name: 'digits', images: digits }], {
          seed: draw,
          permutedPixels,
          itemsPerClass: 50,
        });
        for (const [name, create] of Object.entries(arms)) {
          if (name === 'cross-stitch' && units > 32) continue; // T² passes.
          const budget = { updates, batchSize: 32, validateEvery: 0 };
          const { results } = await train(create(), distribution, budget, draw);
          const own = evidence[name] ?? { train: [], test: [], right: [] };
          evidence[name] = own;
          own.train.push(mean((await results('train')).map(({ losses }) => mean(losses))));
          const tested = await results('test');
          own.test.push(mean(tested.map(({ losses }) => mean(losses))));
          own.right.push(mean(tested.map(accuracy)));
        }
      }
      const alone = evidence.alone as { train: number[]; test: number[]; right: number[] };
      for (const [name, { train: fitted, test, right }] of Object.entries(evidence)) {
        const remedies = transferRemedies({
          trainTogether: mean(fitted),
          trainAlone: mean(alone.train),
          testTogether: mean(test),
          testAlone: mean(alone.test),
        });
        rows.push([
          `${permutedPixels}`,
          `${units}`,
          name,
          withInterval(fitted),
          withInterval(
            right.map((value) => 100 * value),
            1,
          ),
          name === 'alone' ? '–' : remedies.map(({ remedy }) => remedy).join(', '),
        ]);
      }
    }
  print(`Five tasks of 50 digits per class; ${updates} updates; ${draws} draws.\n`);
  printTable(
    ['pixels permuted', 'units', 'learner', 'training loss', 'test accuracy, %', 'ladder says'],
    rows,
  );
}
