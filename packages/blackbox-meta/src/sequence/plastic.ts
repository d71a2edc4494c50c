import { requireInteger, requirePositive, TasklearnError } from '@tasklearn/core';
import { type DenseParameters, dense } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { StepCore } from '../engine/sequence-core.js';
import { denseParameters } from './dense-parameters.js';

/**
 * How the trace H of a connection changes in its lifetime.
 *
 * | rule | H(t + 1) |
 * |---|---|
 * | `hebb` | (1 − η) H + η x_i x_j |
 * | `oja` | H + η x_j (x_i − x_j H) |
 * | `modulated` | clip(H + M(t) x_i x_j) |
 * | `retroactive` | clip(H + M(t) E), then E ← (1 − η) E + η x_i x_j |
 */
export type TraceRule = 'hebb' | 'oja' | 'modulated' | 'retroactive';

/** What a {@link plasticCore} is made of. */
export interface PlasticOptions {
  /** n, neurons. */
  readonly size: number;
  /**
   * `weighted`: every neuron sees the item through weights of its own. `clamped`: number j of the item, times 20, drives
   * neuron j alone, so that tanh saturates and shown bits are held; an item has at most n numbers then.
   */
  readonly inputs: 'weighted' | 'clamped';
  readonly rule: TraceRule;
  /** Whether plasticity α is learnt for every connection, for all alike, or is 0 (a plain recurrent network). */
  readonly plasticity: 'perWeight' | 'uniform' | 'zero';
  /** Bound of the traces of modulated rules. */
  readonly clip: number;
  /** Whether the modulator's effect has a learnt strength for every neuron it reaches. */
  readonly fanOut: boolean;
}

type Parameters = {
  readonly input?: Required<DenseParameters>;
  readonly weight: Tensor;
  readonly plasticity: Tensor;
  readonly rate: Tensor;
  readonly modulator: Required<DenseParameters>;
  /** v, [n]. */
  readonly fanOut?: Tensor;
};

type State = {
  /** x, [T, R, n]. */
  readonly neurons: Tensor;
  /** H, [T, R, n, n]: from i to j. */
  readonly trace: Tensor;
  /** E, [T, R, n, n]. */
  readonly eligibility: Tensor;
};

/** The next trace and eligibility. */
export function nextTrace(
  rule: TraceRule,
  { trace, eligibility }: Pick<State, 'trace' | 'eligibility'>,
  signals: {
    /** x_i(t − 1), [T, R, n]. */
    readonly before: Tensor;
    /** x_j(t), [T, R, n]. */
    readonly after: Tensor;
    /** η, []. */
    readonly rate: Tensor;
    /** M(t) for all connections, [T, R, 1], or for those to each neuron, [T, R, n]. */
    readonly modulation: Tensor;
    readonly clip: number;
  },
): Pick<State, 'trace' | 'eligibility'> {
  const { before, after, rate, modulation, clip } = signals;
  const outer = before.expandDims(3).mul(after.expandDims(2)); // [T, R, i, j]
  const bounded = (x: Tensor) => tf.clipByValue(x, -clip, clip);
  const gain = modulation.expandDims(2); // [T, R, 1, 1 or j]
  if (rule === 'hebb') return { trace: trace.add(outer.sub(trace).mul(rate)), eligibility };
  if (rule === 'oja') {
    const y = after.expandDims(2); // [T, R, 1, j]
    const change = y.mul(before.expandDims(3).sub(y.mul(trace)));
    return { trace: trace.add(change.mul(rate)), eligibility };
  }
  if (rule === 'modulated') return { trace: bounded(trace.add(gain.mul(outer))), eligibility };
  return {
    trace: bounded(trace.add(gain.mul(eligibility))),
    eligibility: eligibility.add(outer.sub(eligibility).mul(rate)),
  };
}

/** Σ_i x_i w_ij, [T, R, n]. */
function driven(neurons: Tensor, weight: Tensor): Tensor {
  const [tasks, rows, size] = neurons.shape as [number, number, number];
  return tf.matMul(neurons.reshape([tasks * rows, size]), weight as tf.Tensor2D).reshape([tasks, rows, size]);
}

/** Numbers of the item, times 20, on the first neurons; [T, R, n]. */
function clamped(item: Tensor, size: number): Tensor {
  const [tasks, rows, given] = item.shape as [number, number, number];
  if (given > size)
    throw new TasklearnError(
      'INVALID_OPTION',
      `plasticCore: clamped items of ${given} numbers need as many neurons, got size ${size}.`,
      { key: 'size', expected: `>= ${given}`, received: size },
    );
  const driving = item.mul(20);
  return given === size ? driving : tf.concat([driving, tf.zeros([tasks, rows, size - given])], 2);
}

/**
 * A recurrent network whose connections change while it runs: x_j(t) = tanh(Σ_i (w_ij + α_ij H_ij(t)) x_i(t − 1) + input_j).
 * Fixed weights w, plasticities α and the rate η are meta-learned; traces H begin at 0 in every lifetime.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Miconi, Clune, Stanley. Differentiable plasticity. ICML 2018. arXiv:1804.02464; Miconi, Rawal, Clune, Stanley.
 * Backpropamine. ICLR 2019. arXiv:2002.10585.
 */
export function plasticCore(owner: string, options: PlasticOptions): StepCore {
  const { size, inputs, rule, plasticity, clip, fanOut } = options;
  requireInteger(owner, options, 'size', 1);
  requirePositive(owner, options, 'clip');
  return {
    name: owner,
    outputSize: () => size,
    init: ({ itemSize }, rng) => ({
      ...(inputs === 'weighted' && { input: denseParameters(itemSize, size, rng.split('input')) }),
      ...(fanOut && { fanOut: tf.ones([size]) }),
      weight: tf.tidy(() => rng.split('weight').normal([size, size]).mul(0.01)),
      plasticity:
        plasticity === 'perWeight'
          ? tf.tidy(() => rng.split('plasticity').uniform([size, size]).mul(0.01))
          : tf.scalar(plasticity === 'uniform' ? 0.01 : 0),
      rate: tf.scalar(0.01),
      modulator: denseParameters(size, 1, rng.split('modulator')),
    }),
    start: (_parameters, tasks) => ({
      neurons: tf.zeros([tasks, 1, size]),
      trace: tf.zeros([tasks, 1, size, size]),
      eligibility: tf.zeros([tasks, 1, size, size]),
    }),
    step(parameters, state, item) {
      const own = parameters as unknown as Parameters;
      const { neurons, trace, eligibility } = state as unknown as State;
      const fixed = driven(neurons, own.weight);
      const recurrent =
        plasticity === 'zero'
          ? fixed
          : fixed.add(tf.matMul(neurons.expandDims(2), own.plasticity.mul(trace)).reshape(neurons.shape));
      const input = own.input === undefined ? clamped(item, size) : dense(item, own.input); // [T, R, n]
      const after = tf.tanh(recurrent.add(input));
      const modulator = tf.tanh(dense(after, own.modulator)); // [T, R, 1]
      const modulation = own.fanOut === undefined ? modulator : modulator.mul(own.fanOut);
      const signals = { before: neurons, after, rate: own.rate, modulation, clip };
      return {
        output: after,
        state: { neurons: after, ...nextTrace(rule, { trace, eligibility }, signals) },
      };
    },
  };
}
