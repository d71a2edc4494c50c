import {
  type Executor,
  type HostTensor,
  type Prepared,
  packHostTree,
  type Rng,
  type Tree,
  type TreeSpec,
  toHost,
  unflattenTree,
} from '@tasklearn/core';
import { adam, type Model, mlp, type Parameters, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Discriminator, DiscriminatorStep } from './discriminator.js';

/** What {@link skillDiscriminator} is made of. */
export interface SkillDiscriminatorOptions {
  /** D, numbers of one state. */
  readonly inputSize: number;
  /** Z, numbers of one code. */
  readonly codeSize: number;
  /** `categorical`: z is one-hot and q a softmax; `bits`: q is a product of one sigmoid per bit. */
  readonly code: 'categorical' | 'bits';
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** η of Adam, > 0. */
  readonly learningRate: number;
  /** Runs its step. */
  readonly executor: Executor;
  /** Decides its first parameters. */
  readonly rng: Rng;
}

type State<Leaf> = {
  readonly phi: Leaf;
  readonly sum: Leaf;
  readonly sumOfSquares: Leaf;
  readonly step: Leaf;
};
type Input = { readonly state: State<Tensor>; readonly states: Tensor; readonly codes: Tensor };
type Output = { readonly state: State<Tensor>; readonly report: Tensor };

/** log q(z|x), [N], and whether z is the most likely, [N], from outputs [N, Z]. */
function scores(outputs: Tensor, codes: Tensor, code: SkillDiscriminatorOptions['code']) {
  if (code === 'categorical') {
    const logs = tf.logSoftmax(outputs); // [N, Z]
    const logProbability = tf.sum(logs.mul(codes), -1);
    const right = tf.equal(tf.argMax(outputs, -1), tf.argMax(codes, -1)).cast('float32');
    return { logProbability, right };
  }
  // log σ((2z − 1) u) of each bit.
  const signed = outputs.mul(codes.mul(2).sub(1)); // [N, Z]
  const logProbability = tf.sum(tf.softplus(signed.neg()).neg(), -1);
  const right = tf.min(tf.greater(signed, 0).cast('float32'), -1);
  return { logProbability, right };
}

/** The recordable step: scores of all rows, and Adam's step on their mean. */
function learningStep(model: Model, spec: TreeSpec, options: SkillDiscriminatorOptions) {
  const optimizer = adam({ learningRate: options.learningRate });
  return ({ state, states, codes }: Input): Output => {
    const batch = states.expandDims(0); // [1, N, D]
    const measured = (phi: Tensor) => {
      const outputs = model.apply(unflattenTree<Parameters>(phi, spec), batch).squeeze([0]); // [N, Z]
      return scores(outputs, codes, options.code);
    };
    const { gradients } = valueAndGradients(
      ({ phi }: { phi: Tensor }) => tf.mean(measured(phi).logProbability).neg() as Scalar,
      { phi: state.phi },
    );
    const { logProbability, right } = measured(state.phi);
    const moments = { sum: state.sum, sumOfSquares: state.sumOfSquares };
    const next = optimizer.update(gradients.phi, moments, state.phi, state.step);
    return {
      state: {
        phi: state.phi.add(next.change),
        ...(next.state as { sum: Tensor; sumOfSquares: Tensor }),
        step: state.step.add(1),
      },
      report: tf.stack([logProbability, right]), // [2, N]
    };
  };
}

function summary({ data, shape }: HostTensor): DiscriminatorStep {
  const count = shape[1] as number;
  const logProbability = (data as Float32Array).slice(0, count);
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / count;
  return {
    logProbability,
    loss: -mean(logProbability),
    accuracy: mean((data as Float32Array).subarray(count)),
  };
}

const matrix = (data: Float32Array, columns: number): HostTensor => ({
  dtype: 'float32',
  shape: [data.length / columns, columns],
  data,
});

/**
 * A perceptron that learns by cross-entropy which skill visited a state.
 *
 * Keep clocks and constants out of its input: a skill told by its time of day needs no behaviour of its own.
 *
 * @see Eysenbach, Gupta, Ibarz, Levine. Diversity is All You Need. ICLR 2019. arXiv:1802.06070.
 */
export async function skillDiscriminator(options: SkillDiscriminatorOptions): Promise<Discriminator> {
  const { inputSize, codeSize, hidden, executor, rng } = options;
  const model = mlp({ inputShape: [inputSize], hidden, outputSize: codeSize });
  const first = model.init(rng);
  const host = await toHost(first);
  tf.dispose(first);
  const { vector, spec } = packHostTree(host as Tree<HostTensor>);
  const moments = adam({ learningRate: options.learningRate }).init(spec.size);
  const held = (await toHost(moments)) as { sum: HostTensor; sumOfSquares: HostTensor };
  tf.dispose(moments);
  let state: State<HostTensor> = {
    phi: vector,
    ...held,
    step: { dtype: 'float32', shape: [], data: Float32Array.of(0) },
  };
  const prepared: Prepared<Input, Output> = executor.prepare(learningStep(model, spec, options), {
    name: 'discriminator',
  });
  const run = async (states: Float32Array, codes: Float32Array) =>
    prepared.run({ state, states: matrix(states, inputSize), codes: matrix(codes, codeSize) }, rng);
  return {
    input: 'state',
    async learn(states, codes) {
      const { state: next, report } = await run(states, codes);
      state = next as State<HostTensor>;
      return summary(report);
    },
    measure: async (states, codes) => summary((await run(states, codes)).report),
    save: () => state,
    restore(saved) {
      state = saved as State<HostTensor>;
    },
    dispose: () => prepared.dispose(),
  };
}
