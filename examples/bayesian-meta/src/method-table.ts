// What kind of distribution every method has, measured: from learners trained on the sinusoids and lines of the other experiment.
//
//   node examples/bayesian-meta/dist/method-table.js --from runs/multimodality/sinusoid-or-line

import { parseArgs } from 'node:util';
import type { SampledPredictive } from '@tasklearn/bayesian-meta';
import {
  createRng,
  type EpisodeBatch,
  type EpisodicLearner,
  type HostTensor,
  hostedOnce,
  metaStep,
  sizeOf,
  type Tree,
  treeSpec,
} from '@tasklearn/core';
import { compile, compiledExecutor } from '@tasklearn/runtime';
import { sinusoidOrLine } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { multimodalityArms } from './multimodality-arms.js';
import { trained } from './trained.js';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: 'runs/multimodality/sinusoid-or-line' },
    arms: { type: 'string', default: '' },
  },
});
await tf.setBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });
const arms = multimodalityArms('sinusoid-or-line', 1);
const names = values.arms === '' ? Object.keys(arms) : values.arms.split(',');
const count = 100;

/** Episodes of a loss with a spread of its own for the learner that predicts one. */
const distributionOf = (name: string, shots: number) => {
  const family = sinusoidOrLine({ shots, queries: 15 });
  return name === 'version 0' ? { ...family, spec: { ...family.spec, loss: 'gaussian' as const } } : family;
};

type Input = { readonly theta: Tree<Tensor>; readonly episodes: EpisodeBatch };

/** Losses item by item and together, per query item. */
async function measured(learner: EpisodicLearner, theta: Tree<HostTensor>, name: string, shots: number) {
  const { spec, ...distribution } = distributionOf(name, shots);
  const prepared = executor.prepare(({ theta: at, episodes }: Input, rng) => {
    const phi = learner.adapt(at, episodes.support, rng.split('adapt'), spec);
    const predictive = learner.predict(
      at,
      phi,
      episodes.query.inputs,
      rng.split('predict'),
      spec,
    ) as SampledPredictive;
    const pointwise = predictive.logProbability(episodes.query.targets);
    return {
      pointwise: tf.mean(pointwise),
      joint: tf
        .mean(predictive.jointLogProbability?.(episodes.query.targets) ?? tf.sum(pointwise, 1))
        .div(15),
    };
  });
  const episodes = distribution.episodes('test', 0, count, createRng('test tasks'));
  const found = (await prepared.run({ theta, episodes } as never, createRng(0))) as unknown as Record<
    'pointwise' | 'joint',
    HostTensor
  >;
  prepared.dispose();
  return { pointwise: -(found.pointwise.data[0] as number), joint: -(found.joint.data[0] as number) };
}

/** Operations of one meta-training update, as recorded and simplified, on eight tasks. */
async function operationsOf(
  learner: EpisodicLearner,
  theta: Tree<HostTensor>,
  name: string,
): Promise<number> {
  const distribution = distributionOf(name, 3);
  const parameters = treeSpec(theta);
  const step = metaStep(learner, distribution.spec, parameters);
  const zeros = (shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data: new Float32Array(sizeOf(shape)),
  });
  const optimizer = await hostedOnce(() => learner.optimizer?.init(parameters.size) ?? {});
  const compiled = compile(step.run as never, { name: 'update' });
  const input = {
    theta: zeros([parameters.size]),
    optimizer,
    step: zeros([]),
    episodes: distribution.episodes('train', 0, 8, createRng(0)),
  };
  const { graph } = compiled.graph(input as never);
  compiled.dispose();
  return graph.nodes.length;
}

process.stdout.write(
  'method | numbers in theta | operations of an update | pointwise, nats | joint, nats | knows of the function | 3, 10, 30 examples: pointwise, nats\n',
);
for (const name of names) {
  const arm = arms[name];
  if (arm === undefined) throw new Error(`Unknown arm '${name}'.`);
  const theta = await trained(name, arm, distributionOf(name, 3), 0, executor, values.from);
  const runs = [];
  for (const shots of [3, 10, 30]) runs.push(await measured(arm.learner, theta, name, shots));
  const [first] = runs as [{ pointwise: number; joint: number }];
  const knows = first.pointwise - first.joint > 0.03 ? 'yes' : 'no';
  const cells = [
    treeSpec(theta).size,
    await operationsOf(arm.learner, theta, name),
    first.pointwise.toFixed(3),
    first.joint.toFixed(3),
    knows,
    runs.map(({ pointwise }) => pointwise.toFixed(2)).join(', '),
  ];
  process.stdout.write(`${name} | ${cells.join(' | ')}\n`);
}
