import {
  type EpisodeSpec,
  type LabelledSet,
  type MetaLoss,
  pathsOf,
  type Rng,
  type Support,
} from '@tasklearn/core';
import { accuracy, lossOf, type Model, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { mergeLeaves } from './adapted-leaves.js';
import { descend, takeStep } from './inner-loop.js';
import type {
  InnerProblem,
  InnerSolution,
  MetaLearnerParts,
  MetaParameters,
  OuterLoss,
  OuterProblem,
  Stage,
} from './meta-learner-parts.js';

/** A batch of T tasks, and how its inner loop is to run. */
export interface Episode {
  readonly model: Model;
  readonly spec: EpisodeSpec;
  readonly stage: Stage;
  readonly support: Support;
  readonly rng: Rng;
  readonly steps: number;
  keeps(step: number): boolean;
}

/** The inner problem as a function of θ. */
export function innerProblem(parts: MetaLearnerParts, episode: Episode, theta: MetaParameters): InnerProblem {
  const { model, spec, stage, support, rng, steps, keeps } = episode;
  const tasks = support.labelled.inputs.shape[0] as number;
  const paths = pathsOf(theta.model);
  const loss = parts.innerLoss.make({ model, spec, stage, theta, support, rng: rng.split('inner') });
  return {
    steps,
    keeps,
    rng: rng.split('solver'),
    start: () => parts.start.phi0(theta, parts.adapted, tasks, spec, support),
    loss: (phi, step) => loss(mergeLeaves(theta.model, phi), step), // [T]
    rate: (step, path) => parts.rate.at(theta.rates, { spec, step, steps, path, paths }),
    ...(theta.solver && { solver: theta.solver }),
  };
}

/** Lines 4-7 of the paper's Algorithm 2, for all tasks at once. */
export function solveEpisode(
  parts: MetaLearnerParts,
  episode: Episode,
  theta: MetaParameters,
): InnerSolution {
  const problem = innerProblem(parts, episode, theta);
  const { solver } = parts;
  return solver.kind === 'iterative'
    ? descend(problem, solver)
    : solver.solve(problem, episode.support.labelled);
}

/** Mean over tasks of L_Q at φ, and the accuracy where there is one. */
export function queryLoss(
  { model, spec }: Episode,
  { inputs, targets, mask }: LabelledSet,
  theta: MetaParameters,
  phi: Parameters,
  step: number,
): OuterLoss {
  const outputs = model.apply(mergeLeaves(theta.model, phi), inputs, { innerStep: step }); // [T, Q, out]
  const loss = tf.mean(lossOf(spec)(outputs, targets, mask)).asScalar(); // [T] -> []
  if (spec.target.kind !== 'classification') return { loss, metrics: {} };
  return { loss, metrics: { accuracy: tf.mean(accuracy(outputs, targets, mask)).asScalar() } };
}

/** Line 8: mean_t L_Q,t(φᵏ) plus the outer terms, with what is worth logging. */
export function outerLoss(
  parts: MetaLearnerParts,
  episode: Episode,
  query: LabelledSet,
  theta: MetaParameters,
): MetaLoss {
  const solution = solveEpisode(parts, episode, theta);
  const { loss, metrics } = queryLoss(episode, query, theta, solution.phi, episode.steps);
  const context = {
    theta,
    solution,
    rng: episode.rng.split('outer'),
    queryLoss: (phi: Parameters, step: number) => queryLoss(episode, query, theta, phi, step).loss,
  };
  const total = parts.outer.reduce<Tensor>((sum, term) => tf.add(sum, term.value(context)), loss);
  const [before] = solution.losses;
  return {
    loss: total.asScalar(),
    metrics: {
      ...metrics,
      ...(parts.outer.length > 0 && { queryLoss: loss }),
      ...(before && { supportLoss: tf.div(before, query.inputs.shape[0] as number).asScalar() }),
    },
  };
}

/** The same, cut into the pieces that a hand-made outer gradient is built from. */
export function outerProblem(
  parts: MetaLearnerParts,
  episode: Episode,
  query: LabelledSet,
  theta: MetaParameters,
): OuterProblem {
  return {
    theta,
    steps: episode.steps,
    start: (at) => innerProblem(parts, episode, at).start(),
    step(at, phi, step) {
      const { solver } = parts;
      if (solver.kind !== 'iterative')
        throw new TypeError('step: assertPartsFit lets only iterative solvers through');
      return takeStep(innerProblem(parts, episode, at), solver, phi, solver.init(phi), step);
    },
    solve(at, data) {
      const support =
        data === 'support' ? episode.support : { labelled: union(episode.support.labelled, query) };
      return solveEpisode(parts, { ...episode, support, keeps: () => false }, at);
    },
    query: (at, phi) => queryLoss(episode, query, at, phi, episode.steps),
  };
}

/** Support and query as one labelled set, [T, S + Q, ...]. */
export function union(support: LabelledSet, query: LabelledSet): LabelledSet {
  const masked = support.mask !== undefined || query.mask !== undefined;
  const maskOf = (set: LabelledSet) => set.mask ?? tf.ones(set.targets.shape.slice(0, 2)); // [T, B]
  return {
    inputs: tf.concat([support.inputs, query.inputs], 1),
    targets: tf.concat([support.targets, query.targets], 1),
    ...(masked && { mask: tf.concat([maskOf(support), maskOf(query)], 1) }),
    ...(support.identities &&
      query.identities && { identities: tf.concat([support.identities, query.identities], 1) }),
  };
}
