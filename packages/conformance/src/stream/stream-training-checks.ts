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
import { isEmpty, live, type StreamSubject, trainShortly } from './stream-subject.js';

/** Meta-training on lifetimes, where a learner has any. */
export function streamTrainingChecks(subject: StreamSubject): readonly Check[] {
  const { deterministic } = subject.descriptor.capabilities;
  const trainings = {
    id: subject.id,
    what: 'meta-training',
    told: 'losses',
    updates: subject.updates,
    train: (given = {}) => trainShortly(subject, given),
  };
  if (!subject.isTrained) return [];
  return [
    ...(deterministic
      ? [
          { name: 'same seed, same meta-training', run: () => demandSameTraining(trainings) },
          {
            name: 'a resumed meta-training continues bit for bit',
            run: async () => void (await demandResumable(trainings)),
          },
        ]
      : []),
    {
      name: 'meta-trained parameters are finite and all that lifetimes need',
      run: () => demandSuffice(subject),
    },
    { name: 'leaks no tensor per update', run: () => demandNoLeak(subject) },
  ];
}

/** A new instance lives the same from parameters that were in a file. */
async function demandSuffice(subject: StreamSubject): Promise<void> {
  const { theta, reports } = await trainShortly(subject);
  demandFinite(`${subject.id}: parameters`, theta);
  demandFinite(`${subject.id}: losses`, reports);
  demand(!isEmpty(theta), `${subject.id}: meta-training gives no parameters.`);
  const bytes = encodeCheckpoint({ tensors: { theta }, metadata: null });
  const { theta: read } = decodeCheckpoint(bytes).tensors as { readonly theta: Tree<HostTensor> };
  const own = await live(subject, { parameters: theta });
  const other = await live(subject, { parameters: read });
  const what = `${subject.id}: a lifetime with parameters and with the same ones from a file`;
  demandIdentical(what, own.predictions, other.predictions);
}

/** The first training may fill caches. */
async function demandNoLeak(subject: StreamSubject): Promise<void> {
  const executor = eagerExecutor();
  const left = async (updates: number) => {
    const before = tf.memory().numTensors;
    await trainShortly(subject, { updates, executor });
    return tf.memory().numTensors - before;
  };
  await left(1);
  const leaked = await left(subject.updates);
  demand(leaked <= 0, `${subject.id}: leaves ${leaked} tensors behind in ${subject.updates} updates.`, {
    leaked,
  });
}

/** The same meta-training, and the same lifetime, on every executor. */
export function streamExecutorCheck(subject: StreamSubject, tolerance: number): Check {
  return {
    name: 'executors agree',
    async run() {
      const { executors, id, isTrained } = subject;
      const parameters = await subject.parameters();
      let first: Tree<HostTensor> | undefined;
      for (const executor of executors) {
        const { predictions } = await live(subject, { executor, parameters });
        const found: Tree<HostTensor> = isTrained
          ? [...predictions, (await trainShortly(subject, { executor, updates: 2 })).theta]
          : predictions;
        first ??= found;
        demandClose(`${id}: '${executors[0].name}' and '${executor.name}'`, first, found, tolerance);
      }
    },
  };
}
