import {
  defineLearner,
  definePlugin,
  type EpisodicLearner,
  requirePositive,
  type Support,
} from '@tasklearn/core';
import { adam, categorical, crossEntropy, oneHot } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';

type Theta = { readonly projection: tf.Tensor };
/** Class means in the learned subspace, [T, N, D]. */
type Phi = { readonly means: tf.Tensor };

interface Options {
  /** D, dimensions of the learned subspace. */
  readonly dimensions: number;
  readonly learningRate: number;
}

/** Flattened inputs projected to the subspace: [T, B, ...] → [T, B, D]. */
function project({ projection }: Theta, inputs: tf.Tensor): tf.Tensor {
  const [tasks = 1, items = 1] = inputs.shape;
  return inputs.reshape([tasks, items, -1]).matMul(tf.tile(projection.expandDims(0), [tasks, 1, 1])); // [T, B, D]
}

/** φ: the mean of each class in the subspace. */
function classMeans(theta: Theta, { labelled }: Support, ways: number): Phi {
  const members = oneHot(labelled.targets, ways); // [T, S, N]
  const sums = tf.matMul(members, project(theta, labelled.inputs), true); // [T, N, D]
  return { means: sums.div(members.sum(1).expandDims(-1)) };
}

/** Negative squared distances to the class means, [T, Q, N]. */
function logits(theta: Theta, { means }: Phi, inputs: tf.Tensor): tf.Tensor {
  const queries = project(theta, inputs).expandDims(2); // [T, Q, 1, D]
  return tf.neg(tf.sum(tf.square(queries.sub(means.expandDims(1))), -1));
}

/** Nearest class mean in a learned linear subspace: about the smallest learner there is. */
function createSubspaceLearner(options: Options): EpisodicLearner {
  requirePositive('subspace', options, 'dimensions');
  requirePositive('subspace', options, 'learningRate');
  const learner: EpisodicLearner<Theta, Phi> = {
    kind: 'episodic',
    init(spec, rng) {
      const size = spec.input.shape.reduce((product, length) => product * length, 1);
      return { projection: rng.normal([size, options.dimensions]).div(Math.sqrt(size)) };
    },
    metaLoss(theta, { support, query }, _rng, spec) {
      const phi = classMeans(theta, support, spec.ways ?? 2);
      const losses = crossEntropy(logits(theta, phi, query.inputs), query.targets); // [T]
      return { loss: tf.mean(losses) as tf.Scalar, metrics: {} };
    },
    optimizer: adam({ learningRate: options.learningRate }),
    adapt: (theta, support, _rng, spec) => classMeans(theta, support, spec.ways ?? 2),
    predict: (theta, phi, inputs) => categorical(logits(theta, phi, inputs)),
  };
  return learner as unknown as EpisodicLearner;
}

/** What this package would publish. */
export const plugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/subspace',
  version: '0.1.0',
  learners: {
    subspace: defineLearner<Options>({
      kind: 'episodic',
      summary: 'Nearest class mean in a learned linear subspace.',
      reference: {
        title: 'Distance-Based Image Classification: Generalizing to New Classes at Near-Zero Cost',
        authors: 'Mensink, Verbeek, Perronnin, Csurka',
        year: 2013,
        url: 'https://doi.org/10.1109/TPAMI.2013.83',
      },
      capabilities: {
        targets: ['classification'],
        gradientOrder: 1,
        deterministic: true,
        permutationInvariant: true,
        variableShots: true,
        variableWays: true,
        transductive: false,
        consistent: 'no',
        uncertainty: 'output',
      },
      defaults: { dimensions: 64, learningRate: 0.003 },
      create: createSubspaceLearner,
    }),
  },
});
