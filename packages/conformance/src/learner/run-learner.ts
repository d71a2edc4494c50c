import {
  createRng,
  disposeTree,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Executor,
  type HostTensor,
  isMetaTrained,
  metaStep,
  packHostTree,
  type Rng,
  type Support,
  type Tree,
  toHost,
  treeSpec,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Predictions of a learner on the host. */
export type Predictions = {
  /** [T, Q, N] or [T, Q, ...target.shape]. */
  readonly means: HostTensor;
  /** [T, Q]. */
  readonly logProbabilities: HostTensor;
  /** As targets. */
  readonly samples: HostTensor;
  readonly entropies?: HostTensor;
  readonly variances?: HostTensor;
};

/** An outer gradient, and the numbers reported with it. */
export type OuterGradient = {
  readonly gradient: HostTensor;
  readonly report: Readonly<Record<string, number>>;
};

/** The stream of every check: what it draws never depends on which checks are run. */
export function checkRng(): Rng {
  return createRng('conformance');
}

/** θ as `init` gives it, on the host. */
export async function initialTheta(
  learner: EpisodicLearner,
  spec: EpisodeSpec,
  rng: Rng = checkRng().split('init'),
): Promise<Tree<HostTensor>> {
  const theta = tf.tidy(() => learner.init(spec, rng) as tf.TensorContainer) as Tree<Tensor>;
  const hosted = await toHost(theta);
  disposeTree(theta);
  return hosted as Tree<HostTensor>;
}

/** Episodes of split `train`. */
export function trainEpisodes(
  distribution: EpisodicDistribution,
  count: number,
  first = 0,
): EpisodeBatch<HostTensor> {
  return distribution.episodes('train', first, count, checkRng().split('episodes'));
}

/**
 * φ = adapt(θ, support), then everything a prediction can tell. Log-probabilities are asked for first, so that a
 * prediction that took note of targets would show it.
 */
export async function predict(
  executor: Executor,
  learner: EpisodicLearner,
  spec: EpisodeSpec,
  theta: Tree<HostTensor>,
  episodes: { readonly support: Support<HostTensor>; readonly query: EpisodeBatch<HostTensor>['query'] },
  rng: Rng = checkRng().split('noise'),
): Promise<Predictions> {
  type Input = {
    readonly theta: Tree<Tensor>;
    readonly support: Support;
    readonly inputs: Tensor;
    readonly targets: Tensor;
  };
  const prepared = executor.prepare(
    ({ theta, support, inputs, targets }: Input, noise) => {
      const phi = learner.adapt(theta, support, noise.split('adapt'), spec);
      const prediction = learner.predict(theta, phi, inputs, noise.split('predict'), spec);
      const logProbabilities = prediction.logProbability(targets);
      const entropies = prediction.entropy?.();
      const variances = prediction.variance?.();
      return {
        means: prediction.mean(),
        logProbabilities,
        samples: prediction.sample(noise.split('sample')),
        ...(entropies === undefined ? {} : { entropies }),
        ...(variances === undefined ? {} : { variances }),
      };
    },
    { name: 'adapt and predict' },
  );
  try {
    const { support, query } = episodes;
    return (await prepared.run(
      { theta, support, inputs: query.inputs, targets: query.targets },
      rng,
    )) as Predictions;
  } finally {
    prepared.dispose();
  }
}

/** The learner's outer gradient as a function of θ [P] and episodes. The caller disposes. */
export function prepareOuterGradient(
  executor: Executor,
  learner: EpisodicLearner,
  spec: EpisodeSpec,
  theta: Tree<HostTensor>,
): {
  run(theta: HostTensor, episodes: EpisodeBatch<HostTensor>, rng: Rng): Promise<OuterGradient>;
  dispose(): void;
} {
  const thetaSpec = treeSpec(theta);
  // An optimiser whose state is the gradient hands it out without rounding it into θ.
  const update = (gradient: Tensor) => ({ change: tf.zerosLike(gradient), state: { gradient } });
  const step = metaStep(Object.create(learner, { optimizer: { value: { update } } }), spec, thetaSpec);
  const prepared = executor.prepare(step.run, { name: 'outer gradient' });
  const zeros: HostTensor = {
    dtype: 'float32',
    shape: [thetaSpec.size],
    data: new Float32Array(thetaSpec.size),
  };
  const zero: HostTensor = { dtype: 'float32', shape: [], data: new Float32Array(1) };
  return {
    async run(vector, episodes, rng) {
      const input = { theta: vector, optimizer: { gradient: zeros }, step: zero, episodes };
      const output = (await prepared.run(input as never, rng)) as unknown as {
        readonly optimizer: { readonly gradient: HostTensor };
        readonly report: HostTensor;
      };
      const report = step.reportNames().map((name, at) => [name, output.report.data[at] as number] as const);
      return { gradient: output.optimizer.gradient, report: Object.fromEntries(report) };
    },
    dispose: () => prepared.dispose(),
  };
}

/** One outer gradient; `undefined` for a learner that has none. */
export async function outerGradient(
  executor: Executor,
  learner: EpisodicLearner,
  spec: EpisodeSpec,
  theta: Tree<HostTensor>,
  episodes: EpisodeBatch<HostTensor>,
  rng: Rng = checkRng().split('update'),
): Promise<OuterGradient | undefined> {
  if (!isMetaTrained(learner)) return undefined;
  const prepared = prepareOuterGradient(executor, learner, spec, theta);
  try {
    return await prepared.run(packHostTree(theta).vector, episodes, rng);
  } finally {
    prepared.dispose();
  }
}
