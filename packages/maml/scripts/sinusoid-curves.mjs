// Error on sinusoids after 0, 1, 5, 10 and 20 gradient steps, for every learner of the package. Prints a table in Markdown.
//
//   pnpm build && node packages/maml/scripts/sinusoid-curves.mjs --updates 10000 --seeds 0,1,2

import { parseArgs } from 'node:util';
import { createRng, leavesOf, metaTrain } from '@tasklearn/core';
import {
  adaptationCurve,
  createFineTuning,
  createFromScratch,
  createMaml,
  createReptile,
  mamlPresets,
} from '@tasklearn/maml';
import { compiledExecutor } from '@tasklearn/runtime';
import { sinusoids } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  options: {
    updates: { type: 'string', default: '10000' },
    seeds: { type: 'string', default: '0,1,2' },
    shots: { type: 'string', default: '10' },
    tasks: { type: 'string', default: '25' },
  },
});
const updates = Number(values.updates);
const shots = Number(values.shots);
const tasksPerUpdate = Number(values.tasks);
const seeds = values.seeds.split(',').map(Number);
const testTasks = 600;
const shown = [0, 1, 5, 10, 20];
const preset = mamlPresets.sinusoid;

/** Learners by name; `most` is the number of steps after which a row ends, where more make no sense. */
const learners = {
  'MAML, 1 step': { learner: createMaml(preset) },
  'MAML, 5 steps': { learner: createMaml({ ...preset, innerSteps: 5 }) },
  'first-order MAML, 1 step': { learner: createMaml({ ...preset, order: 'first' }) },
  'ANIL, 1 step': { learner: createMaml({ ...preset, adapted: 'head' }) },
  'Meta-SGD, 1 step': { learner: createMaml({ ...preset, learnedRates: 'parameter' }), most: 1 },
  Reptile: {
    learner: createReptile({
      innerOptimizer: 'sgd',
      innerLearningRate: 0.02,
      innerSteps: 10,
      annealOver: updates,
    }),
  },
  'pooled, then fine-tuning': { learner: createFineTuning() },
  'from scratch': { learner: createFromScratch() },
};

await tf.setBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });
const train = sinusoids({ shots, queries: shots });
const test = sinusoids({ shots, queries: 100, testGrid: true });
const episodes = test.episodes('test', 0, testTasks, createRng('test tasks'));

async function curve(learner, seed) {
  let theta;
  const run = { learner, distribution: train, executor, seed, updates, tasksPerUpdate, logEvery: updates };
  for await (const event of metaTrain(run)) if (event.kind === 'finished') theta = event.theta;
  const prepared = executor.prepare((input, rng) => {
    const { queryLoss } = adaptationCurve(
      learner,
      input.theta,
      input.episodes,
      rng,
      test.spec,
      Math.max(...shown),
    );
    return { queryLoss };
  });
  const { queryLoss } = await prepared.run({ theta, episodes }, createRng(seed));
  prepared.dispose();
  return { losses: shown.map((step) => queryLoss.data[step]), parameters: leavesOf(theta).length };
}

console.log(
  `Mean squared error on ${testTasks} test tasks, ${shots} points each, over ${seeds.length} seeds (lowest to highest).\n`,
);
console.log(
  `| learner | ${shown.map((step) => `after ${step}`).join(' | ')} |\n|---|${shown.map(() => '---|').join('')}`,
);
for (const [name, { learner, most = Number.POSITIVE_INFINITY }] of Object.entries(learners)) {
  const curves = [];
  for (const seed of seeds) curves.push((await curve(learner, seed)).losses);
  const cells = shown.map((step, index) => {
    if (step > most) return '–';
    const column = curves.map((losses) => losses[index]);
    const mean = column.reduce((sum, loss) => sum + loss, 0) / column.length;
    return `${mean.toFixed(3)} (${Math.min(...column).toFixed(3)} to ${Math.max(...column).toFixed(3)})`;
  });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
process.exit(0);
