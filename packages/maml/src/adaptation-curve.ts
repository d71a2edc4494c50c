import { type EpisodeBatch, type EpisodeSpec, leavesOf, type Rng, TasklearnError } from '@tasklearn/core';
import { accuracy, lossOf, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { leafAt, mapLeaves } from './engine/adapted-leaves.js';
import type { GradientLearner } from './engine/meta-learner.js';
import type { MetaParameters } from './engine/meta-learner-parts.js';

/** What inner steps do; entry j belongs to φʲ, means over tasks. */
export type AdaptationCurve = {
  /** L_Q(φʲ), [steps + 1]. */
  readonly queryLoss: Tensor;
  /** Share of query items classified right, [steps + 1]; classification only. */
  readonly accuracy?: Tensor;
  /** ‖∇L_S(φʲ)‖ over the adapted leaves, [steps]. Zero from the start: a dead loss. */
  readonly gradientNorm: Tensor;
  /** ‖φʲ − φ⁰‖ / ‖φ⁰‖, [steps + 1]. Growing without bound: divergence. */
  readonly relativeChange: Tensor;
};

/**
 * Query loss, inner gradient and distance travelled after each inner step, also for more steps than were trained. Recordable.
 *
 * @param steps - inner steps to follow, >= 1.
 * @returns tensors that the caller disposes.
 * @throws `INVALID_OPTION` for a learner whose solver makes no steps, or for no steps.
 */
export function adaptationCurve(
  learner: GradientLearner,
  theta: MetaParameters,
  { support, query }: EpisodeBatch,
  rng: Rng,
  spec: EpisodeSpec,
  steps: number,
): AdaptationCurve {
  return tf.tidy(() => {
    const { path, gradients } = learner.solve(theta, support, rng, spec, steps);
    const [first] = path;
    if (first === undefined || gradients.length === 0) {
      throw new TasklearnError(
        'INVALID_OPTION',
        `adaptationCurve: there are no inner steps to follow: asked for ${steps}, of a solver that made ${gradients.length}.`,
        { key: 'steps', received: steps },
      );
    }
    const loss = lossOf(spec);
    const outputs = path.map((phi, step) => learner.outputs(theta, phi, query.inputs, spec, step)); // [T, Q, out]
    const scores = (score: (outputs: Tensor) => Tensor) =>
      tf.stack(outputs.map((output) => tf.mean(score(output))));
    const curve = {
      queryLoss: scores((output) => loss(output, query.targets, query.mask)),
      gradientNorm: tf.stack(gradients.map((gradient) => tf.mean(norm(gradient)))),
      relativeChange: tf.stack(
        path.map((phi) => tf.mean(tf.div(norm(minus(phi, first)), tf.add(norm(first), 1e-12)))),
      ),
    };
    if (spec.target.kind !== 'classification') return curve;
    return { ...curve, accuracy: scores((output) => accuracy(output, query.targets, query.mask)) };
  });
}

/** Euclidean norm of each task's parameters, [T]. */
function norm(parameters: Parameters): Tensor {
  const squares = leavesOf<Tensor>(parameters).map((leaf) =>
    tf.sum(tf.square(tf.reshape(leaf, [leaf.shape[0] as number, -1])), 1),
  ); // [T]
  return tf.sqrt(tf.addN(squares));
}

function minus(a: Parameters, b: Parameters): Parameters {
  return mapLeaves(a, (leaf, path) => tf.sub(leaf, leafAt(b, path)));
}
