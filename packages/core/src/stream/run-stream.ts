import { TasklearnError } from '../errors.js';
import type { Rng } from '../randomness/rng.js';
import type { HostTensor } from '../tree/tree.js';
import { stateBytes } from './plain-state.js';
import { type StreamScore, scoreStream } from './score-stream.js';
import type { Stream, StreamAgent, StreamInputs, StreamLedger, StreamSpec } from './stream-learner.js';
import type { StreamProgress, StreamStep } from './stream-progress.js';

/** A lifetime, lived. */
export interface StreamResult extends Omit<StreamProgress, 'state' | 'stateBytes'> {
  /** Largest number of items held. */
  readonly peakStoredItems: number;
  /**
   * Bytes of the numbers in the learner's state (parameters, optimiser, memories), the most at any end of a task and at the end of the
   * lifetime; absent where the state is no plain data.
   */
  readonly peakStateBytes?: number;
  /** What the learner tells of itself at the end; absent where it does not. */
  readonly ledger?: StreamLedger;
}

/** What {@link runStream} needs. */
export interface RunStreamOptions {
  readonly agent: StreamAgent;
  readonly spec: StreamSpec;
  readonly stream: Stream;
  readonly rng: Rng;
  /** Whether test sets are scored after every task. Default true. */
  readonly matrix?: boolean;
  /** Items of a test set that are predicted at once. Default 500. */
  readonly testBatch?: number;
  /** Called after every step. */
  readonly onStep?: (step: StreamStep) => void;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
  /** Where an interrupted lifetime is taken up, bit for bit on the same executor. Its state is released. */
  readonly from?: StreamProgress;
  /** Told of the lifetime after every so many steps, and when it is stopped by the signal. */
  readonly save?: {
    /** Steps, from the first of the lifetime. */
    readonly every: number;
    /** Keeps the lifetime so far; the next step waits for it. */
    to(progress: StreamProgress): Promise<void>;
  };
}

/** A lifetime being lived. */
interface Life {
  state: unknown;
  readonly steps: StreamStep[];
  readonly order: number[];
  readonly scores: (readonly StreamScore[])[];
  learningSeconds: number;
  /** The most so far. */
  stateBytes: number | undefined;
}

/** A slice of items [first, first + count) of a tensor [B, ...]. */
function items({ dtype, shape, data }: HostTensor, first: number, count: number): HostTensor {
  const size = data.length / (shape[0] as number);
  return {
    dtype,
    shape: [count, ...shape.slice(1)],
    data: data.slice(first * size, (first + count) * size) as Float32Array,
  };
}

/** Scores the test set of every task; the label of a task is told only where the stream tells it. */
async function scoreTestSets(
  options: RunStreamOptions,
  { state, order, steps }: Life,
): Promise<StreamScore[]> {
  const { agent, spec, stream, testBatch = 500 } = options;
  const rng = options.rng.split('test').split(order.length);
  const scores: StreamScore[] = [];
  for (let task = 0; task < spec.tasks; task += 1) {
    const { inputs, targets } = (stream.testSet as NonNullable<Stream['testSet']>)(task);
    const count = targets.shape[0] as number;
    let [loss, accuracy] = [0, 0];
    for (let first = 0; first < count; first += testBatch) {
      const size = Math.min(testBatch, count - first);
      const step = asked(spec, items(inputs, first, size), task);
      const means = await agent.predict(state, step, rng.split(task).split(first));
      const score = scoreStream(spec, means, items(targets, first, size));
      refuseBroken(score, steps.length);
      loss += (score.loss * size) / count;
      accuracy += ((score.accuracy ?? 0) * size) / count;
    }
    scores.push(spec.target.kind === 'classification' ? { loss, accuracy } : { loss });
  }
  return scores;
}

function shown(spec: StreamSpec, inputs: HostTensor, task: number): StreamInputs {
  return spec.boundariesKnown ? { inputs, taskLabel: task } : { inputs };
}

/** What is shown where a prediction is asked for. */
function asked(spec: StreamSpec, inputs: HostTensor, task: number): StreamInputs {
  return spec.taskLabels === 'learning' ? { inputs } : shown(spec, inputs, task);
}

/** Predictions of a learner that has diverged are no numbers, and would count as wrong ones. */
function refuseBroken({ loss }: StreamScore, step: number): void {
  if (Number.isFinite(loss)) return;
  throw new TasklearnError(
    'NOT_FINITE',
    `runStream: the loss of predictions must be finite, got ${loss} after ${step} steps. Lower the learning rate, or the strength of what protects.`,
    { quantity: 'loss', value: loss, step },
  );
}

function overBudget(what: string, limit: number, received: number): TasklearnError {
  return new TasklearnError(
    'UNSUPPORTED_TASK',
    `runStream: the learner ${what}, and the stream allows ${limit}. It declared otherwise: this is a fault of the learner.`,
    { expected: limit, received },
  );
}

/** Charges what a learner holds and computes against what the stream allows. */
function charge({ agent, spec }: RunStreamOptions, { state, steps }: Life): number {
  const stored = agent.storedItems(state);
  if (stored > spec.storage) throw overBudget(`holds ${stored} items`, spec.storage, stored);
  const { gradientsPerItem: limit } = spec;
  const ledger = limit === undefined ? undefined : agent.ledger?.(state);
  if (limit !== undefined && ledger !== undefined) {
    const perItem = ledger.gradients / ((steps.length + 1) * spec.batchSize);
    if (perItem > limit) throw overBudget(`evaluates ${perItem} gradients per item`, limit, perItem);
  }
  return stored;
}

/** Moves on to the state that `next` makes, and frees the one before. */
async function move(agent: StreamAgent, life: Life, next: Promise<unknown>): Promise<void> {
  const began = performance.now();
  const made = await next;
  life.learningSeconds += (performance.now() - began) / 1000;
  if (made !== life.state) agent.release(life.state);
  life.state = made;
}

/** Step t: predicts, is scored, is shown the targets. */
async function liveStep(options: RunStreamOptions, life: Life, t: number): Promise<void> {
  const { agent, spec, stream, rng, onStep } = options;
  const { inputs, targets, task } = stream.step(t);
  const stepRng = rng.split('step').split(t);
  const means = await agent.predict(life.state, asked(spec, inputs, task), stepRng.split('predict'));
  const score = scoreStream(spec, means, targets);
  refuseBroken(score, t);
  const step = shown(spec, inputs, task);
  await move(agent, life, agent.observe(life.state, step, targets, stepRng.split('observe')));
  const lived = { step: t, task, ...score, storedItems: charge(options, life) };
  life.steps.push(lived);
  onStep?.(lived);
  const last = t + 1 === stream.length;
  if (spec.boundaries === 'discrete' && (last || stream.step(t + 1).task !== task))
    await endTask(options, life, task, stepRng.split('end'));
  else if (last) measure(life);
}

function measure(life: Life): void {
  const bytes = stateBytes(life.state);
  if (bytes !== undefined) life.stateBytes = Math.max(life.stateBytes ?? 0, bytes);
}

async function endTask(options: RunStreamOptions, life: Life, task: number, rng: Rng): Promise<void> {
  const { agent, spec } = options;
  measure(life); // Before what was kept for the end is thrown away.
  life.order.push(task);
  if (spec.boundariesKnown && agent.endTask !== undefined)
    await move(agent, life, agent.endTask(life.state, rng));
  measure(life);
  if (isScored(options)) life.scores.push(await scoreTestSets(options, life));
}

function isScored({ matrix = true, stream }: RunStreamOptions): boolean {
  return matrix && stream.testSet !== undefined;
}

function begin({ agent, rng, from }: RunStreamOptions): Life {
  if (from === undefined) {
    const state = agent.begin(rng.split('begin'));
    return { state, steps: [], order: [], scores: [], learningSeconds: 0, stateBytes: undefined };
  }
  const { state, steps, order, scores, learningSeconds, stateBytes: bytes } = from;
  const lived = { steps: [...steps], order: [...order], scores: [...scores] };
  return { state, ...lived, learningSeconds, stateBytes: bytes };
}

function progressOf({ stateBytes: bytes, steps, order, scores, ...life }: Life): StreamProgress {
  const lived = { steps: [...steps], order: [...order], scores: [...scores] };
  return { ...life, ...lived, ...(bytes === undefined ? {} : { stateBytes: bytes }) };
}

/**
 * Lives one lifetime: at every step the learner predicts, is scored, and only then is shown the targets. Where a task ends,
 * the test sets of all tasks are scored.
 *
 * Every random number is a function of `rng` and the step, so that a lifetime that was interrupted and taken up from what it saved
 * makes the same numbers as one that was not.
 *
 * @throws `NOT_FINITE` if what it predicts has no finite loss; `UNSUPPORTED_TASK` if it holds more items, or evaluates more gradients, than the stream allows; the signal's
 *   reason if it is aborted; whatever the learner throws.
 */
export async function runStream(options: RunStreamOptions): Promise<StreamResult> {
  const { agent, stream, signal, save } = options;
  const life = begin(options);
  try {
    if (isScored(options) && life.scores.length === 0) life.scores.push(await scoreTestSets(options, life));
    for (let t = life.steps.length; t < stream.length; t += 1) {
      if (signal?.aborted === true && t > 0) await save?.to(progressOf(life));
      signal?.throwIfAborted();
      await liveStep(options, life, t);
      if (save !== undefined && (t + 1) % save.every === 0) await save.to(progressOf(life));
    }
    const { steps, order, scores, learningSeconds, stateBytes: bytes } = life;
    const ledger = agent.ledger?.(life.state);
    return {
      ...{ steps, order, scores, learningSeconds },
      peakStoredItems: steps.reduce((most, { storedItems }) => Math.max(most, storedItems), 0),
      ...(bytes === undefined ? {} : { peakStateBytes: bytes }),
      ...(ledger === undefined ? {} : { ledger }),
    };
  } finally {
    agent.release(life.state);
  }
}
