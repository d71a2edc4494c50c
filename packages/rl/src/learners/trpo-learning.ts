import type { GradientTransformation, Hosted, HostTensor, Rng, Tree, TreeSpec } from '@tasklearn/core';
import { stopGradient } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActorCritic, ActorCriticParameters } from '../policy-gradients/actor-critic.js';
import { type GradientUpdateOutput, gradientUpdate } from '../policy-gradients/gradient-update.js';
import { importanceWeightedLoss, meanEntropy } from '../policy-gradients/policy-gradient-loss.js';
import { valueLoss } from '../policy-gradients/ppo-loss.js';
import { type RowLayout, readColumn, rowLayout, writeColumn } from '../policy-gradients/row-layout.js';
import { type TrpoOptions as StepOptions, trpoStep } from '../policy-gradients/trpo-step.js';
import { weightedMean } from '../policy-gradients/weighted-mean.js';
import { unpackParameters } from '../roll-outs/unpack-parameters.js';
import { gatherRows, initialState, meanReport, standardized } from './gradient-learning.js';
import type { Learning, LearningInput, LearningSetup } from './on-policy-algorithm.js';

/** How a policy is moved and a value function fitted. */
export interface TrpoLearningOptions extends Omit<StepOptions, 'evaluateAll'> {
  readonly normalizeAdvantages: boolean;
  /** Times that experience is gone through to fit the values. */
  readonly valueEpochs: number;
  /** Portions per epoch of the fit. */
  readonly minibatches: number;
  readonly optimizer: GradientTransformation;
}

const tensor = (data: Float32Array, shape: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data,
});

/** The part of θ that belongs to the policy comes first in the vector, by the order of names. */
function policyPart(spec: TreeSpec): TreeSpec {
  const leaves = spec.leaves.filter(({ path }) => path.startsWith('policy/'));
  const structure = (spec.structure as { readonly policy: Tree<number> }).policy;
  return { leaves, structure: { policy: structure }, size: leaves.reduce((sum, leaf) => sum + leaf.size, 0) };
}

/** The recordable step of the policy: packed rows in, new parameters and a report out. */
function policyStep(model: ActorCritic, spec: TreeSpec, layout: RowLayout, options: TrpoLearningOptions) {
  return ({ theta, rows }: { readonly theta: Tensor; readonly rows: Tensor }) => {
    const count = rows.shape[0] as number;
    const batch = rows.reshape([1, count, layout.width]);
    const column = (name: string) => readColumn(batch, layout, name).reshape([1, count]); // [1, N]
    const observations = readColumn(batch, layout, 'observation').expandDims(2); // [1, N, 1, O]
    const stored = readColumn(batch, layout, 'action');
    const actions = model.head.discrete ? stored.reshape([1, count]) : stored;
    const mask = column('mask');
    const distributionAt = (vector: Tensor, copies: number) => {
      const tree = unpackParameters<ActorCriticParameters>(vector, spec);
      const seen = copies === 1 ? observations : tf.tile(observations, [copies, 1, 1, 1]);
      return model.policyOf(tree, seen);
    };
    const old = model.head.distribution(stopGradient(distributionAt(theta, 1).numbers));
    const oldLogProbability = old.logProbability(actions);
    const evaluateAt = (vector: Tensor, copies: number) => {
      const pi = distributionAt(vector, copies);
      const repeated = (x: Tensor) =>
        copies === 1 ? x : tf.tile(x, [copies, ...Array<number>(x.rank - 1).fill(1)]);
      const logProbability = pi.logProbability(repeated(actions));
      const decisions = { logProbability, advantages: repeated(column('advantage')), mask: repeated(mask) };
      const before = copies === 1 ? old : model.head.distribution(repeated(old.numbers));
      return {
        loss: importanceWeightedLoss(decisions, repeated(oldLogProbability)), // [J]
        divergence: weightedMean(before.divergence(pi), decisions.mask), // [J]
      };
    };
    const backtracks = options.backtracks ?? 10;
    const step = trpoStep(
      (vector) => {
        const { loss, divergence } = evaluateAt(vector, 1);
        return { loss: loss.asScalar(), divergence: divergence.asScalar() };
      },
      theta,
      { ...options, backtracks, evaluateAll: (candidates) => evaluateAt(candidates, backtracks) },
    );
    const entropy = meanEntropy(old.entropy(), mask).asScalar();
    const { loss, improvement, divergence, stepSize, gradientNorm } = step.metrics;
    const report = tf.stack([loss, improvement, divergence, stepSize, gradientNorm, entropy]);
    return { theta: step.theta, report };
  };
}

const policyNames = ['loss', 'improvement', 'divergence', 'stepSize', 'gradientNorm', 'entropy'];

/** All decisions as packed rows. */
function packRows(input: LearningInput, layout: RowLayout, advantages: Float32Array): Float32Array {
  const rows = new Float32Array(advantages.length * layout.width);
  writeColumn(rows, layout, 'observation', input.judgement.observation);
  writeColumn(rows, layout, 'action', input.experience.action);
  writeColumn(rows, layout, 'advantage', advantages);
  writeColumn(rows, layout, 'return', input.advantages.returns);
  writeColumn(rows, layout, 'mask', input.experience.mask);
  return rows;
}

/**
 * Learning by trust-region steps of the policy on all experience at once, and gradient steps of the value function, each
 * one prepared call.
 */
export function trpoLearning(setup: LearningSetup, options: TrpoLearningOptions): Learning {
  const { model, spec, executor } = setup;
  const { optimizer, valueEpochs, minibatches } = options;
  const policySpec = policyPart(spec);
  const layout = rowLayout({
    observation: model.inputSize,
    action: model.head.actionSize,
    advantage: 1,
    return: 1,
    mask: 1,
  });
  const move = executor.prepare(policyStep(model, policySpec, layout, options), { name: 'trpo' });
  const fitStep = gradientUpdate<{ rows: Tensor }>(
    (tree, { rows }) => {
      const count = rows.shape[0] as number;
      const batch = rows.reshape([1, count, layout.width]);
      const observations = readColumn(batch, layout, 'observation').expandDims(2);
      const { values } = model.evaluate(tree as ActorCriticParameters, { observations });
      const [returns, mask] = ['return', 'mask'].map((name) =>
        readColumn(batch, layout, name).reshape([1, count]),
      ) as [Tensor, Tensor];
      return { loss: tf.mean(valueLoss({ values, returns, mask })) as Scalar, metrics: {} };
    },
    spec,
    optimizer,
  );
  const fit = executor.prepare(fitStep.run, { name: 'fit values' });
  let state: Tree<HostTensor> = initialState(optimizer, spec.size);
  let step = 0;

  const fitOn = async (theta: Float32Array, rows: Float32Array, rng: Rng) => {
    const next: Hosted<GradientUpdateOutput> = await fit.run(
      {
        theta: tensor(theta, [spec.size]),
        optimizer: state as Hosted<Tree<Tensor>>,
        clock: tensor(Float32Array.of(step, 1), [2]),
        batch: { rows: tensor(rows, [rows.length / layout.width, layout.width]) },
      },
      rng,
    );
    state = next.optimizer as Tree<HostTensor>;
    step += 1;
    return { theta: next.theta.data as Float32Array, report: next.report.data as Float32Array };
  };
  return {
    async learn(input) {
      const { experience, advantages, rng } = input;
      const raw = advantages.advantages;
      const used = options.normalizeAdvantages ? standardized(raw, experience.mask) : raw;
      const rows = packRows(input, layout, used);
      const count = used.length;
      const moved = await move.run(
        {
          theta: tensor(input.theta.slice(0, policySpec.size), [policySpec.size]),
          rows: tensor(rows, [count, layout.width]),
        },
        rng,
      );
      let theta: Float32Array = input.theta.slice();
      theta.set(moved.theta.data as Float32Array);
      const reports: Float32Array[] = [];
      const size = Math.floor(count / minibatches);
      for (let epoch = 0; epoch < valueEpochs; epoch += 1) {
        const order = rng.split('order').split(epoch).permutation(count);
        for (let from = 0; from + size <= count; from += size) {
          const next = await fitOn(theta, gatherRows(rows, order, from, from + size, layout.width), rng);
          theta = next.theta;
          reports.push(next.report);
        }
      }
      const policy = meanReport([moved.report.data as Float32Array], policyNames);
      const { loss: fitted = 0 } = reports.length === 0 ? {} : meanReport(reports, fitStep.reportNames());
      return { theta, metrics: { ...policy, valueLoss: fitted } };
    },
    save: () => ({ tensors: state, step }),
    restore(saved, made) {
      state = saved;
      step = made;
    },
    dispose() {
      move.dispose();
      fit.dispose();
    },
  };
}
