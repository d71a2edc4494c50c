import {
  decodeCheckpoint,
  eagerExecutor,
  encodeCheckpoint,
  type HostTensor,
  type Tree,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandClose, demandFinite, demandIdentical } from '../compare.js';
import { demandResumable, demandSameTraining } from '../training-agreement.js';
import { type JointSubject, predictTest, trainShortly } from './joint-subject.js';

/** How a joint learner trains: seeds, checkpoints, memory, executors, and that it pays. */
export function jointTrainingChecks(
  subject: JointSubject,
  learning: { readonly updates: number },
  tolerance: number,
): readonly Check[] {
  const { deterministic } = subject.descriptor.capabilities;
  const trainings = {
    id: subject.id,
    what: 'training',
    told: 'losses',
    updates: subject.updates,
    train: (given = {}) => trainShortly(subject, given),
  };
  return [
    ...(deterministic
      ? [
          { name: 'same seed, same numbers', run: () => demandSameTraining(trainings) },
          {
            name: 'a resumed training continues bit for bit',
            run: async () => void (await demandResumable(trainings)),
          },
        ]
      : []),
    { name: 'parameters and losses are finite', run: () => demandFiniteNumbers(subject) },
    { name: 'parameters are all that predictions need', run: () => demandParametersSuffice(subject) },
    { name: 'leaks no tensor per update', run: () => demandNoLeak(subject) },
    {
      name: 'learns every task better than a constant',
      run: () => demandLearning(subject, learning.updates),
    },
    ...(subject.executors.length > 1
      ? [{ name: 'executors agree', run: () => demandAgreement(subject, tolerance) }]
      : []),
  ];
}

const treeOf = (results: Awaited<ReturnType<typeof predictTest>>): Tree<HostTensor> =>
  results.map(({ means, losses }) => ({
    means,
    losses: { dtype: 'float32', shape: [losses.length], data: losses } as HostTensor,
  }));

async function demandFiniteNumbers(subject: JointSubject): Promise<void> {
  const { learner, theta, reports } = await trainShortly(subject);
  demandFinite(`${subject.id}: parameters`, theta);
  demandFinite(`${subject.id}: losses`, reports);
  demandFinite(`${subject.id}: predictions`, treeOf(await predictTest(subject, learner, theta)));
}

/** Another instance predicts the same from parameters that were in a file. */
async function demandParametersSuffice(subject: JointSubject): Promise<void> {
  const { learner, theta } = await trainShortly(subject);
  const bytes = encodeCheckpoint({ tensors: { theta }, metadata: null });
  const read = decodeCheckpoint(bytes).tensors as {
    readonly theta: { readonly [part: string]: Tree<HostTensor> };
  };
  const whole = { shared: {}, perTask: {}, ...read.theta }; // An empty tree leaves nothing in a file.
  const own = await predictTest(subject, learner, theta);
  const other = await predictTest(subject, subject.create(), whole);
  demandIdentical(
    `${subject.id}: predictions of the instance that was trained and of another`,
    treeOf(own),
    treeOf(other),
  );
}

/** The first training may fill caches. */
async function demandNoLeak(subject: JointSubject): Promise<void> {
  const executor = eagerExecutor();
  const left = async (updates: number) => {
    const before = tf.memory().numTensors;
    const { learner, theta } = await trainShortly(subject, { updates, executor });
    await predictTest(subject, learner, theta, executor);
    return tf.memory().numTensors - before;
  };
  await left(1);
  const leaked = await left(subject.updates);
  demand(
    leaked <= 0,
    `${subject.id}: leaves ${leaked} tensors behind in ${subject.updates} updates and a test.`,
    {
      leaked,
    },
  );
}

async function demandAgreement(subject: JointSubject, tolerance: number): Promise<void> {
  const { executors, id } = subject;
  let first: { readonly theta: Tree<HostTensor>; readonly found: Tree<HostTensor> } | undefined;
  for (const executor of executors) {
    const { learner, theta, reports } = await trainShortly(subject, { executor, updates: 2 });
    const predicted = await predictTest(subject, learner, first?.theta ?? theta, executor);
    const found = { theta, reports, predictions: treeOf(predicted) };
    first ??= { theta, found };
    demandClose(`${id}: '${executors[0].name}' and '${executor.name}'`, first.found, found, tolerance);
  }
}

/** Σ |y − ŷ|² over items, classes as one-hot vectors; and that of the best constant. */
function squaredErrors({ means, targets }: Awaited<ReturnType<typeof predictTest>>[number]) {
  const items = means.shape[0] as number;
  const size = means.data.length / items;
  const isClasses = targets.dtype === 'int32';
  const wanted = (item: number, at: number) =>
    isClasses ? Number(targets.data[item] === at) : (targets.data[item * size + at] as number);
  let [error, constant] = [0, 0];
  for (let at = 0; at < size; at += 1) {
    const own = Array.from({ length: items }, (_, item) => wanted(item, at));
    const centre = own.reduce((sum, value) => sum + value, 0) / items;
    for (const [item, value] of own.entries()) {
      error += (value - (means.data[item * size + at] as number)) ** 2;
      constant += (value - centre) ** 2;
    }
  }
  return { error, constant };
}

async function demandLearning(subject: JointSubject, updates: number): Promise<void> {
  const { learner, theta } = await trainShortly(subject, { updates });
  for (const result of await predictTest(subject, learner, theta)) {
    const { error, constant } = squaredErrors(result);
    demand(
      error < 0.5 * constant, // NaN fails.
      `${subject.id}: after ${updates} updates the squared error of task '${result.task.id}' must be below half of the best constant's, ${constant}; it is ${error}.`,
      { task: result.task.id, error, constant },
    );
  }
}
