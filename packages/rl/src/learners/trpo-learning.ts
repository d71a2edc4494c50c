import type { GradientTransformation, Tree, TreeSpec } from '@tasklearn/core';
import { stopGradient } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActorCritic, ActorCriticParameters } from '../policy-gradients/actor-critic.js';
import { floatTensor, preparedGradientSteps } from '../policy-gradients/gradient-steps.js';
import type { LossAndMetrics } from '../policy-gradients/gradient-update.js';
import { importanceWeightedLoss, meanEntropy } from '../policy-gradients/policy-gradient-loss.js';
import { valueLoss } from '../policy-gradients/ppo-loss.js';
import { type RowLayout, readColumn, rowLayout, writeColumn } from '../policy-gradients/row-layout.js';
import { type TrpoOptions as StepOptions, trpoStep } from '../policy-gradients/trpo-step.js';
import { weightedMean } from '../policy-gradients/weighted-mean.js';
import { unpackParameters } from '../roll-outs/unpack-parameters.js';
import { gatherRows, meanReport, standardized } from './gradient-learning.js';
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

/** The part of θ that belongs to the policy comes first in the vector, by the order of names. */
function policyPart(spec: TreeSpec): TreeSpec {
  const leaves = spec.leaves.filter(({ path }) => path.startsWith('policy/'));
  const structure = (spec.structure as { readonly policy: Tree<number> }).policy;
  return { leaves, structure: { policy: structure }, size: leaves.reduce((sum, leaf) => sum + leaf.size, 0) };
}

/** One candidate, or as many as there are: what is shared by all is repeated along the task axis. */
const repeated = (x: Tensor, copies: number) =>
  copies === 1 ? x : tf.tile(x, [copies, ...Array<number>(x.rank - 1).fill(1)]);

/** Loss and divergence of candidates on packed rows [N, F], against the policy at θ. */
function trustRegion(model: ActorCritic, spec: TreeSpec, layout: RowLayout, theta: Tensor, rows: Tensor) {
  const count = rows.shape[0] as number;
  const batch = rows.reshape([1, count, layout.width]);
  const column = (name: string) => readColumn(batch, layout, name).reshape([1, count]); // [1, N]
  const observations = readColumn(batch, layout, 'observation').expandDims(2); // [1, N, 1, O]
  const stored = readColumn(batch, layout, 'action');
  const actions = model.head.discrete ? stored.reshape([1, count]) : stored;
  const [advantages, mask] = [column('advantage'), column('mask')];
  const policyAt = (vector: Tensor, copies: number) =>
    model.policyOf(unpackParameters<ActorCriticParameters>(vector, spec), repeated(observations, copies));
  const old = model.head.distribution(stopGradient(policyAt(theta, 1).numbers));
  const oldLogProbability = old.logProbability(actions);
  /** Of one vector [P], or of J at once [J, P]; [J] each. */
  const evaluate = (vector: Tensor, copies: number) => {
    const pi = policyAt(vector, copies);
    const decisions = {
      logProbability: pi.logProbability(repeated(actions, copies)),
      advantages: repeated(advantages, copies),
      mask: repeated(mask, copies),
    };
    const before = copies === 1 ? old : model.head.distribution(repeated(old.numbers, copies));
    return {
      loss: importanceWeightedLoss(decisions, repeated(oldLogProbability, copies)),
      divergence: weightedMean(before.divergence(pi), decisions.mask),
    };
  };
  return { evaluate, entropy: meanEntropy(old.entropy(), mask).asScalar() };
}

/** The recordable step of the policy: packed rows in, new parameters and a report out. */
function policyStep(model: ActorCritic, spec: TreeSpec, layout: RowLayout, options: TrpoLearningOptions) {
  return ({ theta, rows }: { readonly theta: Tensor; readonly rows: Tensor }) => {
    const { evaluate, entropy } = trustRegion(model, spec, layout, theta, rows);
    const backtracks = options.backtracks ?? 10;
    const at = (vector: Tensor) => {
      const { loss, divergence } = evaluate(vector, 1);
      return { loss: loss.asScalar(), divergence: divergence.asScalar() };
    };
    const evaluateAll = (candidates: Tensor) => evaluate(candidates, backtracks);
    const step = trpoStep(at, theta, { ...options, backtracks, evaluateAll });
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

/** The loss of the value function over packed rows. */
function fitLoss(model: ActorCritic, layout: RowLayout) {
  return (tree: Tree<Tensor>, { rows }: { readonly rows: Tensor }): LossAndMetrics => {
    const count = rows.shape[0] as number;
    const batch = rows.reshape([1, count, layout.width]);
    const observations = readColumn(batch, layout, 'observation').expandDims(2);
    const { values } = model.evaluate(tree as ActorCriticParameters, { observations });
    const column = (name: string) => readColumn(batch, layout, name).reshape([1, count]);
    const loss = valueLoss({ values, returns: column('return'), mask: column('mask') });
    return { loss: tf.mean(loss) as Scalar, metrics: {} };
  };
}

/**
 * Learning by trust-region steps of the policy on all experience at once, and gradient steps of the value function, each
 * one prepared call.
 */
export function trpoLearning(setup: LearningSetup, options: TrpoLearningOptions): Learning {
  const { model, spec, executor } = setup;
  const { optimizer, valueEpochs, minibatches } = options;
  const policySpec = policyPart(spec);
  const { inputSize, head } = model;
  const layout = rowLayout({
    observation: inputSize,
    action: head.actionSize,
    advantage: 1,
    return: 1,
    mask: 1,
  });
  const move = executor.prepare(policyStep(model, policySpec, layout, options), { name: 'trpo' });
  const fit = preparedGradientSteps({
    loss: fitLoss(model, layout),
    spec,
    optimizer,
    executor,
    name: 'fit values',
  });
  return {
    async learn(input) {
      const { experience, advantages, rng } = input;
      const raw = advantages.advantages;
      const used = options.normalizeAdvantages ? standardized(raw, experience.mask) : raw;
      const rows = packRows(input, layout, used);
      const old = input.theta.slice(0, policySpec.size);
      const batch = {
        theta: floatTensor(old, [old.length]),
        rows: floatTensor(rows, [used.length, layout.width]),
      };
      const moved = await move.run(batch, rng);
      let theta: Float32Array = input.theta.slice();
      theta.set(moved.theta.data as Float32Array);
      const reports: Float32Array[] = [];
      const size = Math.floor(used.length / minibatches);
      for (let epoch = 0; epoch < valueEpochs; epoch += 1) {
        const order = rng.split('order').split(epoch).permutation(used.length);
        for (let from = 0; from + size <= used.length; from += size) {
          const taken = gatherRows(rows, order, from, from + size, layout.width);
          const next = await fit.step(theta, { rows: floatTensor(taken, [size, layout.width]) }, 1, rng);
          theta = next.theta;
          reports.push(next.report);
        }
      }
      const policy = meanReport([moved.report.data as Float32Array], policyNames);
      const fitted = reports.length === 0 ? {} : meanReport(reports, fit.reportNames());
      return { theta, metrics: { ...policy, valueLoss: fitted.loss ?? 0 } };
    },
    save: fit.save,
    restore: fit.restore,
    dispose() {
      move.dispose();
      fit.dispose();
    },
  };
}
