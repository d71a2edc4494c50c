import type { EpisodeBatch, EpisodeSpec, EpisodicLearner, Rng, Support } from '@tasklearn/core';
import { enableHigherOrderGradients, type Parameters, predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import { mergeLeaves, selectLeaves } from './adapted-leaves.js';
import { assertPartsFit } from './assert-parts-fit.js';
import { type Episode, outerLoss, outerProblem, solveEpisode, union } from './episode.js';
import type { InnerSolution, MetaLearnerParts, MetaParameters } from './meta-learner-parts.js';

/** An episodic learner whose φ is the result of an inner optimisation. */
export interface GradientLearner extends EpisodicLearner<MetaParameters, Parameters> {
  /** φ⁰ .. φᵏ, the losses and the gradients of `steps` inner steps; for curves and probes. */
  solve(theta: MetaParameters, support: Support, rng: Rng, spec: EpisodeSpec, steps: number): InnerSolution;
  /** The model's raw outputs [T, Q, ...] with φ in place of the adapted leaves. */
  outputs(theta: MetaParameters, phi: Parameters, inputs: Tensor, spec: EpisodeSpec, step: number): Tensor;
}

type Training = Pick<GradientLearner, 'metaLoss' | 'metaGradient' | 'optimizer'>;

/**
 * The one engine of gradient-based meta-learning: which leaves, from where, down which loss, by which solver, at which rate,
 * for how many steps, and how the outer gradient gets back to θ. Every learner of this package is a choice of these parts.
 *
 * ```text
 * repeat: sample tasks with disjoint support and query
 *   φ⁰ = start(θ)                                              # one copy per task
 *   for j < k:  φʲ⁺¹ = φʲ − α ⊙ ∇_φ Σ_t L_S,t(φʲ)              # solver and rate
 *   θ ← optimizer(θ, ∇_θ [ mean_t L_Q,t(φᵏ) + outer terms ])   # metaGradient
 * ```
 *
 * @param parts - the slots. `optimizer` is needed exactly where θ is trained.
 * @throws `INVALID_OPTION` for parts that do not go together, with the reason.
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, Algorithm 2. arXiv:1703.03400.
 */
export function metaLearner(parts: MetaLearnerParts): GradientLearner {
  assertPartsFit(parts);
  enableHigherOrderGradients();
  const { steps } = parts;

  const solve: GradientLearner['solve'] = (theta, support, rng, spec, count) => {
    const model = parts.model(spec, 'adapt');
    return solveEpisode(
      parts,
      { model, spec, stage: 'adapt', support, rng, steps: count, keeps: () => false },
      theta,
    );
  };
  const outputs: GradientLearner['outputs'] = (theta, phi, inputs, spec, step) =>
    parts.model(spec, 'adapt').apply(mergeLeaves(theta.model, phi), inputs, { innerStep: step }); // [T, Q, out]

  return {
    kind: 'episodic',
    init: (spec, rng) => initialise(parts, spec, rng),
    ...training(parts),
    adapt: (theta, support, rng, spec) => solve(theta, support, rng, spec, steps.test).phi,
    predict: (theta, phi, inputs, _rng, spec) =>
      predictiveOf(spec, outputs(theta, phi, inputs, spec, steps.test)),
    solve,
    outputs,
  };
}

function initialise(parts: MetaLearnerParts, spec: EpisodeSpec, rng: Rng): MetaParameters {
  const model = parts.model(spec, 'train').init(rng.split('model'));
  const adapted = selectLeaves(model, parts.adapted);
  const rates = parts.rate.init?.(adapted, parts.steps.train, spec);
  const loss = parts.innerLoss.init?.(spec, rng.split('loss'));
  const solver =
    parts.solver.kind === 'iterative' ? undefined : parts.solver.init?.(spec, rng.split('solver'));
  return { model, ...(rates && { rates }), ...(loss && { loss }), ...(solver && { solver }) };
}

/** How θ is trained: by a loss that is differentiated as it stands, by a gradient of its own, or not at all. */
function training(parts: MetaLearnerParts): Training {
  const { metaGradient, optimizer, steps } = parts;
  const { keeps, gradient, pooledLoss } = metaGradient;
  const episode = ({ support }: EpisodeBatch, rng: Rng, spec: EpisodeSpec): Episode => ({
    model: parts.model(spec, 'train'),
    spec,
    stage: 'train',
    support,
    rng,
    steps: steps.train,
    keeps: (step) => keeps?.(step, steps.train) ?? true,
  });
  const chosen = optimizer && { optimizer };
  if (gradient) {
    const own: NonNullable<Training['metaGradient']> = (theta, batch, rng, spec) =>
      gradient(outerProblem(parts, episode(batch, rng, spec), batch.query, theta));
    return { metaGradient: own, ...chosen };
  }
  if (keeps) {
    const loss: NonNullable<Training['metaLoss']> = (theta, batch, rng, spec) =>
      outerLoss(parts, episode(batch, rng, spec), batch.query, theta);
    return { metaLoss: loss, ...chosen };
  }
  if (pooledLoss) {
    const loss: NonNullable<Training['metaLoss']> = (theta, { support, query }, _rng, spec) =>
      pooledLoss({ theta, spec, model: parts.model(spec, 'train'), items: union(support.labelled, query) });
    return { metaLoss: loss, ...chosen };
  }
  return {};
}
