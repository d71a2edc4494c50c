import { createIndependent, createSharedBottom } from '@tasklearn/multitask';
import { linearSuite } from '@tasklearn/tasks';
import { overDraws, rSquared } from './over-draws.js';
import { print, printTransfer } from './print-table.js';

const large = (task: number) => task % 2 === 1;

/** Labels of two tasks a hundred times as large as those of two others, on the same inputs. */
export async function labelScale({ draws = 5, updates = 600 } = {}): Promise<void> {
  const own = { network: { hidden: [16] }, optimizer: { learningRate: 0.005 } };
  const raw = { ...own, scaleLabels: false };
  const by = (name: 'uncertainty' | 'gradNorm' | 'mgda', scale: 'none' | 'norm' = 'none') =>
    createSharedBottom({ ...raw, combination: { name, scale } });
  const arms = {
    'alone, scaled': () => createIndependent(own),
    'shared, scaled': () => createSharedBottom(own),
    'shared, raw': () => createSharedBottom(raw),
    'shared, raw, uncertainty': () => by('uncertainty'),
    'shared, raw, GradNorm': () => by('gradNorm'),
    'shared, raw, MGDA of unit gradients': () => by('mgda', 'norm'),
  };
  const distributionOf = (draw: number) =>
    linearSuite({ seed: draw, tasks: 4, trainItems: 200, scales: [1, 100, 1, 100], sharedInputs: true });
  const budget = { updates, batchSize: 32, validateEvery: 0 };
  const scores = await overDraws({ arms, distributionOf, draws, budget, score: rSquared });
  for (const isLarge of [false, true]) {
    print(`R² of the tasks whose labels are ${isLarge ? 'large' : 'small'}; ${draws} draws.\n`);
    printTransfer(scores, 'alone, scaled', 3, (task) => large(task) === isLarge);
  }
}
