import {
  type EpisodeSpec,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Executor,
  type HostTensor,
  type LabelledSet,
  type Rng,
  requireInteger,
  type Split,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { SampledPredictive } from '../engine/sampled-predictive.js';
import { type Acquisition, acquisitionScores } from './acquisition.js';
import { copyItem, itemsBetween, withRoom } from './host-items.js';

/** What a run of active learning needs. */
export interface ActiveLearningOptions {
  readonly learner: EpisodicLearner;
  /** θ on the host. */
  readonly theta: Tree<HostTensor>;
  /** Its query sets are split: the first `pool` items may be asked about, the others measure. */
  readonly distribution: EpisodicDistribution;
  readonly split: Split;
  /** Index of the first task; 0 unless told. */
  readonly first?: number;
  /** T, tasks, all at once. */
  readonly count: number;
  /** P, unlabelled items per task, >= 1 and fewer than the query items. */
  readonly pool: number;
  /** R, labels to ask for, one after the other: 1 .. P. */
  readonly rounds: number;
  /** What is asked next; `random` for any item that is left. */
  readonly acquisition: Acquisition | 'random';
  readonly executor: Executor;
  /** Tasks come from `rng.split('episodes')`, as when evaluating, and noise and chance from other streams. */
  readonly rng: Rng;
}

/** How well a learner does after each label. */
export interface ActiveLearningResult {
  /** Accuracy for classes, mean squared error for numbers. */
  readonly metric: 'accuracy' | 'squaredError';
  /** The metric on the measuring items of every task after r labels: [R + 1][T]. */
  readonly scores: readonly Float32Array[];
  /** −log p(y | x, D) on the same items, nats, mean over them: [R + 1][T]. */
  readonly losses: readonly Float32Array[];
  /** Which item of the pool was asked about: [R][T]. */
  readonly asked: readonly Int32Array[];
}

type RoundInput = {
  readonly theta: Tree<Tensor>;
  readonly labelled: LabelledSet;
  readonly pool: Tensor;
  /** 1 for items that may still be asked about, [T, P]. */
  readonly available: Tensor;
  readonly measured: LabelledSet;
};

/** What one round gives, on the host. */
type Measured = Readonly<Record<'scores' | 'score' | 'loss', HostTensor>>;

/** Score per task: share of hits, or squared error. */
function scoreOf(spec: EpisodeSpec, means: Tensor, targets: Tensor): Tensor {
  const tasks = means.shape[0] as number;
  if (spec.target.kind === 'regression')
    return tf.mean(tf.square(means.sub(targets)).reshape([tasks, -1]), 1);
  return tf.mean(tf.equal(tf.argMax(means, 2), targets.cast('int32')).cast('float32'), 1);
}

/** Adapt to what is labelled, measure, and score the pool: one recordable function for all rounds. */
function round({ learner, acquisition }: ActiveLearningOptions, spec: EpisodeSpec) {
  return ({ theta, labelled, pool, available, measured }: RoundInput, rng: Rng) => {
    const phi = learner.adapt(theta, { labelled }, rng.split('adapt'), spec);
    const predict = (inputs: Tensor) => learner.predict(theta, phi, inputs, rng.split('predict'), spec);
    const after = predict(measured.inputs);
    const scores =
      acquisition === 'random'
        ? available.add(0)
        : acquisitionScores(predict(pool) as SampledPredictive, acquisition, available);
    return {
      scores,
      score: scoreOf(spec, after.mean(), measured.targets),
      loss: tf.neg(tf.mean(after.logProbability(measured.targets), 1)),
    };
  };
}

/** The item to ask about: the best score, ties to the first; at random among those left otherwise. */
function choose(scores: ArrayLike<number>, available: ArrayLike<number>, random: Rng | undefined): number {
  const left = Array.from({ length: available.length }, (_, at) => at).filter((at) => available[at] === 1);
  if (random !== undefined) return left[random.integer(left.length)] as number;
  return left.reduce(
    (best, at) => ((scores[at] as number) > (scores[best] as number) ? at : best),
    left[0] as number,
  );
}

/** What is asked, what is known and what measures, at the start. */
function setUp({ distribution, split, first = 0, count, pool, rounds, rng }: ActiveLearningOptions) {
  const { support, query } = distribution.episodes(split, first, count, rng.split('episodes'));
  const { inputs, targets } = support.labelled;
  const shots = inputs.shape[1] as number;
  const total = shots + rounds;
  const all = distribution.spec.querySize;
  const queryItems = (from: number, to: number) => ({
    inputs: itemsBetween(query.inputs, from, to),
    targets: itemsBetween(query.targets, from, to),
  });
  const flags = (items: number, on: number): HostTensor => ({
    dtype: 'float32',
    shape: [count, items],
    data: Float32Array.from({ length: count * items }, (_, at) => (at % items < on ? 1 : 0)),
  });
  return {
    spec: { ...distribution.spec, supportSize: total } satisfies EpisodeSpec,
    shots,
    asking: queryItems(0, pool),
    measured: queryItems(pool, all),
    labelled: {
      inputs: withRoom(inputs, rounds),
      targets: withRoom(targets, rounds),
      mask: flags(total, shots),
    },
    available: flags(pool, pool),
  };
}

/** Asks for one label of every task and adds it to what is known. */
function ask(
  { asking, labelled, available, shots }: ReturnType<typeof setUp>,
  labels: number,
  scores: HostTensor,
  chance: Rng | undefined,
): Int32Array {
  const [count, pool] = available.shape as [number, number];
  return Int32Array.from({ length: count }, (_, task) => {
    const own = ({ data }: HostTensor) => data.subarray(task * pool, (task + 1) * pool);
    const item = choose(own(scores), own(available), chance);
    available.data[task * pool + item] = 0;
    labelled.mask.data[task * (labelled.mask.shape[1] as number) + shots + labels] = 1;
    for (const key of ['inputs', 'targets'] as const)
      copyItem(asking[key], item, labelled[key], shots + labels, task);
    return item;
  });
}

/**
 * Learns by asking: adapts to the support set, asks for the label of one item of a pool, adapts again, R times, on many tasks
 * at once. Shapes stay: labelled sets have room for all R items, and a mask says which count. The learner must accept masks.
 *
 * @throws `INVALID_OPTION` for a count out of range; `UNSUPPORTED_TASK` where predictions have no such score.
 * @see Finn, Xu, Levine. Probabilistic Model-Agnostic Meta-Learning. NeurIPS 2018, section 5, and Yoon et al. Bayesian
 * Model-Agnostic Meta-Learning. NeurIPS 2018, section 5.3, for this protocol.
 */
export async function activeLearning(options: ActiveLearningOptions): Promise<ActiveLearningResult> {
  const { distribution, count, pool, rounds, acquisition, executor, rng } = options;
  requireInteger('activeLearning', { count }, 'count');
  requireInteger('activeLearning', { pool }, 'pool', 1, distribution.spec.querySize - 1);
  requireInteger('activeLearning', { rounds }, 'rounds', 1, pool);
  const state = setUp(options);
  const { spec, labelled, asking, available, measured } = state;
  const prepared = executor.prepare(round(options, spec), { name: 'ask' });
  const [scores, losses, asked]: [Float32Array[], Float32Array[], Int32Array[]] = [[], [], []];
  try {
    for (let labels = 0; labels <= rounds; labels++) {
      const given = { theta: options.theta, labelled, pool: asking.inputs, available, measured };
      const found = (await prepared.run(
        given as never,
        rng.split('noise').split(labels),
      )) as unknown as Measured;
      scores.push(Float32Array.from(found.score.data));
      losses.push(Float32Array.from(found.loss.data));
      if (labels === rounds) break;
      const chance = acquisition === 'random' ? rng.split('chance').split(labels) : undefined;
      asked.push(ask(state, labels, found.scores, chance));
    }
  } finally {
    prepared.dispose();
  }
  const metric = spec.target.kind === 'regression' ? 'squaredError' : 'accuracy';
  return { metric, scores, losses, asked };
}
