import type {
  Checkpoint,
  GradientTransformation,
  HostTensor,
  Rng,
  Stream,
  StreamDistribution,
  StreamLearner,
  StreamSpec,
  StreamTraining,
  StreamTrainingContext,
  Tree,
} from '@tasklearn/core';
import { crossEntropy } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { HeadParameters } from '../engine/network.js';
import { itemBatch, itemsOf } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';
import { openOuterTraining } from './outer-training.js';
import { openPlasticAgent, type PlasticState, requireClasses } from './plastic-agent.js';
import {
  type PlasticNetwork,
  type PlasticSettings,
  type PlasticTheta,
  plasticNetwork,
} from './plastic-network.js';
import { sparsityPenalty } from './sparse-activity.js';

/** What pre-training is made of. */
export interface PretrainedParts extends PlasticSettings {
  readonly name: string;
  readonly optimizer: GradientTransformation;
  /** L, lifetimes that are learnt, each with a head of its own. */
  readonly lifetimes: number;
  /** Items of each lifetime in an update. */
  readonly batchSize: number;
  /** Weight of the penalty on activity, ≥ 0. */
  readonly sparsity: number;
  /** β, mean activation up to which it costs nothing. */
  readonly activity: number;
}

/** Items of L lifetimes. */
type LifetimeItems<Leaf> = {
  /** [L, B, ...]. */
  readonly inputs: Leaf;
  /** [L, B]. */
  readonly targets: Leaf;
};

/** What is trained: the representation, and the heads, [L, F, N] and [L, N], that are thrown away. */
export type PretrainTheta = { readonly theta: PlasticTheta; readonly heads: HeadParameters };

/** Mean −log p of items of L lifetimes, each by its own head, and the penalty on activity; recordable. */
export function pretrainingLoss(
  network: PlasticNetwork,
  { sparsity, activity }: Pick<PretrainedParts, 'sparsity' | 'activity'>,
  { theta, heads }: PretrainTheta,
  { inputs, targets }: LifetimeItems<Tensor>,
): Scalar {
  const features = network.embed(theta, inputs); // [L, B, F]
  const loss = crossEntropy(network.outputs(theta, { body: {}, head: heads }, features), targets).mean();
  return (sparsity === 0 ? loss : loss.add(sparsityPenalty(features, activity).mul(sparsity))) as Scalar;
}

/** Steps of the lifetimes in random order, as those of one shuffled data set. */
function sampleItems(
  streams: readonly Stream[],
  spec: StreamSpec,
  batchSize: number,
  rng: Rng,
): LifetimeItems<HostTensor> {
  const rows = streams.map((stream, place) => {
    const own = rng.split(place);
    const items: StoredItem[] = [];
    while (items.length < batchSize) {
      const { inputs, targets } = stream.step(own.integer(stream.length));
      items.push(...itemsOf({ inputs }, targets));
    }
    return items.slice(0, batchSize);
  });
  const { inputs, targets } = itemBatch(spec, rows, batchSize);
  return { inputs, targets };
}

function streamsOf(distribution: StreamDistribution, lifetimes: number, rng: Rng): readonly Stream[] {
  return Array.from({ length: lifetimes }, (_, index) => distribution.stream('train', index, rng));
}

async function openTraining(
  parts: PretrainedParts,
  context: StreamTrainingContext,
  saved?: Checkpoint,
): Promise<StreamTraining> {
  const { distribution, rng } = context;
  const { spec } = distribution;
  requireClasses(parts.name, spec);
  const network = plasticNetwork({ ...parts, plastic: 'head' }, spec); // So that features are of the network as it is.
  const streams = streamsOf(distribution, parts.lifetimes, rng.split('lifetimes'));
  const training = await openOuterTraining<PretrainTheta, LifetimeItems<Tensor>>(
    {
      name: parts.name,
      optimizer: parts.optimizer,
      init(own) {
        const theta = network.init(own);
        return { theta, heads: network.begin(theta, parts.lifetimes).head };
      },
      loss: (theta, batch) => ({ loss: pretrainingLoss(network, parts, theta, batch) }),
      sample: (update) =>
        sampleItems(streams, spec, parts.batchSize, rng.split('items').split(update)) as Tree<HostTensor>,
    },
    context,
    saved,
  );
  return {
    ...training,
    parameters: () => (training.parameters() as { readonly theta: Tree<HostTensor> }).theta,
  };
}

/**
 * A learner that is trained on other lifetimes as if they were one shuffled data set, and then fine-tuned on the stream: what
 * meta-learned representations must be better than.
 */
export function pretrainedLearner(parts: PretrainedParts): StreamLearner<PlasticState> {
  return {
    kind: 'stream',
    needs: () => ({ taskLabels: false, storage: 0, metaTraining: true }),
    openTraining: (context, saved) => openTraining(parts, context, saved),
    openAgent: async (parameters, { spec, executor }) => openPlasticAgent(parts, parameters, spec, executor),
  };
}
