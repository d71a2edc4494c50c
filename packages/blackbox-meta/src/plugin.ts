import {
  type Capabilities,
  defineLearner,
  definePlugin,
  type EpisodicLearnerDescriptor,
  type Reference,
} from '@tasklearn/core';
import {
  attentiveDefaults,
  backpropamineDefaults,
  createAttentiveNeuralProcess,
  createBackpropamine,
  createConditionalNeuralProcess,
  createDifferentiablePlasticity,
  createHypernetwork,
  createInContextTransformer,
  createLstm,
  createMann,
  createSnail,
  hypernetworkDefaults,
  lstmDefaults,
  mannDefaults,
  neuralProcessDefaults,
  plasticityDefaults,
  snailDefaults,
  transformerDefaults,
} from './create-learners.js';
import { VERSION } from './version.js';

const inOrder: Capabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 1,
  deterministic: true,
  permutationInvariant: false,
  variableShots: true,
  variableWays: false,
  transductive: false,
  consistent: 'no',
  uncertainty: 'output',
};
const anyOrder: Capabilities = { ...inOrder, permutationInvariant: true };

function learner<Options extends object>(
  summary: string,
  reference: Reference,
  capabilities: Capabilities,
  defaults: Options,
  create: EpisodicLearnerDescriptor<Options>['create'],
): EpisodicLearnerDescriptor<Options> {
  return defineLearner({ kind: 'episodic', summary, reference, capabilities, defaults, create });
}

/** Learners whose adaptation is a computation: nothing is differentiated at meta-test. */
export const blackboxMetaPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/blackbox-meta',
  version: VERSION,
  learners: {
    lstm: learner(
      'Reads labelled items one after another in a recurrent network, then the query.',
      {
        title: 'Learning to Learn Using Gradient Descent',
        authors: 'Hochreiter, Younger, Conwell',
        year: 2001,
        url: 'https://doi.org/10.1007/3-540-44668-0_13',
      },
      inOrder,
      lstmDefaults,
      createLstm,
    ),
    mann: learner(
      'A recurrent network with an external memory, written where it is least used (MANN).',
      {
        title: 'One-shot Learning with Memory-Augmented Neural Networks',
        authors: 'Santoro, Bartunov, Botvinick, Wierstra, Lillicrap',
        year: 2016,
        url: 'https://arxiv.org/abs/1605.06065',
      },
      inOrder,
      mannDefaults,
      createMann,
    ),
    snail: learner(
      'Temporal convolutions and causal attention in turn (SNAIL).',
      {
        title: 'A Simple Neural Attentive Meta-Learner',
        authors: 'Mishra, Rohaninejad, Chen, Abbeel',
        year: 2018,
        url: 'https://arxiv.org/abs/1707.03141',
      },
      inOrder,
      snailDefaults,
      createSnail,
    ),
    'in-context-transformer': learner(
      'A Transformer without positions that learns in its context.',
      {
        title: 'What Can Transformers Learn In-Context? A Case Study of Simple Function Classes',
        authors: 'Garg, Tsipras, Liang, Valiant',
        year: 2022,
        url: 'https://arxiv.org/abs/2208.01066',
      },
      anyOrder,
      transformerDefaults,
      createInContextTransformer,
    ),
    'conditional-neural-process': learner(
      'Encodes items one by one, takes their mean, predicts from it.',
      {
        title: 'Conditional Neural Processes',
        authors: 'Garnelo et al.',
        year: 2018,
        url: 'https://arxiv.org/abs/1807.01613',
      },
      anyOrder,
      neuralProcessDefaults,
      createConditionalNeuralProcess,
    ),
    'attentive-neural-process': learner(
      'Encodes items one by one; every query weighs them by attention.',
      {
        title: 'Attentive Neural Processes',
        authors: 'Kim et al.',
        year: 2019,
        url: 'https://arxiv.org/abs/1901.05761',
      },
      anyOrder,
      attentiveDefaults,
      createAttentiveNeuralProcess,
    ),
    hypernetwork: learner(
      'A code of the support set becomes the weights of a network.',
      {
        title: 'HyperNetworks',
        authors: 'Ha, Dai, Le',
        year: 2017,
        url: 'https://arxiv.org/abs/1609.09106',
      },
      anyOrder,
      hypernetworkDefaults,
      createHypernetwork,
    ),
    'differentiable-plasticity': learner(
      'A recurrent network whose connections learn by a Hebbian rule, their plasticity meta-learned.',
      {
        title: 'Differentiable plasticity: training plastic neural networks with backpropagation',
        authors: 'Miconi, Clune, Stanley',
        year: 2018,
        url: 'https://arxiv.org/abs/1804.02464',
      },
      inOrder,
      plasticityDefaults,
      createDifferentiablePlasticity,
    ),
    backpropamine: learner(
      'Differentiable plasticity that the network itself modulates.',
      {
        title:
          'Backpropamine: training self-modifying neural networks with differentiable neuromodulated plasticity',
        authors: 'Miconi, Rawal, Clune, Stanley',
        year: 2019,
        url: 'https://arxiv.org/abs/2002.10585',
      },
      inOrder,
      backpropamineDefaults,
      createBackpropamine,
    ),
  },
});
