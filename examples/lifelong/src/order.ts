import {
  createRng,
  type HostTensor,
  type Rng,
  runStream,
  type Stream,
  type StreamLearner,
  type StreamSpec,
} from '@tasklearn/core';
import { createOnlineSgd } from '@tasklearn/lifelong';
import { compiledExecutor } from '@tasklearn/runtime';
import type { ImagePart, ImageSource } from '@tasklearn/tasks';
import { spread } from './spread.js';

const ITEMS = 1000;
const TEST_ITEMS = 1000;
const BATCH = 10;

/** Classes of the two tasks: those of A are among those of B. */
const tasks = { A: [0, 1], B: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } as const;
type TaskName = keyof typeof tasks;

function draw(source: ImageSource, part: ImagePart, classes: readonly number[], count: number, rng: Rng) {
  const order = rng.permutation(source.count(part));
  return order.filter((index) => classes.includes(source.label(part, index))).subarray(0, count);
}

function batch(source: ImageSource, part: ImagePart, items: Int32Array) {
  const size = source.side ** 2;
  const data = new Float32Array(items.length * size);
  for (const [place, index] of items.entries()) source.write(part, index, data, place * size);
  const inputs: HostTensor = { dtype: 'float32', shape: [items.length, size], data };
  const labels = Int32Array.from(items, (index) => source.label(part, index));
  const targets: HostTensor = { dtype: 'int32', shape: [items.length], data: labels };
  return { inputs, targets };
}

/** The tasks one after another; items of a task are the same wherever it comes. */
function lifetime(
  source: ImageSource,
  order: readonly TaskName[],
  rng: Rng,
): { spec: StreamSpec; stream: Stream } {
  const items = order.map((name) => {
    const own = rng.split(name);
    const take = (part: ImagePart, count: number) => draw(source, part, tasks[name], count, own.split(part));
    return { train: take('train', ITEMS), test: take('test', TEST_ITEMS) };
  });
  const perTask = ITEMS / BATCH;
  return {
    spec: {
      input: { shape: [source.side ** 2], dtype: 'float32' },
      target: { kind: 'classification', classes: source.classes },
      loss: 'crossEntropy',
      order: 'piecewise',
      boundaries: 'discrete',
      boundariesKnown: false,
      batchSize: BATCH,
      tasks: order.length,
      storage: 0,
    },
    stream: {
      length: order.length * perTask,
      step(t) {
        const task = Math.floor(t / perTask);
        const first = (t % perTask) * BATCH;
        const own = (items[task] as (typeof items)[number]).train.subarray(first, first + BATCH);
        return { ...batch(source, 'train', own), task };
      },
      testSet: (task) => batch(source, 'test', (items[task] as (typeof items)[number]).test),
    },
  };
}

/** R, accuracies [after][task]. */
async function live(learner: StreamLearner, source: ImageSource, order: readonly TaskName[], seed: number) {
  const rng = createRng('order').split(seed);
  const { spec, stream } = lifetime(source, order, rng.split('data'));
  const executor = compiledExecutor({ threads: 1 });
  const agent = await learner.openAgent(undefined, { spec, executor, rng: rng.split('agent') });
  try {
    const { scores } = await runStream({ agent, spec, stream, rng: rng.split('life') });
    return scores.map((row) => row.map(({ accuracy = 0 }) => accuracy));
  } finally {
    agent.dispose();
  }
}

/**
 * Transfer depends on the order: two digits first and all ten afterwards, and the other way round. Forward: accuracy on the second task
 * less that of learning it alone. Backward: what the second task did to the first.
 */
export async function compareOrders(source: ImageSource, seeds: number): Promise<readonly string[]> {
  const learner = createOnlineSgd({ optimizer: { learningRate: 0.03 } }) as StreamLearner;
  const lines: string[] = [];
  for (const order of [
    ['A', 'B'],
    ['B', 'A'],
  ] as const) {
    const found = { forward: [] as number[], backward: [] as number[], alone: [] as number[] };
    for (let seed = 0; seed < seeds; seed += 1) {
      const both = await live(learner, source, order, seed);
      const alone = (await live(learner, source, [order[1]], seed))[1]?.[0] as number;
      found.alone.push(alone);
      found.forward.push((both[2]?.[1] as number) - alone);
      found.backward.push((both[2]?.[0] as number) - (both[1]?.[0] as number));
    }
    lines.push(
      `${order.join(' → ')}: ${order[1]} alone ${spread(found.alone)}, forward ${spread(found.forward)}, backward ${spread(found.backward)}`,
    );
  }
  return lines;
}
