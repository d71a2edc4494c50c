import {
  decodeCheckpoint,
  eagerExecutor,
  encodeCheckpoint,
  type HostTensor,
  type Json,
  packProgress,
  packState,
  type StreamAgent,
  type StreamProgress,
  type Tree,
  unpackProgress,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandIdentical } from '../compare.js';
import {
  checkRng,
  firstLifetime,
  host,
  type Lived,
  live,
  openAgent,
  type StreamSubject,
} from './stream-subject.js';

/** States: seeds, purity, files, memory, and what they hold. */
export function streamStateChecks(subject: StreamSubject): readonly Check[] {
  const { deterministic } = subject.descriptor.capabilities;
  return [
    ...(deterministic
      ? [
          { name: 'same seed, same numbers', run: () => demandSame(subject) },
          { name: 'lifetimes know nothing of each other', run: () => demandApart(subject) },
          {
            name: 'a lifetime resumed from its state continues bit for bit',
            run: () => demandResumable(subject),
          },
        ]
      : []),
    { name: 'leaves states as they are', run: () => demandImmutable(subject) },
    { name: 'holds no more items than it declares', run: () => demandDeclared(subject) },
    { name: 'counts every item that it keeps', run: () => demandCounted(subject) },
    { name: 'keeps its ledger', run: () => demandLedger(subject) },
    { name: 'leaks no tensor per step', run: () => demandNoLeak(subject) },
  ];
}

/** Numbers of a lifetime as a tree. */
function numbersOf({ result, predictions }: Lived): Tree<HostTensor> {
  return [
    ...predictions,
    host(result.steps.map(({ loss }) => loss)),
    host(result.scores.flat().map(({ loss }) => loss)),
    host(result.steps.map(({ storedItems }) => storedItems)),
  ];
}

async function demandSame(subject: StreamSubject): Promise<void> {
  const [first, second] = [await live(subject, { matrix: true }), await live(subject, { matrix: true })];
  demandIdentical(`${subject.id}: two lifetimes from the same seed`, numbersOf(first), numbersOf(second));
}

/** An agent that has lived another lifetime lives this one as a new agent does. */
async function demandApart(subject: StreamSubject): Promise<void> {
  const fresh = await live(subject);
  const agent = await openAgent(subject);
  try {
    const other = subject.distribution.stream('test', 1, checkRng().split('streams'));
    await live(subject, { agent, stream: other });
    const after = await live(subject, { agent });
    const what = `${subject.id}: a lifetime of a new agent and of one that has lived before`;
    demandIdentical(what, numbersOf(fresh), numbersOf(after));
  } finally {
    agent.dispose();
  }
}

async function demandResumable(subject: StreamSubject): Promise<void> {
  const files: Uint8Array[] = [];
  const every = Math.max(1, Math.floor(firstLifetime(subject).length / 3));
  const to = async (progress: StreamProgress) => {
    const packed = packProgress(progress);
    const advice =
      'Use objects, arrays, typed arrays, numbers and texts; release nothing that a state still needs.';
    demand(packed !== undefined, `${subject.id}: states must be plain data to be saved. ${advice}`);
    if (packed !== undefined) files.push(encodeCheckpoint(packed));
  };
  const whole = await live(subject, { matrix: true, save: { every, to } });
  for (const file of files) {
    const from = unpackProgress(decodeCheckpoint(file));
    const rest = await live(subject, { matrix: true, from });
    const before = from.steps.length;
    const what = `${subject.id}: a lifetime in one piece and one resumed after ${before} steps`;
    demandIdentical(
      what,
      numbersOf(whole),
      numbersOf({ ...rest, predictions: [...whole.predictions.slice(0, before), ...rest.predictions] }),
    );
  }
}

const textOf = (state: unknown): string | undefined => {
  const packed = packState(state);
  if (packed === undefined) return undefined;
  const { bits } = packed.tensors as { readonly bits: HostTensor };
  return `${JSON.stringify(packed.metadata as Json)} ${bits.data.join()}`;
};

/** Observing, predicting and ending a task change no state that was there before. */
async function demandImmutable(subject: StreamSubject): Promise<void> {
  const agent = await openAgent(subject);
  const seen: { readonly state: unknown; readonly text: string | undefined }[] = [];
  const note = (state: unknown): void => void seen.push({ state, text: textOf(state) });
  const watched: StreamAgent = {
    ...agent,
    predict(state, ...rest) {
      note(state);
      return agent.predict(state, ...rest);
    },
    observe(state, ...rest) {
      note(state);
      return agent.observe(state, ...rest);
    },
    ...(agent.endTask === undefined
      ? {}
      : {
          endTask(state, rng) {
            note(state);
            return (agent.endTask as NonNullable<StreamAgent['endTask']>)(state, rng);
          },
        }),
    release: () => undefined, // Until they have been compared.
  };
  try {
    await live(subject, { agent: watched });
    for (const { state, text } of seen)
      demand(
        text === textOf(state),
        `${subject.id}: a state changed after the next one was made from it. Make a new one instead.`,
      );
  } finally {
    for (const state of new Set(seen.map((each) => each.state))) agent.release(state);
    agent.dispose();
  }
}

async function demandDeclared(subject: StreamSubject): Promise<void> {
  const { spec } = subject.distribution;
  const { storage } = subject.create().needs(spec);
  const { peakStoredItems } = (await live(subject)).result;
  demand(
    peakStoredItems <= storage,
    `${subject.id}: declares that it keeps ${storage} items at most, and kept ${peakStoredItems}.`,
    { declared: storage, kept: peakStoredItems },
  );
}

/** Pairs of numbers that stand next to each other in a state. */
function neighboursIn(state: unknown): Set<string> {
  const pairs = new Set<string>();
  const visit = (value: unknown): void => {
    if (value instanceof Float32Array || value instanceof Float64Array) {
      for (let at = 1; at < value.length; at += 1) pairs.add(`${value[at - 1]} ${value[at]}`);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(state);
  return pairs;
}

/** Items that were shown are looked for in the state: random inputs do not get there by chance. */
async function demandCounted(subject: StreamSubject): Promise<void> {
  const agent = await openAgent(subject);
  const shown: string[] = [];
  const watched: StreamAgent = {
    ...agent,
    async observe(state, step, targets, rng) {
      const size = step.inputs.data.length / (step.inputs.shape[0] as number);
      for (let first = 0; size > 1 && first < step.inputs.data.length; first += size)
        shown.push(`${step.inputs.data[first]} ${step.inputs.data[first + 1]}`);
      const next = await agent.observe(state, step, targets, rng);
      const pairs = neighboursIn(next);
      const found = new Set(shown.filter((pair) => pairs.has(pair))).size;
      const counted = agent.storedItems(next);
      demand(
        found <= counted,
        `${subject.id}: holds ${found} items that it was shown, and counts ${counted} in \`storedItems\`.`,
        { found, counted },
      );
      return next;
    },
  };
  try {
    await live(subject, { agent: watched });
  } finally {
    agent.dispose();
  }
}

async function demandLedger(subject: StreamSubject): Promise<void> {
  const agent = await openAgent(subject);
  let before = 0;
  const watched: StreamAgent = {
    ...agent,
    async observe(...given) {
      const next = await agent.observe(...given);
      const { parameters, gradients } = agent.ledger?.(next) ?? { parameters: 1, gradients: before };
      demand(
        Number.isInteger(parameters) && parameters > 0 && Number.isFinite(gradients) && gradients >= before,
        `${subject.id}: a ledger holds a whole number of parameters and gradients that only grow; got ${parameters} and ${gradients}, after ${before}.`,
        { parameters, gradients, before },
      );
      before = gradients;
      return next;
    },
  };
  try {
    await live(subject, { agent: watched });
  } finally {
    agent.dispose();
  }
}

/** The first lifetime may fill caches. */
async function demandNoLeak(subject: StreamSubject): Promise<void> {
  const executor = eagerExecutor();
  await subject.parameters();
  const left = async () => {
    const before = tf.memory().numTensors;
    await live(subject, { executor, matrix: true });
    return tf.memory().numTensors - before;
  };
  await left();
  const leaked = await left();
  demand(leaked <= 0, `${subject.id}: leaves ${leaked} tensors behind in a lifetime.`, { leaked });
}
