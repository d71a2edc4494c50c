import {
  type CheckpointStore,
  createJointEvaluator,
  createRng,
  disposeTree,
  type Executor,
  type FinishedEvent,
  type HostTensor,
  type JointBatch,
  type JointDistribution,
  type JointLearner,
  type JointLearnerDescriptor,
  type JointParameters,
  jointSampler,
  type Rng,
  type TrainingEvent,
  type Tree,
  toDevice,
  toHost,
  trainJoint,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** The joint learner under check, and what it is checked with. */
export type JointSubject = {
  /** For messages. */
  readonly id: string;
  readonly descriptor: JointLearnerDescriptor;
  readonly distribution: JointDistribution;
  /** The first runs whatever needs no other. */
  readonly executors: readonly [Executor, ...Executor[]];
  /** Updates of a short training. */
  readonly updates: number;
  readonly batchSize: number;
  /** A new instance, with no memory of another. */
  create(): JointLearner;
};

/** What a short training may be told apart from the subject. */
type Short = {
  readonly learner?: JointLearner;
  readonly executor?: Executor;
  readonly updates?: number;
  readonly store?: CheckpointStore;
};

/** A short training: θ and the numbers of each update. */
export async function trainShortly(subject: JointSubject, given: Short = {}) {
  const { learner = subject.create(), executor = subject.executors[0], store } = given;
  const { updates = subject.updates } = given;
  const reports: Tree<HostTensor>[] = [];
  let last: TrainingEvent | undefined;
  for await (const event of trainJoint({
    learner,
    distribution: subject.distribution,
    executor,
    seed: 'conformance',
    updates,
    batchSize: subject.batchSize,
    ...(store === undefined ? {} : { store }),
  })) {
    if (event.kind === 'update') reports.push(host([event.loss ?? 0, ...Object.values(event.metrics)]));
    last = event;
  }
  return { learner, theta: (last as FinishedEvent).last, reports };
}

function host(numbers: readonly number[]): HostTensor {
  return { dtype: 'float32', shape: [numbers.length], data: Float32Array.from(numbers) };
}

/** Means and losses of every task on the test items, as a tree. */
export async function predictTest(
  { distribution, executors, batchSize }: JointSubject,
  learner: JointLearner,
  theta: Tree<HostTensor>,
  executor: Executor = executors[0],
) {
  const evaluator = createJointEvaluator({ learner, distribution, executor, batchSize });
  const results = await evaluator.evaluate({ theta, split: 'test' });
  evaluator.dispose();
  return results;
}

/** The stream of every check. */
export function checkRng(): Rng {
  return createRng('conformance');
}

/** The first training batch, on the host. */
export function trainingBatch({ distribution, batchSize }: JointSubject): JointBatch<HostTensor> {
  return jointSampler({ distribution, split: 'train', batchSize })(0, checkRng());
}

/**
 * Calls `use` with θ as `init` gives it and the batch, all on the device, and gives back its tensors on the host. Nothing is
 * left behind.
 */
export async function onDevice(
  { distribution }: JointSubject,
  learner: JointLearner,
  batch: JointBatch<HostTensor>,
  use: (theta: JointParameters, batch: JointBatch) => Tree<Tensor>,
): Promise<Tree<HostTensor>> {
  const found = tf.tidy(() => {
    const theta = learner.init(distribution.spec, checkRng().split('init'));
    const device = toDevice(batch as unknown as Tree<HostTensor>) as unknown as JointBatch;
    return use(theta, device) as tf.TensorContainer;
  }) as Tree<Tensor>;
  const hosted = (await toHost(found)) as Tree<HostTensor>;
  disposeTree(found);
  return hosted;
}
