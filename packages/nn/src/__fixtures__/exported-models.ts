import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import * as nn from '../index.js';
import type { ExportedFunction } from './exported-function.js';

function perceptron(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor): Tensor {
  const model = nn.mlp({ inputShape: [3], hidden: [4], outputSize: 2, activation: 'tanh' });
  const parameters = { layer1: { weight: w1, bias: b1 }, head: { weight: w2, bias: tf.zeros([2]) } };
  return model.apply(parameters, x);
}

interface NetworkRow {
  readonly normalization: nn.Normalization;
  readonly downsample: 'maxPool' | 'stride';
  readonly perTask: boolean;
  readonly point?: number;
}

/** One block and a head, on 4x4 images of two tasks. */
function network({ normalization, downsample, perTask, point = 0 }: NetworkRow): ExportedFunction {
  const lead = perTask ? [2] : [];
  const steps = normalization === 'batchPerStep' ? [2] : [];
  const model = nn.convolutionalNetwork({
    inputShape: [4, 4, 1],
    blocks: 1,
    filters: 2,
    normalization,
    downsample,
    steps: 2,
    outputSize: 3,
  });
  const features = downsample === 'stride' ? 2 : 8;
  const apply = (operands: readonly Tensor[]) => {
    const [images, kernel, gain, bias, weight] = operands as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const layer1 = normalization === 'none' ? { kernel, bias } : { kernel, gain, bias };
    const head = { weight, bias: tf.zeros([3]) };
    // One channel is on and one is off, far from the rectifier's kink.
    const away = tf.tensor1d(normalization === 'none' ? [30, -30] : [5, -5]);
    return model.apply({ layer1: { ...layer1, bias: bias.add(away) }, head }, images, { innerStep: 1 });
  };
  return {
    name: `convolutionalNetwork, ${normalization}, ${downsample}, ${perTask ? 'per task' : 'shared'}`,
    covers: ['convolutionalNetwork'],
    operands: [
      [2, 3, 4, 4, 1],
      [...lead, 2, 1, 3, 3],
      [...lead, ...steps, 2],
      [...lead, ...steps, 2],
      [...lead, features, 3],
    ],
    point,
    order: 2,
    apply,
  };
}

/** Models. */
export const models: readonly ExportedFunction[] = [
  {
    name: 'mlp, shared',
    covers: ['mlp'],
    operands: [[2, 3, 3], [3, 4], [4], [4, 2]],
    order: 2,
    apply: (operands) => perceptron(...(operands as [Tensor, Tensor, Tensor, Tensor])),
  },
  {
    name: 'mlp, per task',
    covers: ['mlp'],
    operands: [
      [2, 3, 3],
      [2, 3, 4],
      [2, 4],
      [2, 4, 2],
    ],
    order: 2,
    apply: (operands) => perceptron(...(operands as [Tensor, Tensor, Tensor, Tensor])),
  },
  network({ normalization: 'batch', downsample: 'maxPool', perTask: false, point: 4 }),
  network({ normalization: 'batch', downsample: 'maxPool', perTask: true, point: 4 }),
  network({ normalization: 'batch', downsample: 'stride', perTask: true }),
  network({ normalization: 'batchPerStep', downsample: 'stride', perTask: true }),
  network({ normalization: 'layer', downsample: 'maxPool', perTask: true }),
  network({ normalization: 'none', downsample: 'stride', perTask: false }),
];

const specs: readonly nn.InitializerSpec[] = [
  { name: 'normal', standardDeviation: 0.5 },
  { name: 'truncatedNormal', standardDeviation: 0.5 },
  { name: 'uniform', limit: 0.5 },
  { name: 'glorotUniform' },
  { name: 'glorotNormal' },
  { name: 'heNormal' },
  { name: 'heUniform' },
  { name: 'zeros' },
];

/** Initialisers. */
export const initializers: readonly ExportedFunction[] = specs.map((spec) => ({
  name: spec.name,
  covers: [spec.name, 'createInitializer'],
  operands: [],
  order: 0,
  apply: (_operands, rng) => nn.createInitializer(spec)([3, 4], { fanIn: 3, fanOut: 4 }, rng),
}));
