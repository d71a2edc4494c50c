import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accuracyByInstance, createLstm, createMann } from '@tasklearn/blackbox-meta';
import {
  type CheckpointStore,
  type EpisodicDistribution,
  type EpisodicLearner,
  metaTrain,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { tasksPlugin } from '@tasklearn/tasks/node';
import { tested } from './trained.js';

// Characters as rows of pixels, labels one step late: accuracy by instance as it grows.
const { values } = parseArgs({
  options: {
    arms: { type: 'string', default: 'mann,lstm' },
    ways: { type: 'string', default: '5' },
    instances: { type: 'string', default: '5' },
    updates: { type: 'string', default: '16000' },
    every: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    output: { type: 'string', default: '' },
  },
});
const { defaults, create } = tasksPlugin.distributions['omniglot-stream'];
const distribution = (await create({
  ...defaults,
  ways: Number(values.ways),
  instances: Number(values.instances),
  side: 14,
})) as EpisodicDistribution;
const shared = {
  queryMode: 'sequential',
  labels: 'row',
  network: { architecture: 'mlp' },
  optimizer: { learningRate: 2e-3, clipNorm: 10 },
} as const;
const small = { ...shared, slots: 32, heads: 1, keyStrength: true } as const;
const arms: Readonly<Record<string, () => EpisodicLearner>> = {
  mann: () => createMann({ ...small, readAfterWrite: true }),
  'mann-before': () => createMann(small),
  lstm: () => createLstm({ ...shared, layers: [200] }),
};

const executor = compiledExecutor({ threads: 1 });
for (const arm of values.arms.split(',')) {
  const learner = (arms[arm] as () => EpisodicLearner)();
  let saved: Uint8Array | undefined;
  const store: CheckpointStore = {
    save: async (bytes) => {
      saved = bytes;
    },
    load: async () => saved,
  };
  const every = Number(values.every);
  const seed = Number(values.seed);
  for (let updates = every; updates <= Number(values.updates); updates += every) {
    const run = {
      learner,
      distribution,
      executor,
      seed,
      updates,
      tasksPerUpdate: 16,
      store,
      logEvery: every,
    };
    let loss = Number.NaN;
    for await (const event of metaTrain({ ...run, checkpointEvery: every })) {
      if (event.kind === 'update') loss = event.loss ?? loss;
      if (event.kind !== 'finished') continue;
      const results = await tested({ learner, executor }, event.theta, distribution, 400);
      const line = JSON.stringify({ arm, seed, updates, loss, accuracies: accuracyByInstance(results) });
      process.stdout.write(`${line}\n`);
      if (values.output !== '') appendFileSync(values.output, `${line}\n`);
    }
  }
}
