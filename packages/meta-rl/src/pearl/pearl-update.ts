import {
  type GradientTransformation,
  type Rng,
  type Tree,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type FlatState, flatUpdate } from '../networks/flat-update.js';
import type { ControlParameters, LatentControl, TaskTransitions } from './latent-control.js';
import type { PearlOptions } from './pearl-options.js';
import { type ContextEncoder, divergenceFromPrior, samplePosterior } from './product-encoder.js';

/** All parameters. */
export type PearlParameters = { readonly encoder: Parameters; readonly control: ControlParameters };

/** What a gradient step takes. */
export type PearlStepInput<Leaf = Tensor> = FlatState<Leaf> & {
  /** Target parameters, [P]; those of the encoder are not used. */
  readonly target: Leaf;
  /** Transitions [T, B, 2O + A + 2]: observation, action, reward, next, discount. */
  readonly rows: Leaf;
  /** Context [T, C, F + 1], the last column the mask. */
  readonly context: Leaf;
  /** 1 for tasks whose values and policy learn, 0 for those that teach the divergence only; [T]. */
  readonly weight: Leaf;
  /** Factor of the weights of divergences, []. */
  readonly divergenceShare: Leaf;
};

/** What the losses are made of. */
export interface PearlParts {
  readonly control: LatentControl;
  readonly encoder: ContextEncoder;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly options: PearlOptions;
}

/** Names of the numbers that a step reports. */
export const pearlReport = ['loss', 'criticLoss', 'actorLoss', 'divergence', 'deviation'] as const;

/** Context [T, C, F + 1] as features and mask. */
export function splitContext(context: Tensor): readonly [features: Tensor, mask: Tensor] {
  const [tasks, items, width] = context.shape as [number, number, number];
  return [
    tf.slice(context, [0, 0, 0], [tasks, items, width - 1]),
    tf.slice(context, [0, 0, width - 1], [tasks, items, 1]).reshape([tasks, items]),
  ];
}

function transitionsOf(
  rows: Tensor,
  weight: Tensor,
  { observationSize: O, actionSize: A }: PearlParts,
): TaskTransitions {
  const [tasks, items] = rows.shape as [number, number, number];
  const part = (first: number, size: number) => tf.slice(rows, [0, 0, first], [tasks, items, size]);
  const number = (first: number) => part(first, 1).reshape([tasks, items]);
  return {
    observation: part(0, O),
    action: part(O, A),
    reward: number(O + A),
    next: part(O + A + 1, O),
    discount: number(2 * O + A + 1),
    weight,
  };
}

/**
 * E_q[Bellman error + policy loss] + β KL(q(z | c) ‖ N(0, I)), with z drawn once per task.
 *
 * @returns the loss and the numbers after it in {@link pearlReport}.
 */
export function pearlLosses(
  parts: PearlParts,
  online: PearlParameters,
  target: PearlParameters,
  input: Pick<PearlStepInput, 'rows' | 'context' | 'weight' | 'divergenceShare'>,
  rng: Rng,
): { readonly loss: Scalar; readonly report: readonly Scalar[] } {
  const [features, mask] = splitContext(input.context);
  const posterior = parts.encoder.infer(online.encoder, features, mask);
  const z = samplePosterior(posterior, rng.split('latent')).expandDims(1); // [T, 1, Z]
  const batch = transitionsOf(input.rows, input.weight, parts);
  const { critic, actor } = parts.control.losses(
    online.control,
    target.control,
    batch,
    z,
    rng.split('control'),
  );
  const divergences = divergenceFromPrior(posterior); // [T]
  const divergence = tf.mean(divergences) as Scalar;
  const { divergenceWeight, unfeltDivergenceWeight } = parts.options;
  const unfelt = tf.sub(1, input.weight).mul(unfeltDivergenceWeight);
  const weights = input.weight.mul(divergenceWeight).add(unfelt).mul(input.divergenceShare); // [T]
  const loss = critic.add(actor).add(tf.mean(divergences.mul(weights))) as Scalar;
  return { loss, report: [critic, actor, divergence, tf.mean(tf.sqrt(posterior.variance)) as Scalar] };
}

/** One gradient step on everything, and the target parameters' step after it. */
export function pearlStep(parts: PearlParts, spec: TreeSpec, optimizer: GradientTransformation) {
  const asParameters = (tree: Tree<Tensor>) => tree as unknown as PearlParameters;
  return (
    input: PearlStepInput,
    rng: Rng,
  ): FlatState & { readonly target: Tensor; readonly report: Tensor } => {
    const target = asParameters(unflattenTree(input.target, spec));
    let report: readonly Tensor[] = [];
    const { state, loss } = flatUpdate(input, spec, optimizer, (tree) => {
      const found = pearlLosses(parts, asParameters(tree), target, input, rng);
      report = found.report.map((value) => tf.keep(value.clone()));
      return found.loss;
    });
    const numbers = tf.stack([loss, ...report]);
    for (const value of report) value.dispose();
    const moved = input.target.add(state.theta.sub(input.target).mul(parts.options.targetRate));
    return { ...state, target: moved, report: numbers };
  };
}
