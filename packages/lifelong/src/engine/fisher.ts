import {
  createRng,
  type Executor,
  type HostTensor,
  type Prepared,
  type StreamSpec,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import {
  crossEntropy,
  flattenPerTask,
  oneHot,
  outputSizeOf,
  perTaskGradients,
  stopGradient,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type ItemBatch, itemBatch } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';
import type { NetworkParameters, StreamNetwork } from './network.js';
import { outputsOf } from './train-step.js';

/** Rows whose gradients are taken at once. */
const ROWS = 20;

type FisherInput<Leaf = Tensor> = {
  readonly theta: Leaf;
  /** [R, 1, ...]: every item once per output. */
  readonly batch: ItemBatch<Leaf>;
  /** Output whose derivative row r takes, [R, 1] int32. */
  readonly output: Leaf;
};

/** The Fisher information of a network. */
export interface FisherDiagonal {
  /** Its diagonal at θ, averaged over items, [P]; 0 without items. */
  of(theta: HostTensor, items: readonly StoredItem[]): Promise<Float32Array>;
  dispose(): void;
}

/** Numbers r_c whose squared gradients sum to the diagonal of an item: √p_c log p_c of a class, an output of a regression. */
function roots(spec: StreamSpec, network: StreamNetwork, input: FisherInput) {
  return (parameters: NetworkParameters): Tensor => {
    const outputs = outputsOf(network, parameters, input.batch); // [R, 1, N]
    const size = outputs.shape[2] as number;
    if (spec.target.kind === 'regression') {
      const chosen = size === 1 ? outputs : outputs.mul(oneHot(input.output, size));
      return tf.sum(chosen, 2).mul(input.batch.mask).mean(1); // [R]
    }
    const negative = crossEntropy(outputs, input.output, input.batch.mask); // −log p_c, [R]
    return negative.mul(stopGradient(tf.sqrt(tf.exp(negative.neg()))));
  };
}

/**
 * The diagonal of the true Fisher information, E_x E_{y ~ p_θ(y | x)} (∂ log p_θ(y | x) / ∂θ_i)², exactly in y: the expectation
 * over labels is summed and not sampled, and gradients are squared example by example. A regression counts as a Gaussian of
 * variance 1 about the outputs.
 *
 * @see Kunstner, Balles, Hennig. Limitations of the Empirical Fisher Approximation. NeurIPS 2019. arXiv:1905.12558.
 */
export function fisherDiagonal(
  executor: Executor,
  spec: StreamSpec,
  network: StreamNetwork,
  thetaSpec: TreeSpec,
): FisherDiagonal {
  const prepared: Prepared<FisherInput, { readonly squares: Tensor }> = executor.prepare(
    (input: FisherInput) => {
      const tree = unflattenTree<NetworkParameters>(input.theta, thetaSpec);
      const { gradients } = perTaskGradients(roots(spec, network, input), tree, ROWS);
      return { squares: tf.sum(tf.square(flattenPerTask(gradients)), 0) }; // [P]
    },
    { name: 'fisher' },
  );
  const outputs = outputSizeOf(spec);
  return {
    async of(theta, items) {
      const sum = new Float32Array(thetaSpec.size);
      const rows = items.flatMap((item) =>
        Array.from({ length: outputs }, (_, output) => ({ item, output })),
      );
      for (let first = 0; first < rows.length; first += ROWS) {
        const own = Array.from({ length: ROWS }, (_, place) => rows[first + place]);
        const batch = itemBatch(
          spec,
          own.map((row) => (row === undefined ? [] : [row.item])),
          1,
        );
        const data = Int32Array.from(own, (row) => row?.output ?? 0);
        const input = { theta, batch, output: { dtype: 'int32', shape: [ROWS, 1], data } } as const;
        const { squares } = await prepared.run(input as never, createRng(0));
        for (let index = 0; index < sum.length; index++) sum[index]! += squares.data[index] as number;
      }
      return items.length === 0 ? sum : sum.map((value) => value / items.length);
    },
    dispose: () => prepared.dispose(),
  };
}
