import {
  defineDistribution,
  defineLearner,
  definePlugin,
  type GradientCombination,
  type HostTensor,
  type JointDistribution,
  type JointLearner,
  type JointParameters,
  type JointSpec,
  requirePositive,
} from '@tasklearn/core';
import { adam, lossOf, predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

const reference = { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' };
const TASKS = ['a', 'b', 'odd'] as const;
const SIZES = { train: [40, 40, 40], validation: [10, 10, 10], test: [12, 12, 12] } as const;

const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

type Planes = { readonly labels: 'classes' | 'numbers' | 'both'; readonly oneClass: boolean };

/** Sign or value of x · slope; the last task has the opposite slope, and in its test items may be of one class only. */
function planes({ labels, oneClass }: Planes): JointDistribution {
  const classes = { target: { kind: 'classification', classes: 2 }, loss: 'crossEntropy' } as const;
  const numbers = { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } as const;
  const groupOf = (task: number) => (labels === 'both' ? (task === 0 ? 'numbers' : 'classes') : labels);
  const spec: JointSpec = {
    input: { shape: [2], dtype: 'float32' },
    tasks: TASKS.map((id, task) => ({ id, group: groupOf(task) })),
    groups: {
      ...(labels === 'classes' ? {} : { numbers }),
      ...(labels === 'numbers' ? {} : { classes }),
    },
    descriptors: floats([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
    descriptorsGeneralise: false,
    sharedInputs: false,
  };
  return {
    kind: 'joint',
    id: '@acme/joint/planes',
    spec,
    sizes: SIZES,
    rows(split, task, indices) {
      const salt = 10 * { train: 0, validation: 1, test: 2 }[split] + task;
      const x = [...indices].map(
        (item) => [Math.sin(3 * item + salt), Math.cos(5 * item + 2 * salt)] as const,
      );
      const sign = task === 2 ? -1 : 1;
      const y = x.map(([first, second]) => sign * (2 * first + second));
      const inputs = floats([indices.length, 2], x.flat());
      if (groupOf(task) === 'numbers') return { inputs, targets: floats([indices.length, 1], y) };
      const one = oneClass && split === 'test' && task === 2;
      const data = Int32Array.from(y, (value) => (one || value > 0 ? 1 : 0));
      return { inputs, targets: { dtype: 'int32', shape: [indices.length], data } };
    },
  };
}

const sum: GradientCombination = {
  needs: 'losses',
  init: () => ({}),
  combine: ({ losses }, state) => ({ combined: tf.onesLike(losses), state }),
};

type Options = { readonly learningRate: number; readonly breaks: boolean };

/** A linear map [x, 1] → outputs for each task, or one for all. */
function linear(sharing: boolean, { learningRate, breaks }: Options): JointLearner {
  requirePositive('linear', { learningRate }, 'learningRate');
  const sizeOf = (spec: JointSpec) =>
    Math.max(...Object.keys(spec.groups).map((key) => (key === 'classes' ? 2 : 1)));
  const outputs = ({ shared, perTask }: JointParameters, inputs: Tensor) => {
    const weights = (sharing ? shared : perTask) as { readonly map: Tensor };
    const map = weights.map.rank === 2 ? weights.map.expandDims(0) : weights.map;
    const [tasks, items] = inputs.shape as [number, number];
    const x = tf.concat([inputs, tf.ones([tasks, items, 1])], 2);
    return tf.matMul(x, tf.tile(map, [map.shape[0] === 1 ? tasks : 1, 1, 1])); // [T, B, out]
  };
  const each = <Result>(
    spec: JointSpec,
    all: Tensor,
    use: (group: string, own: Tensor, first: number) => Result,
  ) =>
    Object.keys(spec.groups).map((group) => {
      const members = spec.tasks.flatMap((task, index) => (task.group === group ? [index] : []));
      const size = group === 'classes' ? 2 : 1;
      const first = members[0] as number;
      return use(group, all.slice([first, 0, 0], [members.length, -1, size]), first);
    });
  return {
    kind: 'joint',
    init(spec, rng) {
      const map = rng.normal([...(sharing ? [] : [3]), 3, sizeOf(spec)]).mul(0.1);
      return sharing ? { shared: { map }, perTask: {} } : { shared: {}, perTask: { map } };
    },
    taskLosses(theta, batch, _rng, spec) {
      const losses = each(spec, outputs(theta, batch.inputs), (group, own) => {
        const { targets, mask } = batch.groups[group] as { targets: Tensor; mask: Tensor };
        return lossOf(spec.groups[group] as never)(own, targets, mask);
      });
      const joined = tf.concat(losses);
      return breaks ? joined.mul(Number.POSITIVE_INFINITY) : joined;
    },
    predict: (theta, inputs, spec) =>
      Object.fromEntries(
        each(spec, outputs(theta, inputs), (group, own) => [
          group,
          predictiveOf(spec.groups[group] as never, own),
        ]),
      ),
    combination: sum,
    optimizer: adam({ learningRate }),
  };
}

const defaults: Options = { learningRate: 0.1, breaks: false };
const learner = (sharing: boolean, targets: readonly ('classification' | 'regression')[]) =>
  defineLearner({
    kind: 'joint',
    summary: 'A toy.',
    reference,
    capabilities: { targets, gradientOrder: 1, deterministic: true, uncertainty: 'output' },
    defaults,
    create: (options: Readonly<Options>) => linear(sharing, options),
  });

/** Linear models of three tasks, of which the last contradicts the others. */
export const plugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/joint',
  version: '3.0.0',
  learners: {
    independent: learner(false, ['classification', 'regression']),
    together: learner(true, ['classification', 'regression']),
    classifier: learner(true, ['classification']),
  },
  distributions: {
    planes: defineDistribution({
      kind: 'joint',
      summary: 'Planes.',
      defaults: { labels: 'classes', oneClass: false } as Planes,
      create: planes,
    }),
  },
});
