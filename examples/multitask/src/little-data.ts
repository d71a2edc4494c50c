import { createIndependent, createPooled, createSharedBottom } from '@tasklearn/multitask';
import { imageTasks } from '@tasklearn/tasks';
import { loadMnist } from '@tasklearn/tasks/node';
import { accuracy, train } from './over-draws.js';
import { print, printTable, withInterval } from './print-table.js';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Alike tasks on few and on many digits: what sharing is worth, and the gap between training and test. */
export async function littleData({ draws = 3, updates = 200 } = {}): Promise<void> {
  const digits = await loadMnist();
  const own = { network: { architecture: 'mlp', hidden: [64] }, optimizer: { learningRate: 0.003 } } as never;
  const arms = {
    alone: () => createIndependent(own),
    'shared bottom': () => createSharedBottom(own),
    pooled: () => createPooled(own),
  };
  const rows: string[][] = [];
  for (const itemsPerClass of [2, 5, 20, 100])
    for (const [name, create] of Object.entries(arms)) {
      const [tests, gaps]: [number[], number[]] = [[], []];
      for (let draw = 0; draw < draws; draw += 1) {
        const distribution = imageTasks('alike', [{ name: 'digits', images: digits }], {
          seed: draw,
          itemsPerClass,
          testItems: 500,
        });
        const budget = { updates, batchSize: 20, validateEvery: 0 };
        const { results } = await train(create(), distribution, budget, draw);
        const tested = mean((await results('test')).map(accuracy));
        tests.push(100 * tested);
        gaps.push(100 * (mean((await results('train')).map(accuracy)) - tested));
      }
      rows.push([`${itemsPerClass}`, name, withInterval(tests, 1), withInterval(gaps, 1)]);
    }
  print(`Five alike tasks on digits, 64 units, ${updates} updates; ${draws} draws.\n`);
  printTable(['digits per class', 'learner', 'test accuracy, %', 'training less test, points'], rows);
}
