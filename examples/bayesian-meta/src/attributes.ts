// Faces whose support set leaves open which two of three attributes are meant: accuracy, coverage of the three rules, calibration.
//
//   node examples/bayesian-meta/dist/attributes.js --seeds 0,1,2 --folder runs/attributes

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMamlEnsemble, modeCoverage, type SampledPredictive } from '@tasklearn/bayesian-meta';
import {
  createRng,
  type EpisodicLearner,
  type Executor,
  type HostTensor,
  type LabelledSet,
  mapTree,
  type Support,
  type Tree,
} from '@tasklearn/core';
import { expectedCalibrationError, maximumCalibrationError, reliabilityBins } from '@tasklearn/evaluation';
import { compiledExecutor } from '@tasklearn/runtime';
import { ambiguousAttributes } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { attributeArms } from './attribute-arms.js';
import { onceForEach, type ResultFile } from './result-files.js';
import { trained } from './trained.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '0,1,2' },
    arms: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    folder: { type: 'string', default: 'runs/attributes' },
  },
});
const count = Number(values.count);
const distribution = ambiguousAttributes({ jitter: 0 });
const stream = createRng('test tasks');
const tests = distribution.episodes('test', 0, count, stream);
const modes = distribution.modes('test', 0, count, stream);

type Input = {
  readonly theta: Tree<Tensor>;
  readonly support: Support;
  readonly query: LabelledSet;
  readonly modes: Tensor;
};

/** Ten noisy copies of MAML's starting point, each descended: diversity that nothing has learnt. */
const NOISE = 0.05;
const noisy = createMamlEnsemble({
  network: { architecture: 'mlp', hidden: [40, 40], activation: 'relu' },
  innerLearningRate: 0.1,
  testSteps: 2,
  particles: 10,
});
function noisyTheta(theta: Tree<HostTensor>, seed: number): Tree<HostTensor> {
  const rng = createRng(`noise ${seed}`);
  return mapTree(theta, (leaf: HostTensor, path: string) => {
    if (!path.startsWith('members/')) return leaf;
    const data = Float32Array.from(
      { length: 10 * leaf.data.length },
      (_, at) => (leaf.data[at % leaf.data.length] as number) + NOISE * rng.gaussian(),
    );
    return { ...leaf, shape: [10, ...leaf.shape.slice(1)], data };
  }) as Tree<HostTensor>;
}

/** Likelihoods of every rule's labels under every sample, and the mixture's own predictions. */
async function measured(learner: EpisodicLearner, theta: Tree<HostTensor>, executor: Executor, seed: number) {
  const { spec } = distribution;
  const prepared = executor.prepare((input: Input, rng) => {
    const phi = learner.adapt(input.theta, input.support, rng.split('adapt'), spec);
    const predictive = learner.predict(
      input.theta,
      phi,
      input.query.inputs,
      rng.split('predict'),
      spec,
    ) as SampledPredictive;
    const means = predictive.sampleMeans?.() ?? predictive.mean().expandDims(1); // [T, S, Q, 2]
    const [tasks, samples, items] = means.shape as [number, number, number, number];
    const positive = tf.slice(means, [0, 0, 0, 1], [tasks, samples, items, 1]).squeeze([3]).expandDims(2); // [T, S, 1, Q]
    const clipped = tf.minimum(tf.maximum(positive, 1e-6), 1 - 1e-6);
    const labels = input.modes.cast('float32').expandDims(1); // [T, 1, 3, Q]
    const logs = labels.mul(tf.log(clipped)).add(tf.sub(1, labels).mul(tf.log(tf.sub(1, clipped))));
    const likelihoods = tf.sum(logs, 3); // [T, S, 3]
    const best = tf.oneHot(tf.argMax(likelihoods, 2).cast('int32'), 3); // [T, S, 3]
    const right = tf.equal(tf.greater(clipped, 0.5).cast('float32'), labels).cast('float32');
    const assigned = tf.sum(tf.mean(right, 3).mul(best), 2); // [T, S]
    const pointwise = predictive.logProbability(input.query.targets);
    return {
      mean: predictive.mean(),
      pointwise,
      joint: predictive.jointLogProbability?.(input.query.targets) ?? tf.sum(pointwise, 1),
      covered: modeCoverage(likelihoods).covered,
      assigned: tf.mean(assigned, 1),
    };
  });
  const given = { theta, support: tests.support, query: tests.query, modes };
  const found = await prepared.run(given as never, createRng(`noise ${seed}`));
  prepared.dispose();
  return numbersOf(found as unknown as Record<string, HostTensor>);
}

function numbersOf(found: Record<string, HostTensor>): ResultFile['numbers'] {
  const average = (name: string) => {
    const { data } = found[name] as HostTensor;
    return Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
  };
  const positive = Array.from(
    { length: tests.query.targets.data.length },
    (_, at) => (found.mean as HostTensor).data[2 * at + 1] as number,
  );
  const confidence = positive.map((p) => Math.max(p, 1 - p));
  const correct = positive.map((p, at) => ((p > 0.5 ? 1 : 0) === tests.query.targets.data[at] ? 1 : 0));
  const bins = reliabilityBins(confidence, correct);
  return {
    accuracy: correct.reduce((sum: number, value) => sum + value, 0) / correct.length,
    assignedAccuracy: average('assigned'),
    coverage: average('covered'),
    pointwise: -average('pointwise'),
    joint: -average('joint') / (tests.query.targets.shape[1] as number),
    calibrationError: expectedCalibrationError(bins),
    worstBin: maximumCalibrationError(bins),
    ...Object.fromEntries(
      bins.flatMap((bin, at) => [
        [`bin${at}.count`, bin.count],
        [`bin${at}.confidence`, bin.confidence],
        [`bin${at}.accuracy`, bin.accuracy],
      ]),
    ),
  };
}

await tf.setBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });
const arms = attributeArms(Number(values.scale));
const names = values.arms === '' ? [...Object.keys(arms), 'MAML with noise'] : values.arms.split(',');
const results = await onceForEach(
  join(values.folder),
  names,
  values.seeds.split(',').map(Number),
  async (name, seed) => {
    const from = name === 'MAML with noise' ? 'MAML' : name;
    const arm = arms[from];
    if (arm === undefined) throw new Error(`Unknown arm '${name}'. Known: ${Object.keys(arms).join(', ')}.`);
    const theta = await trained(from, arm, distribution, seed, executor, values.folder);
    return from === name
      ? measured(arm.learner, theta, executor, seed)
      : measured(noisy, noisyTheta(theta, seed), executor, seed);
  },
);
process.stdout.write(`${results.length} results in ${values.folder}\n`);
