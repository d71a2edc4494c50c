import {
  createRng,
  type HostTensor,
  type Stream,
  type StreamAgent,
  type StreamInputs,
} from '@tasklearn/core';
import { type Check, demand } from '../check.js';
import { demandClose, demandFinite, demandIdentical } from '../compare.js';
import { firstLifetime, live, openAgent, type StreamSubject } from './stream-subject.js';

const TOLERANCE = 1e-4;

/** What predictions are made of, and what they must not know. */
export function streamPredictionChecks(subject: StreamSubject): readonly Check[] {
  return [
    { name: 'predictions fit the targets', run: () => demandFitting(subject) },
    {
      name: 'predictions of an item do not depend on other items',
      run: () => demandItemsIndependent(subject),
    },
    { name: 'sees no target before it has predicted', run: () => demandNoPeeking(subject) },
    { name: 'leaves what it was given and what it gave as they are', run: () => demandUntouched(subject) },
  ];
}

async function demandFitting(subject: StreamSubject): Promise<void> {
  const { id, distribution } = subject;
  const { target, batchSize } = distribution.spec;
  const { predictions } = await live(subject);
  demandFinite(`${id}: predictions`, predictions);
  const expected = [batchSize, ...(target.kind === 'classification' ? [target.classes] : target.shape)];
  for (const { shape, data } of predictions) {
    demand(
      shape.join() === expected.join(),
      `${id}: predictions of a step must have the shape [${expected}], got [${shape}].`,
      { expected, received: shape },
    );
    if (target.kind === 'classification') demandProbabilities(id, data, target.classes);
  }
}

function demandProbabilities(id: string, data: HostTensor['data'], classes: number): void {
  for (let first = 0; first < data.length; first += classes) {
    const own = [...data.subarray(first, first + classes)];
    const sum = own.reduce((total, value) => total + value, 0);
    demand(
      Math.abs(sum - 1) < 1e-3 && own.every((value) => value >= 0),
      `${id}: predictions of classes must be probabilities that sum to 1, got ${own.join(', ')}.`,
      { received: own },
    );
  }
}

/** Items [first, first + count). */
function cut({ dtype, shape, data }: HostTensor, first: number, count: number): HostTensor {
  const size = data.length / (shape[0] as number);
  return {
    dtype,
    shape: [count, ...shape.slice(1)],
    data: data.slice(first * size, (first + count) * size) as Float32Array,
  };
}

/** What is shown of a step, with its label where the stream tells it. */
function shown({ distribution }: StreamSubject, inputs: HostTensor, task: number): StreamInputs {
  return distribution.spec.boundariesKnown ? { inputs, taskLabel: task } : { inputs };
}

async function demandItemsIndependent(subject: StreamSubject): Promise<void> {
  const agent = await openAgent(subject);
  try {
    const stream = firstLifetime(subject);
    const { inputs, targets, task } = stream.step(0);
    const first = agent.begin(createRng(0));
    const state = await agent.observe(first, shown(subject, inputs, task), targets, createRng(1));
    const { inputs: next, task: nextTask } = stream.step(1);
    const predict = (own: HostTensor) => agent.predict(state, shown(subject, own, nextTask), createRng(2));
    const whole = await predict(next);
    const items = next.shape[0] as number;
    const half = Math.ceil(items / 2);
    for (const [start, count] of [
      [0, half],
      [half, items - half],
    ] as const) {
      if (count === 0) continue;
      const part = await predict(cut(next, start, count));
      const what = `${subject.id}: predictions of items in a batch and apart`;
      demandClose(what, cut(whole, start, count), part, TOLERANCE);
    }
    agent.release(state);
  } finally {
    agent.dispose();
  }
}

/** The step with its inputs and other targets side by side in one buffer, where whoever looks around finds them. */
function tempting(step: ReturnType<Stream['step']>, change: boolean, subject: StreamSubject) {
  const { inputs, targets, task } = step;
  const { target } = subject.distribution.spec;
  const data = targets.data.map((value) => {
    if (!change) return value;
    return target.kind === 'classification' ? (value + 1) % target.classes : value + 7;
  });
  const buffer = new ArrayBuffer(inputs.data.byteLength + 4 * data.length);
  const own = new Float32Array(buffer, 0, inputs.data.length);
  own.set(inputs.data);
  const View = targets.dtype === 'int32' ? Int32Array : Float32Array;
  const beside = new View(buffer, inputs.data.byteLength, data.length);
  beside.set(data);
  return { inputs: { ...inputs, data: own }, targets: { ...targets, data: beside }, task } as ReturnType<
    Stream['step']
  >;
}

/** What is predicted of a step is the same whatever its target, and those after it, turn out to be. */
async function demandNoPeeking(subject: StreamSubject): Promise<void> {
  const stream = firstLifetime(subject);
  const at = Math.floor(stream.length / 2);
  const lifetime = (change: boolean) =>
    live(subject, {
      stream: {
        length: at + 1,
        step: (t) => tempting(stream.step(t), change && t >= at, subject),
      },
    });
  const [truth, other] = [await lifetime(false), await lifetime(true)];
  demandIdentical(
    `${subject.id}: predictions of a step with one target and with another`,
    truth.predictions,
    other.predictions,
  );
}

/** An agent that is watched: inputs, targets and predictions are compared with copies at the end. */
async function demandUntouched(subject: StreamSubject): Promise<void> {
  const agent = await openAgent(subject);
  const given: { readonly what: string; readonly tensor: HostTensor; readonly copy: HostTensor }[] = [];
  const watch = (what: string, tensor: HostTensor): void => {
    given.push({ what, tensor, copy: { ...tensor, data: tensor.data.slice() as Float32Array } });
  };
  const watched: StreamAgent = {
    ...agent,
    async predict(state, step, rng) {
      watch('inputs', step.inputs);
      const means = await agent.predict(state, step, rng);
      watch('predictions', means);
      return means;
    },
    observe(state, step, targets, rng) {
      watch('targets', targets);
      return agent.observe(state, step, targets, rng);
    },
  };
  try {
    await live(subject, { agent: watched });
  } finally {
    agent.dispose();
  }
  for (const { what, tensor, copy } of given)
    demandIdentical(`${subject.id}: ${what} when they were given and at the end`, copy, tensor);
}
