import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostTensor, StreamDistribution, Tree } from '@tasklearn/core';
import { type ClassSequenceOptions, labelledImageSource } from '@tasklearn/tasks';
import { loadMnist, tasksPlugin } from '@tasklearn/tasks/node';
import { describeActivity } from './activity.js';
import { drawCurves } from './draw-curves.js';
import { compareOrders } from './order.js';
import { metaTrain, type SequenceArm, test } from './sequence.js';
import { spread } from './spread.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** What `sequence` does, as JSON. */
interface SequenceRun {
  readonly arm: SequenceArm;
  /** Names the files of checkpoints. Default: the learner. */
  readonly name?: string;
  readonly folder: string;
  /** Classes of a meta-training lifetime. Default 50. */
  readonly classes?: number;
  /** Classes of the sequences tested on. Default [10, 50]. */
  readonly lengths?: readonly number[];
  /** Rates to choose from, on draws of their own. */
  readonly rates?: readonly number[];
  /** Draws of classes for the report. Default 10. */
  readonly draws?: number;
  readonly activity?: boolean;
}

async function sequences(options: Partial<ClassSequenceOptions>): Promise<StreamDistribution> {
  const { create, defaults } = tasksPlugin.distributions['omniglot-sequence'];
  return (await create({ ...defaults, ...options })) as StreamDistribution;
}

/** An option that is the rate on the stream. */
function rateOption({ learner, options = {} }: SequenceArm, rate: number): object {
  if (learner === 'oml' || learner === 'anml') return { rate, learnRate: false };
  if (learner === 'pretrain-and-transfer') return { rate };
  return { optimizer: { ...(options as { optimizer?: object }).optimizer, learningRate: rate } };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The best rate on draws of their own, and what it comes to on the others: in sequence and shuffled, seen and held out. */
async function testLength(run: SequenceRun, classes: number, parameters: Tree<HostTensor> | undefined) {
  const { arm, rates = [0.01, 0.03, 0.1], draws = 10 } = run;
  for (const order of ['sequence', 'shuffled'] as const) {
    const streams = {
      seen: await sequences({ classes, order, testOn: 'seen' }),
      heldOut: await sequences({ classes, order, testOn: 'heldOut' }),
    };
    let best = { rate: 0, accuracy: -1 };
    for (const rate of rates) {
      const scores = await test(arm, rateOption(arm, rate), parameters, streams, { key: 'choice', draws: 1 });
      const accuracy = mean(scores.map(({ heldOut }) => heldOut));
      if (accuracy > best.accuracy) best = { rate, accuracy };
    }
    const reported = { key: 'report', draws };
    const scores = await test(arm, rateOption(arm, best.rate), parameters, streams, reported);
    const [seen, heldOut] = [scores.map((score) => score.seen), scores.map((score) => score.heldOut)];
    const name = run.name ?? arm.learner;
    print(
      `${name}, ${classes} classes, ${order}, rate ${best.rate}: seen ${spread(seen)}, held out ${spread(heldOut)}`,
    );
  }
}

async function sequence(run: SequenceRun): Promise<void> {
  const { arm, folder, classes = 50, lengths = [10, 50] } = run;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${run.name ?? arm.learner}.checkpoint`);
  const saved = existsSync(file) ? readFileSync(file) : undefined;
  const training = await sequences({ classes });
  const parameters = await metaTrain(arm, training, saved, (checkpoint, line) => {
    writeFileSync(file, checkpoint);
    print(line);
  });
  if (run.activity === true && parameters !== undefined)
    for (const line of describeActivity(arm, parameters, training)) print(line);
  for (const length of lengths) await testLength(run, length, parameters);
}

const [command, argument = ''] = process.argv.slice(2);
if (command === 'order') {
  const source = labelledImageSource(await loadMnist(), 10);
  for (const line of await compareOrders(source, Number(argument || 5))) print(line);
} else if (command === 'sequence') {
  await sequence(JSON.parse(argument) as SequenceRun);
} else if (command === 'curves') {
  const lines = readFileSync(join(argument, 'rows.jsonl'), 'utf8').split('\n');
  print(drawCurves(lines));
} else {
  print(
    'order [seeds] | curves <run folder> | sequence {"arm": {"learner": "oml", "updates": 1500}, "folder": "runs/oml"}',
  );
}
