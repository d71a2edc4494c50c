import type { PredictiveDistribution } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Operand } from '../gradients/__fixtures__/operation.js';
import * as nn from '../index.js';
import type { ExportedFunction } from './exported-function.js';

type ClosedForm = 'entropy' | 'variance' | 'mutualInformation' | 'aleatoricEntropy' | 'epistemicVariance';

interface Family {
  readonly name: string;
  readonly covers?: readonly string[];
  readonly operands: readonly Operand[];
  /** Methods that are there because they have a closed form. */
  readonly closed?: readonly ClosedForm[];
  /** Sampling is differentiable in the operands. */
  readonly pathwise?: boolean;
  make(operands: readonly Tensor[]): PredictiveDistribution;
  targets(): Tensor;
}

const positive = (...shape: number[]): Operand => ({ shape, domain: 'positive' });
const numbers = (...shape: number[]) => tf.fill(shape, 0.3);
const classes = () =>
  tf.tensor2d(
    [
      [0, 2, 1],
      [1, 1, 0],
    ],
    [2, 3],
    'int32',
  );

function chain([mean, deviation]: readonly Tensor[]): PredictiveDistribution {
  const conditional = (prefix: Tensor, position: number) => {
    const at = (x: Tensor) => x.slice([0, 0, position], [2, 3, 1]).reshape([2, 3]);
    return nn.gaussian(at(mean as Tensor).add(prefix.sum(2)), at(deviation as Tensor));
  };
  return nn.autoregressive({ tasks: 2, items: 3, size: 2, conditional });
}

const families: readonly Family[] = [
  {
    name: 'categorical',
    operands: [[2, 3, 4]],
    closed: ['entropy'],
    make: ([logits]) => nn.categorical(logits as Tensor),
    targets: classes,
  },
  {
    name: 'bernoulliDistribution',
    operands: [[2, 3, 2]],
    closed: ['entropy', 'variance'],
    make: ([logits]) => nn.bernoulliDistribution(logits as Tensor),
    targets: () => tf.ones([2, 3, 2]),
  },
  {
    name: 'gaussian',
    operands: [[2, 3, 2], positive(2, 3, 2)],
    pathwise: true,
    closed: ['entropy', 'variance'],
    make: ([mean, deviation]) => nn.gaussian(mean as Tensor, deviation as Tensor),
    targets: () => numbers(2, 3, 2),
  },
  {
    name: 'gaussianMixture',
    operands: [[2, 3, 2], [2, 3, 2, 2], positive(2, 3, 2, 2)],
    closed: ['variance'],
    make: ([logits, means, deviations]) =>
      nn.gaussianMixture({
        logits: logits as Tensor,
        means: means as Tensor,
        standardDeviations: deviations as Tensor,
      }),
    targets: () => numbers(2, 3, 2),
  },
  {
    name: 'tanhGaussian',
    operands: [[2, 3, 2], positive(2, 3, 2)],
    pathwise: true,
    closed: ['variance'],
    make: ([mean, deviation]) => nn.tanhGaussian(mean as Tensor, deviation as Tensor),
    targets: () => numbers(2, 3, 2),
  },
  {
    name: 'autoregressive',
    operands: [[2, 3, 2], positive(2, 3, 2)],
    pathwise: true,
    make: chain,
    targets: () => numbers(2, 3, 2),
  },
  {
    name: 'mixtureOfSamples of classes',
    covers: ['mixtureOfSamples'],
    operands: [
      [2, 3, 4],
      [2, 3, 4],
    ],
    closed: ['entropy', 'mutualInformation', 'aleatoricEntropy'],
    make: (logits) => nn.mixtureOfSamples(logits.map((z) => nn.categorical(z))),
    targets: classes,
  },
  {
    name: 'mixtureOfSamples of numbers',
    covers: ['mixtureOfSamples'],
    operands: [
      [2, 3, 2],
      [2, 3, 2],
    ],
    closed: ['aleatoricEntropy', 'epistemicVariance', 'variance'],
    make: (means) => nn.mixtureOfSamples(means.map((mean) => nn.gaussian(mean, 0.5))),
    targets: () => numbers(2, 3, 2),
  },
  {
    name: 'predictiveOf',
    operands: [[2, 3, 4]],
    pathwise: true,
    make: ([outputs]) =>
      nn.predictiveOf({ target: { kind: 'regression', shape: [2] }, loss: 'gaussian' }, outputs as Tensor),
    targets: () => numbers(2, 3, 2),
  },
];

function rowsOf({
  name,
  covers = [name],
  operands,
  pathwise,
  closed = [],
  make,
  targets,
}: Family): ExportedFunction[] {
  const row = (method: string, order: 0 | 2, apply: ExportedFunction['apply']): ExportedFunction => ({
    name: `${name}, ${method}`,
    covers,
    operands,
    order,
    apply,
  });
  return [
    row('mean', 2, (given) => make(given).mean()),
    row('logProbability', 2, (given) => make(given).logProbability(targets())),
    row('sample', pathwise === true ? 2 : 0, (given, rng) => make(given).sample(rng)),
    ...closed.map((method) =>
      row(method, 2, (given) => ((make(given) as nn.MixtureOfSamples)[method] as () => Tensor)()),
    ),
  ];
}

/** Distributions, one row per method. */
export const distributions: readonly ExportedFunction[] = [
  ...families.flatMap(rowsOf),
  {
    name: 'tanhGaussian, sampleWithLogProbability',
    covers: ['tanhGaussian'],
    operands: [[2, 3, 2], positive(2, 3, 2)],
    order: 2,
    apply: ([mean, deviation], rng) =>
      nn.tanhGaussian(mean as Tensor, deviation as Tensor).sampleWithLogProbability(rng).logProbability,
  },
  {
    name: 'delta, logProbability',
    covers: ['delta'],
    operands: [],
    order: 0,
    apply: () => nn.delta(tf.tensor3d([[[1], [2]]])).logProbability(tf.tensor3d([[[1], [3]]])),
  },
];
