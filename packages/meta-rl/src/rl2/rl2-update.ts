import type { GradientTransformation, Rng, Tree, TreeSpec } from '@tasklearn/core';
import { unflattenTree } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type FlatState, flatUpdate } from '../networks/flat-update.js';
import type { RecurrentActorCritic } from './recurrent-actor-critic.js';
import type { Rl2Options } from './rl2-options.js';

/** Columns of the packed rows of trials, in order: inputs I, action A, and five numbers. */
export interface Rl2Columns {
  /** I. */
  readonly inputs: number;
  /** A. */
  readonly action: number;
  /** I + A + 5: log π of the acting policy, V of it, advantage, return, mask. */
  readonly width: number;
}

/** What one minibatch step takes: state, memories [N, S] before the first step and rows [N, L, W]. */
export type Rl2StepInput<Leaf = Tensor> = FlatState<Leaf> & {
  readonly memory: Leaf;
  readonly rows: Leaf;
  /** Weight of the entropy bonus, []. */
  readonly entropyWeight: Leaf;
};

/** Layout of rows. */
export function rl2Columns(inputs: number, action: number): Rl2Columns {
  return { inputs, action, width: inputs + action + 5 };
}

/** Columns [first, first + count) of [N, L, W]; one column is [N, L]. */
function column(rows: Tensor, first: number, count: number): Tensor {
  const [sequences, length] = rows.shape as [number, number, number];
  const part = tf.slice(rows, [0, 0, first], [sequences, length, count]);
  return count === 1 ? part.reshape([sequences, length]) : part;
}

function inputsOf(rows: Tensor, columns: Rl2Columns): Tensor {
  const [sequences, length] = rows.shape as [number, number, number];
  return tf.slice(rows, [0, 0, 0], [sequences, length, columns.inputs]);
}

function actionsOf(rows: Tensor, { inputs, action }: Rl2Columns): Tensor {
  const [sequences, length] = rows.shape as [number, number, number];
  return tf.slice(rows, [0, 0, inputs], [sequences, length, action]);
}

const maskedMean = (x: Tensor, mask: Tensor) =>
  tf.sum(x.mul(mask)).div(tf.maximum(tf.sum(mask), 1)) as Scalar;

/**
 * PPO over whole trials: −mean min(ρ Â, clip(ρ) Â) + c_v mean (V − R)² − c_e mean H, back through the memory.
 *
 * @returns the loss and what to report: loss, policy loss, value loss, entropy, KL estimate.
 */
export function rl2Loss(
  network: RecurrentActorCritic,
  columns: Rl2Columns,
  options: Pick<Rl2Options, 'clip' | 'valueWeight'>,
  parameters: Tree<Tensor>,
  input: Pick<Rl2StepInput, 'memory' | 'rows' | 'entropyWeight'>,
): { readonly loss: Scalar; readonly report: readonly Scalar[] } {
  const { rows, memory, entropyWeight } = input;
  const first = columns.inputs + columns.action;
  const [old, , advantage, target, mask] = [0, 1, 2, 3, 4].map((at) => column(rows, first + at, 1)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const { actions, values } = network.unroll(parameters, inputsOf(rows, columns), memory);
  const change = actions.logProbability(actionsOf(rows, columns)).sub(old).mul(mask); // [N, L]
  const ratio = tf.exp(change);
  const clipped = tf.minimum(tf.maximum(ratio, 1 - options.clip), 1 + options.clip);
  const gain = maskedMean(tf.minimum(ratio.mul(advantage), clipped.mul(advantage)), mask);
  const error = maskedMean(tf.square(values.sub(target)), mask);
  const entropy = maskedMean(actions.entropy(), mask);
  const loss = tf.neg(gain).add(error.mul(options.valueWeight)).sub(entropy.mul(entropyWeight)) as Scalar;
  return {
    loss,
    report: [tf.neg(gain) as Scalar, error, entropy, tf.neg(maskedMean(change, mask)) as Scalar],
  };
}

/** Names of the numbers that a step reports. */
export const rl2Report = ['loss', 'policyLoss', 'valueLoss', 'entropy', 'divergence'] as const;

/** One minibatch step as a recordable function. */
export function rl2Step(
  network: RecurrentActorCritic,
  columns: Rl2Columns,
  options: Rl2Options,
  spec: TreeSpec,
  optimizer: GradientTransformation,
) {
  return (input: Rl2StepInput, _rng: Rng): FlatState & { readonly report: Tensor } => {
    let report: readonly Tensor[] = [];
    const { state, loss } = flatUpdate(input, spec, optimizer, (parameters) => {
      const found = rl2Loss(network, columns, options, parameters, input);
      report = found.report.map((value) => tf.keep(value.clone()));
      return found.loss;
    });
    const numbers = tf.stack([loss, ...report]);
    for (const value of report) value.dispose();
    return { ...state, report: numbers };
  };
}

/**
 * log π and V of every recorded step under given parameters, [N, L, 2], and the memory at the end of every segment,
 * [N, L / segment, S].
 *
 * @param segment - divides L.
 */
export function rl2Evaluate(
  network: RecurrentActorCritic,
  columns: Rl2Columns,
  spec: TreeSpec,
  segment: number,
) {
  return ({ theta, rows }: { readonly theta: Tensor; readonly rows: Tensor }) => {
    const [trials, length] = rows.shape as [number, number, number];
    const S = network.stateSize;
    const begin = tf.zeros([trials, S]);
    const unrolled = network.unroll(unflattenTree(theta, spec), inputsOf(rows, columns), begin);
    const logProbability = unrolled.actions.logProbability(actionsOf(rows, columns)); // [N, L]
    const parts = unrolled.states.reshape([trials, length / segment, segment, S]);
    const memories = tf.slice(parts, [0, 0, segment - 1, 0], [trials, length / segment, 1, S]);
    return {
      found: tf.stack([logProbability, unrolled.values], 2),
      memories: memories.reshape([trials, length / segment, S]),
    };
  };
}
