import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { EpisodeBatch, EpisodeSpec, MetaLoss } from '../episode.js';
import { TasklearnError } from '../errors.js';
import type { EpisodicLearner } from '../learner.js';
import type { Rng } from '../randomness/rng.js';
import { flattenTree, unflattenTree } from '../tree/flatten-tree.js';
import type { Tree } from '../tree/tree.js';
import { leavesOf, treeFromLeaves } from '../tree/tree-leaves.js';
import type { TreeSpec } from '../tree/tree-spec.js';
import { structureMismatch } from '../tree/walk-tree.js';

/** What one outer update takes. Few tensors however many layers there are: each costs a copy per update. */
export type MetaStepInput<Leaf = Tensor> = {
  /** θ, float32 [P]. */
  readonly theta: Leaf;
  /** The optimiser's state; every leaf [P] or []. */
  readonly optimizer: Tree<Leaf>;
  /** Updates made before this one, float32 []. */
  readonly step: Leaf;
  readonly episodes: EpisodeBatch<Leaf>;
};

/** What one outer update returns. */
export type MetaStepOutput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: Tree<Leaf>;
  /** The values of {@link MetaStep.reportNames}, float32 [M]. */
  readonly report: Leaf;
};

/** One outer update as a recordable function. */
export interface MetaStep {
  /** The recordable update: state and episodes in, next state and report out. */
  readonly run: (input: MetaStepInput, rng: Rng) => MetaStepOutput;
  /**
   * Names of the numbers in `report`: `loss` first where the learner has one, `gradientNorm`, then the
   * learner's own metrics. Known once `run` has been called, which an executor does at least once.
   */
  reportNames(): readonly string[];
}

type OuterGradient = {
  readonly gradient: Tree<Tensor>;
  readonly report: ReadonlyMap<string, Scalar>;
};

/**
 * One outer update of a learner: θ ← θ + change(∇θ L(θ), ...), as one pure function of flat vectors, to be run
 * eagerly or compiled.
 *
 * Gradients are taken with respect to θ's leaves and then joined; a leaf that the loss does not use has gradient
 * zero. Second derivatives are the learner's business: code that takes an inner gradient calls `nn`, which
 * repairs TensorFlow.js's second derivatives first, and core, which may not import `nn`, takes the outer one
 * through whatever is registered.
 *
 * @param spec - of the training episodes.
 * @param thetaSpec - structure of θ, as returned by `flattenTree`.
 * @throws `INVALID_PLUGIN` if the learner has no outer gradient, or no optimiser to apply it with.
 */
export function metaStep(learner: EpisodicLearner, spec: EpisodeSpec, thetaSpec: TreeSpec): MetaStep {
  const { optimizer } = learner;
  if (!isMetaTrained(learner) || optimizer === undefined) {
    throw new TasklearnError(
      'INVALID_PLUGIN',
      'metaStep: a learner that is meta-trained needs `metaLoss` or `metaGradient`, and an `optimizer`.',
      { path: optimizer === undefined ? 'optimizer' : 'metaLoss' },
    );
  }
  let names: readonly string[] = [];
  const run = ({ theta, optimizer: state, step, episodes }: MetaStepInput, rng: Rng): MetaStepOutput => {
    const tree = unflattenTree(theta, thetaSpec);
    const { gradient, report } = outerGradient(learner, tree, episodes, rng, spec);
    const vector = flatGradient(gradient, thetaSpec); // [P]
    const next = optimizer.update(vector, state, theta, step);
    const numbers = new Map(report).set('gradientNorm', norm(vector));
    names = [...numbers.keys()].sort(byReportOrder);
    const values = names.map((name) => tf.reshape(numbers.get(name) as Scalar, [1]));
    return { theta: tf.add(theta, next.change), optimizer: next.state, report: tf.concat(values) };
  };
  return { run, reportNames: () => names };
}

/** Whether the loop trains this learner: it has a loss or a gradient of its own. */
export function isMetaTrained(learner: EpisodicLearner): boolean {
  return learner.metaLoss !== undefined || learner.metaGradient !== undefined;
}

function flatGradient(gradient: Tree<Tensor>, thetaSpec: TreeSpec): Tensor {
  const { vector, spec } = flattenTree(gradient);
  const wrong = thetaSpec.leaves.find(({ path, size }, index) => {
    const leaf = spec.leaves[index];
    return leaf?.path !== path || leaf.size !== size;
  });
  if (wrong === undefined && spec.leaves.length === thetaSpec.leaves.length) return vector;
  throw structureMismatch('metaGradient', wrong?.path ?? '', "the gradient to have θ's structure", 'another');
}

/** √Σ x², []. */
function norm(vector: Tensor): Scalar {
  return tf.sqrt(tf.sum(tf.square(vector))) as Scalar;
}

function byReportOrder(a: string, b: string): number {
  const rank = (name: string) => (name === 'loss' ? 0 : name === 'gradientNorm' ? 1 : 2);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function outerGradient(
  learner: EpisodicLearner,
  theta: Tree<Tensor>,
  episodes: EpisodeBatch,
  rng: Rng,
  spec: EpisodeSpec,
): OuterGradient {
  if (learner.metaGradient !== undefined) {
    const { gradient, metrics } = learner.metaGradient(theta, episodes, rng, spec);
    return { gradient, report: new Map(Object.entries(metrics)) };
  }
  const metaLoss = learner.metaLoss as NonNullable<EpisodicLearner['metaLoss']>;
  return lossGradient(theta, () => metaLoss.call(learner, theta, episodes, rng, spec));
}

function lossGradient(theta: Tree<Tensor>, metaLoss: () => MetaLoss): OuterGradient {
  const kept = new Map<string, Scalar>();
  const leaves = leavesOf(theta);
  const forward = () => {
    const { loss, metrics } = metaLoss();
    assertScalar(loss);
    // The gradient's own scope ends before metrics are read: keep them across it.
    for (const [name, metric] of Object.entries(metrics)) kept.set(name, tf.keep(metric.clone()));
    return loss;
  };
  try {
    // tf.valueAndGrads refuses leaves that the loss does not use; the engine's own function gives null.
    const { value, grads } = tf.engine().gradients(forward, leaves, undefined, true);
    const gradients = leaves.map((leaf, index) => grads[index] ?? tf.zerosLike(leaf));
    const report = new Map([...kept].map(([name, metric]) => [name, metric.clone()] as const));
    return { gradient: treeFromLeaves(theta, gradients), report: report.set('loss', value as Scalar) };
  } finally {
    for (const metric of kept.values()) metric.dispose();
  }
}

function assertScalar(loss: Tensor): void {
  if (loss.rank === 0) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `metaLoss: \`loss\` must be a scalar, got shape [${loss.shape}]. Take the mean over tasks.`,
    { expected: [], received: loss.shape },
  );
}
