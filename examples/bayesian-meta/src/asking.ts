// Which label to ask for: by the learner's own uncertainty, or by chance. Learners come from the folders of the other experiments.
//
//   node examples/bayesian-meta/dist/asking.js --tasks sinusoid-or-line --from runs/multimodality/sinusoid-or-line --folder runs/asking

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Acquisition, activeLearning } from '@tasklearn/bayesian-meta';
import { createRng, type EpisodicDistribution } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { ambiguousAttributes, sinusoidOrLine } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { attributeArms } from './attribute-arms.js';
import { multimodalityArms } from './multimodality-arms.js';
import { onceForEach } from './result-files.js';
import { fileNameOf, trained } from './trained.js';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: 'sinusoid-or-line' },
    from: { type: 'string', default: 'runs/multimodality/sinusoid-or-line' },
    seeds: { type: 'string', default: '0,1,2' },
    arms: { type: 'string', default: 'MAML,PLATIPUS,Bayesian MAML' },
    count: { type: 'string', default: '200' },
    folder: { type: 'string', default: 'runs/asking' },
  },
});
const faces = values.tasks === 'ambiguous-attributes';
const [pool, rounds] = faces ? [20, 5] : [20, 8];
/** The pool, and 40 items to measure on. */
const distribution: EpisodicDistribution = faces
  ? ambiguousAttributes({ jitter: 0, queries: 30 })
  : sinusoidOrLine({ shots: 1, queries: pool + 40 });
const training: EpisodicDistribution = faces
  ? ambiguousAttributes()
  : sinusoidOrLine({ shots: 3, queries: 15 });
const arms = faces ? attributeArms(1) : multimodalityArms(values.tasks, 1);
const folder = join(values.folder, values.tasks);
await mkdir(join(folder, 'tasks'), { recursive: true });
await tf.setBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });

/** Ways of asking that a learner offers: a single function disagrees with nothing, and numbers have no closed entropy. */
function waysOf(arm: string): readonly (Acquisition | 'random')[] {
  if (arm === 'MAML') return faces ? ['random', 'maximumEntropy'] : ['random'];
  return faces ? ['random', 'maximumEntropy', 'mutualInformation'] : ['random', 'variance'];
}

const names = values.arms.split(',').flatMap((arm) => waysOf(arm).map((way) => `${arm}: ${way}`));
const results = await onceForEach(folder, names, values.seeds.split(',').map(Number), async (name, seed) => {
  const [from, acquisition] = name.split(': ') as [string, Acquisition | 'random'];
  const arm = arms[from];
  if (arm === undefined) throw new Error(`Unknown arm '${from}'. Known: ${Object.keys(arms).join(', ')}.`);
  const theta = await trained(from, arm, training, seed, executor, values.from);
  const { scores, losses } = await activeLearning({
    learner: arm.learner,
    theta,
    distribution,
    split: 'test',
    count: Number(values.count),
    pool,
    rounds,
    acquisition,
    executor,
    rng: createRng('asking'),
  });
  const kept = { scores: scores.map((own) => Array.from(own)), losses: losses.map((own) => Array.from(own)) };
  await writeFile(join(folder, 'tasks', `${fileNameOf(name)}.${seed}.json`), JSON.stringify(kept));
  const mean = (own: Float32Array) => own.reduce((sum, value) => sum + value, 0) / own.length;
  return Object.fromEntries(
    scores.flatMap((own, labels) => [
      [`score ${labels}`, mean(own)],
      [`loss ${labels}`, mean(losses[labels] as Float32Array)],
    ]),
  );
});
process.stdout.write(`${results.length} results in ${folder}\n`);
