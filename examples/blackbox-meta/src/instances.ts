import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { accuracyByInstance, blackboxMetaPlugin } from '@tasklearn/blackbox-meta';
import {
  createRegistry,
  decodeCheckpoint,
  type EpisodicDistribution,
  type HostTensor,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { tasksPlugin } from '@tasklearn/tasks/node';
import { tested } from './trained.js';

// Accuracy by instance of learners that were trained by `tasklearn compare examples/blackbox-meta/omniglot-stream.json`.
const { values } = parseArgs({
  options: {
    run: { type: 'string', default: 'runs/omniglot-stream' },
    episodes: { type: 'string', default: '1000' },
    output: { type: 'string', default: '' },
  },
});
const registry = createRegistry([blackboxMetaPlugin, tasksPlugin]);
const executor = compiledExecutor({ threads: 1 });
for (const cell of readdirSync(join(values.run, 'cells'))) {
  const { tensors, metadata } = decodeCheckpoint(
    readFileSync(join(values.run, 'cells', cell, 'learner.safetensors')),
  );
  const saved = metadata as unknown as {
    learner: string;
    options: object;
    distribution: string;
    distributionOptions: { ways: number; instances: number };
    update: number;
  };
  const learner = registry.createLearner(saved.learner, saved.options);
  const distribution = await registry.createDistribution(saved.distribution, saved.distributionOptions);
  if (learner.kind !== 'episodic') throw new Error(`${saved.learner} is no episodic learner.`);
  const theta = (tensors as { readonly theta: Tree<HostTensor> }).theta;
  const results = await tested(
    { learner, executor },
    theta,
    distribution as EpisodicDistribution,
    Number(values.episodes),
  );
  const line = JSON.stringify({ cell, update: saved.update, accuracies: accuracyByInstance(results) });
  process.stdout.write(`${line}\n`);
  if (values.output !== '') appendFileSync(values.output, `${line}\n`);
}
