import type { HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { StoredItem } from '../memory/memory.js';
import type { Protection } from './protection.js';

function vector(data: Float32Array): HostTensor {
  return { dtype: 'float32', shape: [data.length], data };
}

const zerosLike = ({ data }: HostTensor) => vector(new Float32Array(data.length));

/** Options of elastic weight consolidation. */
export interface ElasticOptions {
  /** λ ≥ 0. */
  readonly strength: number;
  /** γ in [0, 1]: how much of the importance of earlier tasks is kept; 1 sums it. */
  readonly decay: number;
  /** Items of a task from which its Fisher information is estimated. */
  readonly samples: number;
}

/**
 * Elastic weight consolidation: λ/2 Σ_i F_i (θ_i − θ*_i)² is added to the loss, with F ← γ F + F_k and θ* the parameters after
 * the last task. (With γ = 1 the sum over tasks differs from one term per task only in the place of the anchors.)
 *
 * @param options - `outputs`: of the network, a gradient of each of which the information of an item takes; for the ledger.
 * @param fisher - diagonal of the Fisher information at θ over items, [P].
 * @see Kirkpatrick et al. Overcoming catastrophic forgetting in neural networks. PNAS 2017. Schwarz et al. Progress & Compress.
 * ICML 2018 (the online form).
 */
export function elasticWeights(
  options: ElasticOptions & { readonly outputs?: number },
  fisher: (theta: HostTensor, items: readonly StoredItem[]) => Promise<Float32Array>,
): Protection {
  const { strength, decay, samples, outputs = 1 } = options;
  return {
    candidates: samples,
    gradientsPerCandidate: outputs,
    needsTaskEnds: true,
    begin: (theta) => ({ importance: zerosLike(theta), anchor: theta }),
    pull: (theta, { importance, anchor }) =>
      theta
        .sub(anchor as tf.Tensor)
        .mul(importance as tf.Tensor)
        .mul(strength),
    async endTask({ theta, slots, recent }) {
      const found = await fisher(theta, recent);
      const before = (slots.importance as HostTensor).data;
      const importance = found.map((value, index) => decay * (before[index] as number) + value);
      return { importance: vector(importance), anchor: theta };
    },
  };
}

/** Options of synaptic intelligence. */
export interface SynapticOptions {
  /** c ≥ 0. */
  readonly strength: number;
  /** ξ > 0, keeps importance finite where a parameter did not move. */
  readonly damping: number;
}

/**
 * Synaptic intelligence: c Σ_i Ω_i (θ_i − θ*_i)² is added to the loss. Along the way of a task ω_i sums −g_i Δθ_i, the part of the
 * fall of the loss that parameter i is to thank for; at its end Ω_i grows by max(0, ω_i) / (Δ_i² + ξ), Δ the whole way.
 *
 * @see Zenke, Poole, Ganguli. Continual Learning Through Synaptic Intelligence. ICML 2017. arXiv:1703.04200.
 */
export function synapticIntelligence({ strength, damping }: SynapticOptions): Protection {
  return {
    candidates: 0,
    needsTaskEnds: true,
    begin: (theta) => ({ importance: zerosLike(theta), anchor: theta, path: zerosLike(theta) }),
    pull: (theta, { importance, anchor }) =>
      theta
        .sub(anchor as tf.Tensor)
        .mul(importance as tf.Tensor)
        .mul(2 * strength),
    after: ({ path }, gradient, change) => ({ path: tf.sub(path as tf.Tensor, gradient.mul(change)) }),
    async endTask({ theta, slots }) {
      const [importance, anchor, path] = [slots.importance, slots.anchor, slots.path].map(
        (slot) => (slot as HostTensor).data,
      ) as [Float32Array, Float32Array, Float32Array];
      const grown = importance.map((value, index) => {
        const way = (theta.data[index] as number) - (anchor[index] as number);
        return value + Math.max(0, path[index] as number) / (way * way + damping);
      });
      return { importance: vector(grown), anchor: theta, path: zerosLike(theta) };
    },
  };
}
