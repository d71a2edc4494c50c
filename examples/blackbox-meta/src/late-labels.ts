import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { accuracyByInstance, createLstm, createMann } from '@tasklearn/blackbox-meta';
import {
  type CheckpointStore,
  decodeCheckpoint,
  type EpisodicDistribution,
  type EpisodicLearner,
  type HostTensor,
  metaTrain,
  type Tree,
  toDevice,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { tasksPlugin } from '@tasklearn/tasks/node';
import { tested } from './trained.js';

// Labels one step late, by learners whose embedding begins as that of SNAIL, trained by
// `tasklearn compare examples/blackbox-meta/omniglot-snail.json` on the same training characters. Accuracy by instance as it grows.
const { values } = parseArgs({
  options: {
    snail: { type: 'string', default: 'runs/omniglot-snail' },
    arms: { type: 'string', default: 'mann,lstm' },
    ways: { type: 'string', default: '5' },
    instances: { type: 'string', default: '5' },
    updates: { type: 'string', default: '2000' },
    every: { type: 'string', default: '250' },
    seconds: { type: 'string', default: '100000' },
    output: { type: 'string', default: '' },
  },
});
const [cell = ''] = readdirSync(join(values.snail, 'cells'));
const { tensors } = decodeCheckpoint(readFileSync(join(values.snail, 'cells', cell, 'learner.safetensors')));
const { embedding } = (tensors as { readonly theta: { readonly embedding: Tree<HostTensor> } }).theta;
const { defaults, create } = tasksPlugin.distributions['omniglot-stream'];
const distribution = (await create({
  ...defaults,
  ways: Number(values.ways),
  instances: Number(values.instances),
})) as EpisodicDistribution;
const shared = {
  queryMode: 'sequential',
  labels: 'row',
  network: { filters: 32, downsample: 'stride', features: 'flatten' },
  optimizer: { learningRate: 2e-3 },
} as const;
const arms: Readonly<Record<string, () => EpisodicLearner>> = {
  mann: () => createMann({ ...shared, slots: 32, heads: 1, keyStrength: true }),
  lstm: () => createLstm({ ...shared, layers: [200] }),
};

/** The learner with an embedding that is trained already. */
function begun(learner: EpisodicLearner): EpisodicLearner {
  return {
    ...learner,
    init: (spec, rng) =>
      ({ ...(learner.init(spec, rng) as object), embedding: toDevice(embedding) }) as never,
  };
}

const executor = compiledExecutor({ threads: 1 });
for (const arm of values.arms.split(',')) {
  const learner = begun((arms[arm] as () => EpisodicLearner)());
  let saved: Uint8Array | undefined;
  const store: CheckpointStore = {
    save: async (bytes) => {
      saved = bytes;
    },
    load: async () => saved,
  };
  const start = Date.now();
  const every = Number(values.every);
  for (let updates = every; updates <= Number(values.updates); updates += every) {
    const run = {
      learner,
      distribution,
      executor,
      seed: 0,
      updates,
      tasksPerUpdate: 16,
      store,
      logEvery: every,
    };
    let loss = Number.NaN;
    for await (const event of metaTrain({ ...run, checkpointEvery: every })) {
      if (event.kind === 'update') loss = event.loss ?? loss;
      if (event.kind !== 'finished') continue;
      const results = await tested({ learner, executor }, event.theta, distribution, 200);
      const line = JSON.stringify({ arm, updates, loss, accuracies: accuracyByInstance(results) });
      process.stdout.write(`${line}\n`);
      if (values.output !== '') appendFileSync(values.output, `${line}\n`);
    }
    if (Date.now() - start > 1000 * Number(values.seconds)) break;
  }
}
