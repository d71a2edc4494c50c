import {
  createRegistry,
  createRng,
  type HostTensor,
  type PartialOptions,
  type StreamDistribution,
} from '@tasklearn/core';
import { createFollowTheMetaLeader, type FollowTheMetaLeaderOptions } from '@tasklearn/lifelong';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { tasksPlugin } from '@tasklearn/tasks/node';
import { flagOf } from './flag-of.js';
import { meanOfSeeds, rowFile } from './rows.js';

/** A small network, to first order: what a million inner steps may cost. */
const shared: PartialOptions<FollowTheMetaLeaderOptions> = {
  network: { architecture: 'mlp', hidden: [100, 64] },
  optimizer: { learningRate: 3e-3 },
  outerSteps: 10,
  tasks: 4,
  innerSteps: 3,
  innerRate: 0.3,
  order: 1,
  adaptSteps: 5,
};

const arms: Readonly<Record<string, PartialOptions<FollowTheMetaLeaderOptions>>> = {
  'follow the meta-leader': shared,
  'train on everything': { ...shared, innerSteps: 0, adaptSteps: 0 },
  'train on everything, fine-tune': { ...shared, innerSteps: 0, adaptSteps: 20 },
  'from scratch': { ...shared, outerSteps: 0, adaptSteps: 50 },
};

/** A task of a lifetime. */
interface Row {
  readonly arm: string;
  readonly seed: number;
  /** Tasks seen before. */
  readonly round: number;
  /** Test accuracy after 0, 10, 20, ... items of the task. */
  readonly accuracies: readonly number[];
  readonly seconds: number;
}

/** Items of the task after which the test accuracy first reaches a threshold; one step more than there were where it never does. */
function itemsTo(threshold: number, { accuracies }: Row, batch: number): number {
  const step = accuracies.findIndex((accuracy) => accuracy >= threshold);
  return batch * (step < 0 ? accuracies.length : step);
}

function accuracyOf(means: HostTensor, targets: HostTensor): number {
  const count = targets.shape[0] as number;
  const classes = means.data.length / count;
  let right = 0;
  for (let item = 0; item < count; item += 1) {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    if (row.indexOf(Math.max(...row) as never) === targets.data[item]) right += 1;
  }
  return right / count;
}

/** Learns tasks one after another; asks for the test set of the task at hand before it begins and after every step. */
async function lifetime(
  distribution: StreamDistribution,
  options: PartialOptions<FollowTheMetaLeaderOptions>,
  seed: number,
  done: (round: number, accuracies: readonly number[]) => void,
): Promise<void> {
  const { spec } = distribution;
  const rng = createRng(seed);
  const executor = compiledExecutor({ threads: 1 });
  const agent = await createFollowTheMetaLeader(options).openAgent(undefined, { spec, executor, rng });
  const stream = distribution.stream('test', 0, rng.split('stream'));
  let state = agent.begin(rng.split('begin'));
  const asked = async (task: number) => {
    const { inputs, targets } = (stream.testSet as NonNullable<typeof stream.testSet>)(task);
    return accuracyOf(await agent.predict(state, { inputs, taskLabel: task }, rng), targets);
  };
  let accuracies: number[] = [];
  for (let t = 0; t < stream.length; t += 1) {
    const { inputs, targets, task } = stream.step(t);
    if (accuracies.length === 0) accuracies.push(await asked(task));
    state = await agent.observe(state, { inputs, taskLabel: task }, targets, rng.split('step').split(t));
    accuracies.push(await asked(task));
    if (t + 1 < stream.length && stream.step(t + 1).task === task) continue;
    done(task, accuracies);
    accuracies = [];
  }
  agent.dispose();
}

function summary(rows: readonly Row[], threshold: number, batch: number): string[] {
  const blocks = 4;
  const rounds = Math.max(...rows.map(({ round }) => round)) + 1;
  const lines = [...new Set(rows.map(({ arm }) => arm))].map((arm) => {
    const cells = Array.from({ length: blocks }, (_, block) => {
      const within = (row: Row) => Math.floor((row.round * blocks) / rounds) === block;
      const own = rows.filter((row) => row.arm === arm && within(row));
      const seeds = [...new Set(own.map(({ seed }) => seed))];
      const each = seeds.map((seed) => {
        const counted = own.filter((row) => row.seed === seed).map((row) => itemsTo(threshold, row, batch));
        return counted.reduce((sum, value) => sum + value, 0) / counted.length;
      });
      return meanOfSeeds(each);
    });
    return `| ${[arm, ...cells].join(' | ')} |`;
  });
  const names = Array.from(
    { length: blocks },
    (_, block) => `rounds ${(block * rounds) / blocks + 1} to ${((block + 1) * rounds) / blocks}`,
  );
  return [
    `Items to an accuracy of ${threshold}:`,
    `| arm | ${names.join(' | ')} |`,
    `|${' --- |'.repeat(blocks + 1)}`,
    ...lines,
  ];
}

/** Items that a new task needs, after so many tasks: every arm and seed that the file of rows does not have yet. */
export async function metaLeader(flags: readonly string[]): Promise<void> {
  enableHigherOrderGradients();
  const number = (name: string, fallback: number) => Number(flagOf(flags, name, String(fallback)));
  const batch = 10;
  const sizes = {
    look: flagOf(flags, 'look', 'plain'),
    relabel: flagOf(flags, 'relabel', 'true') === 'true',
    tasks: number('tasks', 24),
    itemsPerTask: number('items', 120),
    testItems: 200,
    batchSize: batch,
    side: 14,
  };
  const distribution = (await createRegistry([tasksPlugin]).createDistribution(
    'rainbow-mnist',
    sizes,
  )) as StreamDistribution;
  const file = rowFile<Row>(flagOf(flags, 'rows', 'runs/unannounced-boundaries/meta-leader.jsonl'), (row) =>
    [row.arm, row.seed, row.round].join('|'),
  );
  for (const seed of flagOf(flags, 'seeds', '0,1,2').split(',').map(Number))
    for (const arm of flagOf(flags, 'arms', Object.keys(arms).join(';')).split(';')) {
      const last = { arm, seed, round: sizes.tasks - 1, accuracies: [], seconds: 0 };
      if (file.has(last)) continue;
      const began = performance.now();
      const found: Row[] = [];
      await lifetime(distribution, arms[arm] as object, seed, (round, accuracies) => {
        const seconds = (performance.now() - began) / 1000;
        found.push({ arm, seed, round, accuracies, seconds });
        process.stdout.write(`${arm} ${seed} ${round}: ${accuracies.join(' ')} (${seconds.toFixed(0)} s)\n`);
      });
      for (const row of found) file.add(row);
    }
  for (const threshold of [0.6, 0.7, 0.8])
    process.stdout.write(`${summary(file.rows, threshold, batch).join('\n')}\n\n`);
}
