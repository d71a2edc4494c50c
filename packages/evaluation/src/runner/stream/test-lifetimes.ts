import {
  type Checkpoint,
  type CheckpointStore,
  decodeCheckpoint,
  encodeCheckpoint,
  type HostTensor,
  type Json,
  packProgress,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamProgress,
  type StreamResult,
  type StreamSpec,
  type Tree,
  unpackProgress,
} from '@tasklearn/core';
import type { StreamMetric } from '../../plan/plan.js';
import type { EvaluationRow } from '../../rows/evaluation-row.js';
import type { MetricName } from '../../rows/metrics.js';
import type { CellTest, TestSetting } from '../cell-kind.js';
import { testStream } from '../test-stream.js';
import { lifetimeRows } from './lifetime-rows.js';
import type { StreamCell } from './stream-cell.js';

type Costs = Readonly<Partial<Record<MetricName, number>>>;

/** What is remembered of lifetimes that are over. */
interface Lived {
  /** By the ranking metric: one for each task, or one for each lifetime. */
  readonly scores: readonly number[];
  readonly costs: Costs;
}

/** How far a test is. */
interface TestProgress {
  readonly lived: readonly Lived[];
  /** The lifetime under way, where it can be resumed. */
  readonly current?: StreamProgress;
}

const FORMAT = 'tasklearn lifetimes 1';

function encode({ lived, current }: TestProgress): Uint8Array | undefined {
  const packed = current === undefined ? undefined : packProgress(current);
  if (current !== undefined && packed === undefined) return undefined; // A state that is no plain data.
  return encodeCheckpoint({
    tensors: packed?.tensors ?? {},
    metadata: {
      format: FORMAT,
      lived: lived as unknown as Json,
      ...(packed === undefined ? {} : { current: packed.metadata }),
    },
  });
}

async function load(store: CheckpointStore | undefined): Promise<TestProgress> {
  const bytes = await store?.load();
  if (bytes === undefined) return { lived: [] };
  const { tensors, metadata } = decodeCheckpoint(bytes);
  const { lived, current } = metadata as unknown as { lived: readonly Lived[]; current?: Json };
  if (current === undefined) return { lived };
  const packed: Checkpoint = { tensors: tensors as Tree<HostTensor>, metadata: current };
  return { lived, current: unpackProgress(packed) };
}

/** Bytes of an item with its target. */
function itemBytes({ input, target }: StreamSpec): number {
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  return 4 * (size(input.shape) + (target.kind === 'classification' ? 1 : size(target.shape)));
}

function costsOf(spec: StreamSpec, result: StreamResult): Costs {
  const { peakStoredItems, peakStateBytes, ledger, learningSeconds } = result;
  return {
    storedItems: peakStoredItems,
    storedBytes: peakStoredItems * itemBytes(spec),
    ...(peakStateBytes === undefined ? {} : { stateBytes: peakStateBytes }),
    ...(ledger === undefined ? {} : { parameters: ledger.parameters, gradients: ledger.gradients }),
    learningTime: learningSeconds,
  };
}

/** The mean over lifetimes of every cost. */
function meanCosts(lived: readonly Lived[]): Costs {
  const names = Object.keys(lived[0]?.costs ?? {}) as MetricName[];
  return Object.fromEntries(
    names.map((name) => [name, lived.reduce((sum, { costs }) => sum + (costs[name] ?? 0), 0) / lived.length]),
  );
}

/** Values of the ranking metric that hold for the whole lifetime. */
function scoresOf(rows: readonly EvaluationRow[], metric: StreamMetric): number[] {
  return rows.flatMap((row) =>
    row.metric === metric && row.after === undefined && row.step === undefined ? (row.value ?? []) : [],
  );
}

/** One lifetime, from where it was interrupted; keeps how far it is. */
async function live(
  { cell, distributions }: StreamCell,
  { plan, store, onTask, signal }: TestSetting,
  { lived, current }: TestProgress,
  agent: StreamAgent,
): Promise<{ readonly stream: Stream; readonly result: StreamResult }> {
  const rng = testStream(cell.seed);
  const stream = distributions.test.stream('test', lived.length, rng.split('streams'));
  const before = lived.length * stream.length;
  const result = await runStream({
    agent,
    spec: distributions.test.spec,
    stream,
    rng: rng.split('lifetime').split(lived.length),
    onStep: ({ step }) => onTask?.(before + step + 1),
    ...(signal === undefined ? {} : { signal }),
    ...(current === undefined ? {} : { from: current }),
    ...(store === undefined
      ? {}
      : {
          save: {
            every: plan.checkpointEvery,
            async to(progress) {
              const bytes = encode({ lived, current: progress });
              if (bytes !== undefined) await store.save(bytes);
            },
          },
        }),
  });
  return { stream, result };
}

async function testAll(
  cell: StreamCell,
  setting: TestSetting,
  agent: StreamAgent,
): Promise<readonly Lived[]> {
  const { plan, update, row, write, store } = setting;
  const { spec } = cell.distributions.test;
  const { lifetimes = 1, metric = 'onlineLoss' } = plan.stream ?? {};
  let progress = await load(store);
  let savedAt = progress.lived.length;
  while (progress.lived.length < lifetimes) {
    const lifetime = progress.lived.length;
    const { stream, result } = await live(cell, setting, progress, agent);
    const request = { spec, stream, result, lifetime, update, window: plan.logEvery, row };
    const rows = lifetimeRows(request);
    for (const each of rows) await write(each);
    const scores = scoresOf(rows, metric);
    progress = { lived: [...progress.lived, { scores, costs: costsOf(spec, result) }] };
    if ((lifetime + 1 - savedAt) * stream.length < plan.checkpointEvery) continue;
    savedAt = lifetime + 1;
    await store?.save(encode(progress) as Uint8Array);
  }
  return progress.lived;
}

/**
 * Tests a stream cell: lives lifetimes of the test split and writes their rows. Where a store is lent, a test that was interrupted
 * goes on from the step that was saved last, bit for bit on the same executor.
 *
 * @throws the signal's reason if it is aborted; whatever the learner throws.
 */
export async function testLifetimes(cell: StreamCell, setting: TestSetting): Promise<CellTest> {
  const { tester, distributions } = cell;
  const { plan, theta, executor } = setting;
  const { spec } = distributions.test;
  const parameters = tester.needs(spec).metaTraining ? theta : undefined;
  const rng = testStream(cell.cell.seed).split('agent');
  const agent = await tester.openAgent(parameters, { spec, executor, rng });
  try {
    const lived = await testAll(cell, setting, agent);
    return {
      metric: plan.stream?.metric ?? 'onlineLoss',
      scores: lived.flatMap(({ scores }) => scores),
      examples: {},
      costs: meanCosts(lived),
    };
  } finally {
    agent.dispose();
  }
}
