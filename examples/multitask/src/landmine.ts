import type { JointTaskResult } from '@tasklearn/core';
import { areaUnderCurve } from '@tasklearn/evaluation';
import {
  createConditioned,
  createGrouped,
  createIndependent,
  createPooled,
  createSharedBottom,
  createSoftSharing,
} from '@tasklearn/multitask';
import { knownTables, type TableTasks, tableSplitDefaults, tableTasks } from '@tasklearn/tasks';
import { loadTable } from '@tasklearn/tasks/node';
import { overDraws } from './over-draws.js';
import { print, printTransfer } from './print-table.js';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
/** Fields under foliage, then fields of bare earth. */
const groups = [range(0, 15), range(15, 29)];
const isFoliage = (task: number) => task < 15;

function rocArea({ means, targets }: JointTaskResult): number {
  const scores = Array.from(targets.data, (_, item) => means.data[2 * item + 1] as number);
  return areaUnderCurve(scores, targets.data);
}

/** 29 minefields of two kinds of ground: who gains by which sharing. */
export async function landmine({ draws = 10, updates = 400, trainItems = 0 } = {}): Promise<void> {
  const table = await loadTable('landmine');
  const own = { network: { hidden: [32] }, optimizer: { learningRate: 0.002 } };
  const soft = (strength: number, more: object = {}) => createSoftSharing({ ...own, strength, ...more });
  const arms = {
    alone: () => createIndependent(own),
    pooled: () => createPooled(own),
    'shared bottom': () => createSharedBottom(own),
    'conditioned (FiLM)': () => createConditioned(own),
    'shared bottom of each ground': () => createGrouped({ ...own, groups }),
    'soft sharing, λ = 0.001': () => soft(0.001),
    'soft sharing, λ = 0.01, heads too': () => soft(0.01, { pullHeads: true }),
    'soft sharing within grounds, λ = 0.01, heads too': () => soft(0.01, { pullHeads: true, groups }),
    'pooled within grounds': () => createGrouped({ ...own, groups, heads: 'perGroup' }),
  };
  const distributionOf = (draw: number) =>
    tableTasks(table, knownTables.landmine as TableTasks, {
      ...tableSplitDefaults,
      seed: draw,
      validationFraction: 0.1,
      testFraction: 0.4,
      trainItems,
    });
  const budget = { updates, batchSize: 32, validateEvery: 50 };
  const scores = await overDraws({ arms, distributionOf, draws, budget, score: rocArea });
  const many = trainItems === 0 ? 'half of the items' : `${trainItems} items of each field`;
  for (const [name, includes] of [
    ['All 29 fields', () => true],
    ['15 fields under foliage', isFoliage],
    ['14 fields of bare earth', (task: number) => !isFoliage(task)],
  ] as const) {
    print(`${name}: area under the ROC curve; ${many} to train on; ${draws} draws of the splits.\n`);
    printTransfer(scores, 'alone', 3, includes);
  }
}
