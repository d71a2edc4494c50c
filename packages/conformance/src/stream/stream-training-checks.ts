import {
  decodeCheckpoint,
  eagerExecutor,
  encodeCheckpoint,
  type HostTensor,
  memoryCheckpointStore,
  type Tree,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandClose, demandFinite, demandIdentical } from '../compare.js';
import { isEmpty, live, type StreamSubject, trainShortly } from './stream-subject.js';

/** Meta-training on lifetimes, where a learner has any. */
export function streamTrainingChecks(subject: StreamSubject): readonly Check[] {
  const { deterministic } = subject.descriptor.capabilities;
  if (!subject.isTrained) return [];
  return [
    ...(deterministic
      ? [
          { name: 'same seed, same meta-training', run: () => demandSameTraining(subject) },
          { name: 'a resumed meta-training continues bit for bit', run: () => demandResumable(subject) },
        ]
      : []),
    {
      name: 'meta-trained parameters are finite and all that lifetimes need',
      run: () => demandSuffice(subject),
    },
    { name: 'leaks no tensor per update', run: () => demandNoLeak(subject) },
  ];
}

async function demandSameTraining(subject: StreamSubject): Promise<void> {
  const [first, second] = [await trainShortly(subject), await trainShortly(subject)];
  const what = `${subject.id}: two meta-trainings from the same seed`;
  demandIdentical(`${what}, losses`, first.reports, second.reports);
  demandIdentical(`${what}, parameters`, first.theta, second.theta);
}

/** A run that stops after each update and is taken up by a new instance makes the numbers of one that does not. */
async function demandResumable(subject: StreamSubject): Promise<void> {
  const whole = await trainShortly(subject);
  const store = memoryCheckpointStore();
  const reports: Tree<HostTensor>[] = [];
  let last = whole;
  for (let updates = 1; updates <= subject.updates; updates += 1) {
    last = await trainShortly(subject, { updates, store });
    reports.push(...last.reports);
  }
  const what = `${subject.id}: a meta-training in one piece and one resumed after each update`;
  demandIdentical(`${what}, losses`, whole.reports, reports);
  demandIdentical(`${what}, parameters`, whole.theta, last.theta);
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
