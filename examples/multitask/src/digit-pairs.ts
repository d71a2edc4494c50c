import {
  type CombinationOptions,
  createAttention,
  createIndependent,
  createSharedBottom,
} from '@tasklearn/multitask';
import { digitPairs } from '@tasklearn/tasks';
import { loadFashionMnist, loadMnist } from '@tasklearn/tasks/node';
import { accuracy, overDraws } from './over-draws.js';
import { print, printTransfer } from './print-table.js';

/** Two images laid over each other: digits, or a digit and clothing (`clothes=1`). */
export async function pairsOfDigits({
  draws = 3,
  updates = 600,
  units = 64,
  clothes = 0,
} = {}): Promise<void> {
  const digits = await loadMnist();
  const second = clothes === 0 ? digits : await loadFashionMnist();
  const own = {
    network: { architecture: 'mlp', hidden: [units] },
    optimizer: { learningRate: 0.003 },
  } as const;
  const by = (name: CombinationOptions['name']) => () =>
    createSharedBottom({ ...own, combination: { name } } as never);
  const arms = {
    alone: () => createIndependent(own as never),
    'shared bottom': by('sum'),
    'shared bottom, uncertainty': by('uncertainty'),
    'shared bottom, PCGrad': by('pcgrad'),
    'shared bottom, MGDA': by('mgda'),
    attention: () => createAttention(own as never),
  };
  const distributionOf = (draw: number) =>
    digitPairs('pairs', [digits, second], { seed: draw, trainItems: 4_000, testItems: 1_500 });
  const budget = { updates, batchSize: 64, validateEvery: 100 };
  const scores = await overDraws({ arms, distributionOf, draws, budget, score: accuracy });
  const what = clothes === 0 ? 'Two digits' : 'A digit and an article of clothing';
  print(`${what}, 4,000 pairs, ${units} units, ${updates} updates; ${draws} draws.\n`);
  printTransfer(scores, 'alone');
  for (const task of [0, 1]) {
    print(task === 0 ? 'Upper left:\n' : 'Lower right:\n');
    printTransfer(scores, 'alone', 3, (each) => each === task);
  }
}
