import {
  createAttention,
  createConditioned,
  createCrossStitch,
  createIndependent,
  createMixtureOfExperts,
  createPooled,
  createSharedBottom,
  createSoftSharing,
} from '@tasklearn/multitask';
import { linearSuite } from '@tasklearn/tasks';
import { accuracy, overDraws, rSquared } from './over-draws.js';
import { print, printTransfer } from './print-table.js';

/** Where there is nothing to transfer no learner may seem to: labels without meaning, and tasks without relation. */
export async function nullSuite({ draws = 10, updates = 300 } = {}): Promise<void> {
  const own = { network: { hidden: [16] }, optimizer: { learningRate: 0.005 } };
  const arms = {
    alone: () => createIndependent(own),
    pooled: () => createPooled(own),
    'shared bottom': () => createSharedBottom(own),
    'shared bottom, PCGrad': () => createSharedBottom({ ...own, combination: { name: 'pcgrad' } }),
    'conditioned (FiLM)': () => createConditioned(own),
    'soft sharing': () => createSoftSharing(own),
    'cross-stitch': () => createCrossStitch(own),
    'mixture of experts': () =>
      createMixtureOfExperts({ experts: 4, expertSize: 8, optimizer: own.optimizer }),
    attention: () => createAttention(own),
  };
  const budget = { updates, batchSize: 16, validateEvery: 50 };
  const random = (draw: number) =>
    linearSuite({ seed: draw, trainItems: 40, labels: 'random', classifications: 8 });
  print(`Random labels: accuracy, one half is chance; ${draws} draws.\n`);
  printTransfer(await overDraws({ arms, distributionOf: random, draws, budget, score: accuracy }), 'alone');
  const unrelated = (draw: number) => linearSuite({ seed: draw, trainItems: 40, relatedness: 0 });
  print(`Unrelated tasks (ρ = 0): R²; exact Bayes gains nothing either; ${draws} draws.\n`);
  printTransfer(
    await overDraws({ arms, distributionOf: unrelated, draws, budget, score: rSquared }),
    'alone',
  );
}
