import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  createConditionalNeuralProcess,
  createInContextTransformer,
  createLstm,
} from '@tasklearn/blackbox-meta';
import { createRng, type EpisodicLearner } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { gaussianClasses, gaussianClassPrediction } from '@tasklearn/tasks';
import { meanInterval } from './mean-interval.js';
import { tested, trained } from './trained.js';

// Accuracy against the number of shots at test, for learners trained with one shot, five, or one to ten.
const { values } = parseArgs({
  options: {
    arms: { type: 'string', default: 'exact,transformer,lstm' },
    updates: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '0' },
    episodes: { type: 'string', default: '400' },
    output: { type: 'string', default: '' },
  },
});
const updates = Number(values.updates);
const optimizer = { schedule: { name: 'cosine', steps: updates } } as const;
const arms: Readonly<Record<string, () => EpisodicLearner>> = {
  transformer: () => createInContextTransformer({ width: 64, heads: 1, layers: 3, optimizer }),
  lstm: () => createLstm({ optimizer }),
  perClass: () => createConditionalNeuralProcess({ aggregator: 'perClass', optimizer }),
};
const shotsTested = [1, 2, 5, 10, 15];
const shotsTrained = { 'K = 1': [1, 1], 'K = 5': [5, 5], 'K ~ U{1..10}': [1, 10] } as const;
const episodes = Number(values.episodes);
const form = { ways: 5, order: 'mixed' } as const;
const testedOn = (shots: number) => gaussianClasses({ ...form, shots, queries: 5 });
const report = (row: object) => {
  process.stdout.write(`${JSON.stringify(row)}\n`);
  if (values.output !== '') appendFileSync(values.output, `${JSON.stringify(row)}\n`);
};

/** Accuracy of the best possible prediction in each episode. */
function exactAccuracies(shots: number): number[] {
  const { support, query } = testedOn(shots).episodes(
    'test',
    0,
    episodes,
    createRng('test').split('episodes'),
  );
  const size = 5 * shots;
  return Array.from({ length: episodes }, (_, task) => {
    const seen = {
      inputs: support.labelled.inputs.data.subarray(task * size * 8, (task + 1) * size * 8),
      labels: support.labelled.targets.data.subarray(task * size, (task + 1) * size),
    };
    const asked = query.inputs.data.subarray(task * 25 * 8, (task + 1) * 25 * 8);
    const rows = gaussianClassPrediction(seen, asked, { ways: 5, dimensions: 8, noise: 0.6 });
    const right = Array.from({ length: 25 }, (_, item) => {
      const row = rows.subarray(5 * item, 5 * item + 5);
      return row.indexOf(Math.max(...row)) === query.targets.data[task * 25 + item] ? 1 : 0;
    });
    return right.reduce<number>((sum, value) => sum + value, 0) / 25;
  });
}

const executor = compiledExecutor({ threads: 1 });
for (const arm of values.arms.split(',')) {
  if (arm === 'exact') {
    for (const shots of shotsTested) report({ arm, shots, ...meanInterval(exactAccuracies(shots)) });
    continue;
  }
  for (const seed of values.seeds.split(',').map(Number))
    for (const [training, [minimumShots, shots]] of Object.entries(shotsTrained)) {
      const learner = (arms[arm] as () => EpisodicLearner)();
      const distribution = gaussianClasses({
        ...form,
        shots,
        ...(minimumShots < shots && { minimumShots }),
        queries: 2,
      });
      const theta = await trained({ learner, distribution, executor, seed, updates, tasksPerUpdate: 32 });
      for (const at of shotsTested) {
        const results = await tested({ learner, executor }, theta, testedOn(at), episodes);
        report({
          arm,
          training,
          seed,
          updates,
          shots: at,
          ...meanInterval(results.map(({ score }) => score)),
        });
      }
    }
}
