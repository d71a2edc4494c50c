import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  createBackpropamine,
  createDifferentiablePlasticity,
  createLstm,
  createMann,
} from '@tasklearn/blackbox-meta';
import {
  createRng,
  type EpisodeResult,
  type EpisodicDistribution,
  type EpisodicLearner,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { cueRecall, erasedBitError, patternCompletion } from '@tasklearn/tasks';
import { meanInterval } from './mean-interval.js';
import { tested, trained } from './trained.js';

const tasks = ['patterns', 'cues', 'delayed'] as const;
const delayed = { delay: 4, trials: 10 };

/** Error or accuracy of each lifetime. */
function scores(
  task: string,
  distribution: EpisodicDistribution,
  results: readonly EpisodeResult[],
): number[] {
  if (task === 'patterns') {
    const episodes = distribution.episodes('test', 0, results.length, createRng('test').split('episodes'));
    return results.map(({ means }, index) => erasedBitError(episodes, index, means.data));
  }
  const [length, trials] = task === 'delayed' ? [4 + delayed.delay, delayed.trials] : [4, 15];
  return results.map(({ means, targets }) => {
    const last = Array.from({ length: 5 }, (_, at) => (trials - 5 + at) * length + 2); // The questions of the last five trials.
    const right = last.filter((step) => {
      const [no = 0, yes = 0] = means.data.slice(2 * step, 2 * step + 2);
      return (yes > no ? 1 : 0) === targets.data[step];
    });
    return right.length / last.length;
  });
}

const { values } = parseArgs({
  options: {
    task: { type: 'string', default: 'patterns' },
    arms: { type: 'string', default: '' },
    updates: { type: 'string', default: '300' },
    seeds: { type: 'string', default: '0' },
    episodes: { type: 'string', default: '300' },
    tasks: { type: 'string', default: '32' },
    size: { type: 'string', default: '0' },
    output: { type: 'string', default: '' },
  },
});
const task = tasks.find((name) => name === values.task) ?? 'patterns';
const isPatterns = task === 'patterns';
const distribution = isPatterns ? patternCompletion() : cueRecall(task === 'delayed' ? delayed : {});
const size = Number(values.size) || (isPatterns ? 50 : task === 'delayed' ? 40 : 48);
const shared = {
  queryMode: 'sequential',
  labels: 'inputs',
  optimizer: { learningRate: isPatterns ? 3e-3 : 1e-3, clipNorm: isPatterns ? 5 : 2 },
} as const;
// All that are compared on patterns see bits that are held, the recurrent network without plasticity included.
const plastic = { ...shared, size, inputs: isPatterns ? 'clamped' : 'weighted', rule: 'hebb' } as const;
const arms: Readonly<Record<string, () => EpisodicLearner>> = {
  plastic: () => createDifferentiablePlasticity(plastic),
  oja: () => createDifferentiablePlasticity({ ...plastic, rule: 'oja' }),
  uniform: () => createDifferentiablePlasticity({ ...plastic, plasticity: 'uniform' }),
  modulated: () => createBackpropamine({ ...plastic, rule: 'modulated' }),
  retroactive: () => createBackpropamine({ ...plastic, rule: 'retroactive' }),
  lstm: () => createLstm({ ...shared, layers: [isPatterns ? 128 : size] }),
  mann: () => createMann({ ...shared, controller: 100, slots: 20, width: 50, heads: 1 }),
  rnn: () => createDifferentiablePlasticity({ ...plastic, plasticity: 'zero' }),
};
const executor = compiledExecutor({ threads: 1 });
for (const seed of values.seeds.split(',').map(Number)) {
  for (const arm of values.arms === '' ? Object.keys(arms) : values.arms.split(',')) {
    const learner = (arms[arm] as () => EpisodicLearner)();
    for (const updates of values.updates.split(',').map(Number)) {
      const run = { learner, distribution, executor, seed, updates, tasksPerUpdate: Number(values.tasks) };
      const results = await tested(run, await trained(run), distribution, Number(values.episodes));
      const line = JSON.stringify({
        task,
        arm,
        seed,
        updates,
        ...meanInterval(scores(task, distribution, results)),
      });
      process.stdout.write(`${line}\n`);
      if (values.output !== '') appendFileSync(values.output, `${line}\n`);
    }
  }
}
