import { requireInteger, requireOneOf } from '@tasklearn/core';
import { type CellParameters, dense, gruCell, lstmCell, type Parameters, unrollCell } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsSizes } from '../models/dynamics-model.js';
import type { NormalizedTransitions } from '../models/normalizer.js';
import { predictionLoss } from '../models/prediction-loss.js';
import type { AdaptiveModel, Window } from './adaptive-model.js';

/** What remembers, and for how long. */
export interface RecurrentModelOptions {
  /** M, transitions that are remembered. */
  readonly support: number;
  /** K, following transitions whose predictions are judged in training. */
  readonly query: number;
  /** The recurrent cell. */
  readonly cell: 'gru' | 'lstm';
  /** Units of the cell. */
  readonly units: number;
}

/** θ: the cell, and the linear map from its output to the change. */
export type RecurrentModelParameters = Parameters;

/** Weights of the head start small: at first the model predicts the mean change. */
const FIRST_HEAD = 0.01;

/**
 * ReBAL, recurrence-based adaptive learner: a recurrent model whose state sums up the last M transitions.
 *
 *     h_t = cell((s_t, a_t), h_{t−1}),   Δ_t = V h_t + v
 *
 * In training it is unrolled from zeros over M + K transitions and judged on the last K; in a trial it is unrolled over the
 * last M from zeros again, and every candidate goes on from a copy of that state. Its own input s_{t+1} is what tells it
 * how s_t went, so it needs no gradient to adapt.
 *
 * @throws `INVALID_OPTION` for a number out of range.
 * @see Nagabandi, Clavera, Liu, Fearing, Abbeel, Levine, Finn. Learning to Adapt in Dynamic, Real-World Environments
 * Through Meta-Reinforcement Learning. ICLR 2019, section 4. arXiv:1803.11347.
 */
export function recurrentModel(
  sizes: DynamicsSizes,
  options: RecurrentModelOptions,
): AdaptiveModel<RecurrentModelParameters> {
  const owner = 'recurrentModel';
  const support = requireInteger(owner, options, 'support');
  const query = requireInteger(owner, options, 'query');
  const size = requireInteger(owner, options, 'units');
  const kind = requireOneOf(owner, options, 'cell', ['gru', 'lstm']);
  const inputSize = sizes.observation + sizes.action;
  const cell = kind === 'gru' ? gruCell({ inputSize, size }) : lstmCell({ inputSize, size });

  const headOf = ({ head }: Parameters, state: Tensor): Tensor => {
    const { weight, bias } = head as { readonly [name: string]: Tensor };
    const shown =
      cell.stateSize === size ? state : (tf.split(state, [size, cell.stateSize - size], -1)[0] as Tensor);
    return dense(shown, { weight: weight as Tensor, bias: bias as Tensor });
  };
  const remember = (theta: Parameters, { transitions, mask }: Window): Tensor => {
    const [trials, length] = mask.shape as [number, number];
    const projected = tf.unstack(
      cell.project(theta.cell as CellParameters, tf.expandDims(transitions.inputs, 1)),
      2,
    );
    const counts = tf.split(mask, length, 1); // M of [T, 1]
    let state: Tensor = tf.zeros([trials, 1, cell.stateSize]);
    for (const [step, input] of projected.entries()) {
      const next = cell.advance(theta.cell as CellParameters, input, state);
      state = tf.mul(next, tf.expandDims(counts[step] as Tensor, 2)); // Zeros until the window begins.
    }
    return tf.squeeze(state, [1]); // [T, S]
  };
  return {
    batch: { kind: 'windows', support, query },
    window: support,
    init: (rng) => ({
      cell: cell.init(rng.split('cell')),
      head: {
        weight: tf.tidy(() => tf.mul(rng.split('head').normal([size, sizes.observation]), FIRST_HEAD)),
        bias: tf.zeros([sizes.observation]),
      },
    }),
    loss(theta, { inputs, changes }: NormalizedTransitions) {
      const { states } = unrollCell(cell, theta.cell as CellParameters, tf.expandDims(inputs, 1)); // [W, 1, M + K, S]
      const judged = tf.slice(tf.squeeze(states, [1]), [0, support, 0], [-1, query, -1]);
      const targets = tf.slice(changes, [0, support, 0], [-1, query, -1]);
      return tf.mean(predictionLoss({ mean: headOf(theta, judged) }, targets)) as Scalar;
    },
    adapt(theta, window) {
      return {
        groups: window.mask.shape[0] as number,
        perTrial: true,
        probabilistic: false,
        memory: remember(theta, window),
        predict(inputs, memory) {
          const projected = cell.project(theta.cell as CellParameters, inputs);
          const next = cell.advance(theta.cell as CellParameters, projected, memory as Tensor); // [T, R, S]
          return { mean: headOf(theta, next), memory: next };
        },
      };
    },
  };
}
