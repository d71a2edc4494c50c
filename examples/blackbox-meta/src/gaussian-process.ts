import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  createAttentiveNeuralProcess,
  createConditionalNeuralProcess,
  createHypernetwork,
} from '@tasklearn/blackbox-meta';
import { createRng, type EpisodicDistribution, type EpisodicLearner } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { gaussianProcess, gaussianProcessPrediction, variableShots } from '@tasklearn/tasks';
import { meanInterval } from './mean-interval.js';
import { tested, trained } from './trained.js';

const { values } = parseArgs({
  options: {
    arms: { type: 'string', default: 'exact,mean,attentive,hypernetwork' },
    updates: { type: 'string', default: '8000' },
    seeds: { type: 'string', default: '0' },
    episodes: { type: 'string', default: '600' },
    output: { type: 'string', default: '' },
  },
});
const updates = Number(values.updates);
const functions = { shots: 10, queries: 16, lengthScale: 0.4 };
const drawnFunctions = gaussianProcess(functions);
/** Mean and spread are both to be predicted. */
const base: EpisodicDistribution = { ...drawnFunctions, spec: { ...drawnFunctions.spec, loss: 'gaussian' } };
const optimizer = { schedule: { name: 'cosine', steps: updates } } as const;
const arms: Readonly<Record<string, () => EpisodicLearner>> = {
  mean: () => createConditionalNeuralProcess({ optimizer }),
  attentive: () => createAttentiveNeuralProcess({ optimizer, inputEncoder: [64, 64] }),
  hypernetwork: () => createHypernetwork({ optimizer }),
};
const report = (row: object) => {
  process.stdout.write(`${JSON.stringify(row)}\n`);
  if (values.output !== '') appendFileSync(values.output, `${JSON.stringify(row)}\n`);
};
const shotsTested = [1, 2, 5, 10];
const episodes = Number(values.episodes);

/** −log p of each target under the exact prediction, averaged per episode. */
function exactLosses(shots: number): number[] {
  const { support, query } = base.episodes('test', 0, episodes, createRng('test').split('episodes'));
  return Array.from({ length: episodes }, (_, task) => {
    const of = (data: ArrayLike<number>, from: number, count: number) =>
      Array.prototype.slice.call(data, from, from + count) as number[];
    const seen = {
      inputs: of(support.labelled.inputs.data, task * 10, shots),
      targets: of(support.labelled.targets.data, task * 10, shots),
    };
    const { mean, standardDeviation } = gaussianProcessPrediction(
      seen,
      of(query.inputs.data, task * 16, 16),
      functions,
    );
    const losses = of(query.targets.data, task * 16, 16).map((target, at) => {
      const spread = standardDeviation[at] as number;
      return ((target - (mean[at] as number)) / spread) ** 2 / 2 + Math.log(spread * Math.sqrt(2 * Math.PI));
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  });
}

const executor = compiledExecutor({ threads: 1 });
for (const arm of values.arms.split(',')) {
  if (arm === 'exact') {
    for (const shots of shotsTested) report({ arm, shots, ...meanInterval(exactLosses(shots)) });
    continue;
  }
  for (const seed of values.seeds.split(',').map(Number)) {
    const learner = (arms[arm] as () => EpisodicLearner)();
    const training = variableShots(base, { minimum: 1, maximum: 10 });
    const run = { learner, distribution: training, executor, seed, updates, tasksPerUpdate: 64 };
    const theta = await trained(run);
    for (const shots of shotsTested) {
      const results = await tested(
        run,
        theta,
        variableShots(base, { minimum: shots, maximum: shots }),
        episodes,
      );
      report({ arm, seed, shots, updates, ...meanInterval(results.map(({ loss }) => loss)) });
    }
  }
}
