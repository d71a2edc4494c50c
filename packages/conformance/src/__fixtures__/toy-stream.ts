import {
  defineLearner,
  definePlugin,
  type Executor,
  type HostTensor,
  requireInteger,
  requirePositive,
  type StreamAgent,
  type StreamLearner,
  type StreamLearnerDescriptor,
  type StreamSpec,
  type SupervisedCapabilities,
  TasklearnError,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

export type StreamToyOptions = {
  readonly learningRate: number;
  /** Items kept, the last ones. */
  readonly size: number;
};

export const STREAM_CAPABILITIES: SupervisedCapabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 1,
  deterministic: true,
  uncertainty: 'output',
};

/** State of the toy: plain data. */
export type StreamToyState = {
  /** W, [inputs + 1, outputs]. */
  readonly weights: HostTensor;
  readonly kept: readonly { readonly inputs: Float32Array; readonly targets: Float32Array | Int32Array }[];
  readonly gradients: number;
};

type Given = { readonly weights: Tensor; readonly inputs: Tensor };

const withBias = (inputs: Tensor) => tf.concat([inputs, tf.ones([inputs.shape[0] as number, 1])], 1);

/** Softmax or linear outputs, [B, N]. */
function outputs({ weights, inputs }: Given, spec: StreamSpec): Tensor {
  const linear = tf.matMul(withBias(inputs), weights as tf.Tensor2D);
  return spec.target.kind === 'classification' ? tf.softmax(linear) : linear;
}

function sizesOf({ input, target }: StreamSpec): readonly [number, number] {
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  return [size(input.shape) + 1, target.kind === 'classification' ? target.classes : size(target.shape)];
}

/** Rows of kept items as a batch. */
function batchOf(kept: StreamToyState['kept'], step: HostTensor, targets: HostTensor) {
  const rows = [...kept];
  const size = step.data.length / (step.shape[0] as number);
  const width = targets.data.length / (targets.shape[0] as number);
  for (let item = 0; item < (step.shape[0] as number); item += 1)
    rows.push({
      inputs: (step.data as Float32Array).slice(item * size, (item + 1) * size),
      targets: (targets.data as Int32Array).slice(item * width, (item + 1) * width),
    });
  return rows;
}

/** Rows stacked, the last one repeated up to `count`, so that shapes stay. */
function stacked(rows: StreamToyState['kept'], count: number, spec: StreamSpec) {
  const own = Array.from({ length: count }, (_, row) => rows[row % rows.length] as (typeof rows)[number]);
  const [inputs, outputs_] = sizesOf(spec);
  const wanted = new Float32Array(count * outputs_);
  for (const [row, { targets }] of own.entries()) {
    if (spec.target.kind === 'classification') wanted[row * outputs_ + (targets[0] as number)] = 1;
    else wanted.set(targets, row * outputs_);
  }
  const data = Float32Array.from(own.flatMap(({ inputs: numbers }) => [...numbers]));
  return {
    inputs: { dtype: 'float32', shape: [count, inputs - 1], data } as HostTensor,
    wanted: { dtype: 'float32', shape: [count, outputs_], data: wanted } as HostTensor,
  };
}

/** A linear model that follows the stream and a few kept items by gradient descent. */
export function openToy(
  { learningRate, size }: StreamToyOptions,
  spec: StreamSpec,
  executor: Executor,
  first = 0,
): StreamAgent<StreamToyState> {
  const [inputs, numbers] = sizesOf(spec);
  const update = executor.prepare(
    ({ weights, inputs: x, wanted }: Given & { wanted: Tensor }) => {
      const error = outputs({ weights, inputs: x }, spec).sub(wanted);
      const gradient = tf.matMul(withBias(x) as tf.Tensor2D, error as tf.Tensor2D, true);
      return { weights: weights.sub(gradient.mul(learningRate / (x.shape[0] as number))) };
    },
    { name: 'toy update' },
  );
  const predict = executor.prepare((given: Given) => ({ means: outputs(given, spec) }), {
    name: 'toy predict',
  });
  return {
    begin(rng) {
      const data = Float32Array.from({ length: inputs * numbers }, () => first + 0.1 * rng.gaussian());
      return { weights: { dtype: 'float32', shape: [inputs, numbers], data }, kept: [], gradients: 0 };
    },
    async predict({ weights }, step, rng) {
      const flat = { ...step.inputs, shape: [step.inputs.shape[0] as number, inputs - 1] };
      return (await predict.run({ weights, inputs: flat } as never, rng)).means as HostTensor;
    },
    async observe({ weights, kept, gradients }, step, targets, rng) {
      const rows = batchOf(kept, step.inputs, targets);
      const count = size + spec.batchSize;
      const input = { weights, ...stacked(rows, count, spec) };
      const next = (await update.run(input as never, rng)).weights as HostTensor;
      return {
        weights: next,
        kept: size === 0 ? [] : rows.slice(-size),
        gradients: gradients + count,
      };
    },
    storedItems: ({ kept }) => kept.length,
    ledger: ({ gradients }) => ({ parameters: inputs * numbers, gradients }),
    release: () => {},
    dispose() {
      update.dispose();
      predict.dispose();
    },
  };
}

/** The toy as a learner of streams. */
export function streamToy(options: Readonly<StreamToyOptions>): StreamLearner<StreamToyState> {
  requirePositive('toy', options, 'learningRate');
  requireInteger('toy', options, 'size', 0);
  return {
    kind: 'stream',
    needs: () => ({ taskLabels: false, storage: options.size, metaTraining: false }),
    openAgent: async (_parameters, { spec, executor }) => openToy(options, spec, executor),
  };
}

/** The toy with first weights that are meta-learned: a mean of targets that were seen. */
export function trainedToy(options: Readonly<StreamToyOptions>): StreamLearner<StreamToyState> {
  const toy = streamToy(options);
  const number = (value: number): HostTensor => ({
    dtype: 'float32',
    shape: [1],
    data: Float32Array.of(value),
  });
  return {
    ...toy,
    needs: () => ({ taskLabels: false, storage: options.size, metaTraining: true }),
    async openTraining({ distribution, rng }, saved) {
      const from = saved?.metadata as { readonly sum: number; readonly updates: number } | undefined;
      let { sum, updates } = from ?? { sum: 0, updates: 0 };
      return {
        async update() {
          const stream = distribution.stream('train', updates, rng);
          sum += (stream.step(0).targets.data[0] as number) + rng.split(updates).gaussian();
          updates += 1;
          return { metrics: { loss: sum / updates } };
        },
        parameters: () => ({ first: number(1e-3 * sum) }),
        save: () => ({ tensors: {}, metadata: { sum, updates } }),
        dispose: () => {},
      };
    },
    async openAgent(parameters, { spec, executor }) {
      if (parameters === undefined)
        throw new TasklearnError('INVALID_OPTION', 'toy: needs the parameters of a meta-training.');
      const { first } = parameters as { readonly first: HostTensor };
      return openToy(options, spec, executor, first.data[0]);
    },
  };
}

const defaults: StreamToyOptions = { learningRate: 1, size: 4 };
const reference = { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' };

function descriptor(
  create: (options: Readonly<StreamToyOptions>) => StreamLearner<StreamToyState>,
): StreamLearnerDescriptor<StreamToyOptions> {
  return defineLearner({
    kind: 'stream',
    summary: 'A toy.',
    reference,
    capabilities: STREAM_CAPABILITIES,
    defaults,
    create: (options: Readonly<StreamToyOptions>) => create(options) as StreamLearner,
  });
}

export const streamToyDescriptor = descriptor(streamToy);

/** Publishes the toys. */
export const streamPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/stream',
  version: '0.1.0',
  learners: { linear: streamToyDescriptor, trained: descriptor(trainedToy) },
});
