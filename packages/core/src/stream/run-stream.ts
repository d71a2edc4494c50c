import { TasklearnError } from '../errors.js';
import type { Rng } from '../randomness/rng.js';
import type { HostTensor } from '../tree/tree.js';
import type { Stream, StreamAgent, StreamInputs, StreamSpec } from './stream-learner.js';

/** How a batch was predicted, before its targets were revealed. */
export interface StreamScore {
  /** Mean over its items: −log p(y) of a classification, in nats; squared error of a regression. */
  readonly loss: number;
  /** Share of items classified rightly; absent for a regression. */
  readonly accuracy?: number;
}

/** One step of a lifetime. */
export interface StreamStep extends StreamScore {
  readonly step: number;
  /** The task the items truly belong to. */
  readonly task: number;
  /** Items the learner held after it. */
  readonly storedItems: number;
}

/** A lifetime, lived. */
export interface StreamResult {
  /** In order: predicted first, observed afterwards. */
  readonly steps: readonly StreamStep[];
  /** Tasks in the order in which they ended. */
  readonly order: readonly number[];
  /**
   * R: row i is measured after the i-th task has ended, row 0 before the first step; column j is the test set of task j.
   * Empty where the stream has no test sets, or `matrix` is false.
   */
  readonly scores: readonly (readonly StreamScore[])[];
  /** Seconds spent in `observe` and `endTask`. */
  readonly learningSeconds: number;
  /** Largest number of items held. */
  readonly peakStoredItems: number;
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

/** Scores mean predictions [B, ...]: probabilities of classes, or numbers. */
export function scoreStream(
  spec: Pick<StreamSpec, 'target'>,
  means: HostTensor,
  targets: HostTensor,
): StreamScore {
  const count = targets.shape[0] as number;
  if (spec.target.kind === 'regression') {
    let sum = 0;
    for (let index = 0; index < means.data.length; index += 1)
      sum += ((means.data[index] as number) - (targets.data[index] as number)) ** 2;
    return { loss: sum / count };
  }
  const classes = means.data.length / count;
  let loss = 0;
  let right = 0;
  for (let item = 0; item < count; item += 1) {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    const label = targets.data[item] as number;
    loss -= Math.log(Math.max(row[label] as number, 1e-30));
    if (row.indexOf(Math.max(...row) as never) === label) right += 1;
  }
  return { loss: loss / count, accuracy: right / count };
}

/** Scores the test set of every task; the label of a task is told only where the stream tells it. */
async function scoreTestSets(options: RunStreamOptions, state: unknown, rng: Rng): Promise<StreamScore[]> {
  const { agent, spec, stream, testBatch = 500 } = options;
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

function overBudget(stored: number, { storage }: StreamSpec): TasklearnError {
  return new TasklearnError(
    'UNSUPPORTED_TASK',
    `runStream: the learner holds ${stored} items, and the stream allows ${storage}. It declared otherwise: this is a fault of the learner.`,
    { expected: storage, received: stored },
  );
}

/**
 * Lives one lifetime: at every step the learner predicts, is scored, and only then is shown the targets. Where a task ends,
 * the test sets of all tasks are scored.
 *
 * @throws `UNSUPPORTED_TASK` if the learner holds more items than the stream allows; whatever the learner throws.
 */
export async function runStream(options: RunStreamOptions): Promise<StreamResult> {
  const { agent, spec, stream, rng, onStep, signal, matrix = true } = options;
  const steps: StreamStep[] = [];
  const order: number[] = [];
  const scores: (readonly StreamScore[])[] = [];
  const scored = matrix && stream.testSet !== undefined;
  let learningSeconds = 0;
  let state = agent.begin(rng.split('begin'));
  /** Moves on to the state that `next` makes, and frees the one before. */
  const move = async (next: Promise<unknown>) => {
    const began = performance.now();
    const made = await next;
    learningSeconds += (performance.now() - began) / 1000;
    if (made !== state) agent.release(state);
    state = made;
  };
  try {
    if (scored) scores.push(await scoreTestSets(options, state, rng.split('test').split(0)));
    for (let t = 0; t < stream.length; t += 1) {
      signal?.throwIfAborted();
      const { inputs, targets, task } = stream.step(t);
      const step = shown(spec, inputs, task);
      const stepRng = rng.split('step').split(t);
      const means = await agent.predict(state, asked(spec, inputs, task), stepRng.split('predict'));
      const score = scoreStream(spec, means, targets);
      await move(agent.observe(state, step, targets, stepRng.split('observe')));
      const storedItems = agent.storedItems(state);
      if (storedItems > spec.storage) throw overBudget(storedItems, spec);
      const lived = { step: t, task, ...score, storedItems };
      steps.push(lived);
      onStep?.(lived);
      const ended =
        spec.boundaries === 'discrete' && (t + 1 === stream.length || stream.step(t + 1).task !== task);
      if (!ended) continue;
      order.push(task);
      if (spec.boundariesKnown && agent.endTask !== undefined)
        await move(agent.endTask(state, stepRng.split('end')));
      if (scored) scores.push(await scoreTestSets(options, state, rng.split('test').split(order.length)));
    }
  } finally {
    agent.release(state);
  }
  const peakStoredItems = steps.reduce((most, { storedItems }) => Math.max(most, storedItems), 0);
  return { steps, order, scores, learningSeconds, peakStoredItems };
}
