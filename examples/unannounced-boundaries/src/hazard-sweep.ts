import { createRegistry, createRng, type PartialOptions, type StreamDistribution } from '@tasklearn/core';
import { createMoca, type MocaOptions } from '@tasklearn/lifelong';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { tasksPlugin } from '@tasklearn/tasks/node';
import { flagOf } from './flag-of.js';
import { live } from './live.js';
import { meanOfSeeds, rowFile } from './rows.js';

const arms: Readonly<Record<string, PartialOptions<MocaOptions>>> = {
  'train on everything': { belief: 'nothing' },
  'condition on everything': { belief: 'everything' },
  'window 3': { belief: 'window', window: 3 },
  'window 5': { belief: 'window', window: 5 },
  'window 10': { belief: 'window', window: 10 },
  'window 20': { belief: 'window', window: 20 },
  moca: { belief: 'runLength' },
  'moca, hazard learned': { belief: 'runLength', hazard: 0.05, learnHazard: true },
  oracle: { belief: 'told' },
};

interface Kind {
  readonly distribution: string;
  readonly options: PartialOptions<MocaOptions>;
  readonly updates: number;
}

const kinds: Readonly<Record<string, Kind>> = {
  sinusoid: {
    distribution: 'switching-sinusoid',
    options: { network: { hidden: [32, 32] }, optimizer: { learningRate: 5e-3 }, series: 8 },
    updates: 300,
  },
  images: {
    distribution: 'omniglot-switching',
    options: {
      network: { filters: 32 },
      optimizer: { learningRate: 2e-3 },
      features: 32,
      series: 8,
    },
    updates: 200,
  },
};

/** One cell of the sweep. */
interface Row {
  readonly stream: string;
  readonly hazard: number;
  readonly arm: string;
  readonly seed: number;
  readonly updates: number;
  readonly negativeLogLikelihood: number;
  readonly score: number;
  readonly learnedHazard: number;
  readonly seconds: number;
}

const keyOf = ({ stream, hazard, arm, seed, updates }: Row) => [stream, hazard, arm, seed, updates].join('|');

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function cell(kind: Kind, { arm, hazard, seed, updates }: Row, tests: number) {
  const executor = compiledExecutor({ threads: 1 });
  const given = arms[arm] as PartialOptions<MocaOptions>;
  const told = given.belief === 'told';
  const distribution = (await createRegistry([tasksPlugin]).createDistribution(kind.distribution, {
    hazard,
    told,
  })) as StreamDistribution;
  const learner = createMoca({ hazard, ...kind.options, ...given });
  const rng = createRng(seed);
  const began = performance.now();
  const training = await (learner.openTraining as NonNullable<typeof learner.openTraining>)({
    distribution,
    executor,
    rng: rng.split('training'),
  });
  for (let update = 0; update < updates; update += 1) await training.update();
  const parameters = training.parameters() as unknown as {
    readonly hazard: { readonly data: ArrayLike<number> };
  };
  const agent = await learner.openAgent(parameters as never, { spec: distribution.spec, executor, rng });
  const steps = [];
  for (let index = 0; index < tests; index += 1)
    steps.push(...(await live(agent, distribution.stream('test', index, rng.split('test')), told)));
  agent.dispose();
  training.dispose();
  return {
    negativeLogLikelihood: mean(steps.map((step) => step.negativeLogLikelihood)),
    score: mean(steps.map(({ score }) => score)),
    learnedHazard: 1 / (1 + Math.exp(-(parameters.hazard.data[0] as number))),
    seconds: (performance.now() - began) / 1000,
  };
}

/** One table for −log p, one for the score; columns are hazards. */
function summary(rows: readonly Row[], stream: string, updates: number): string {
  const own = rows.filter((row) => row.stream === stream && row.updates === updates);
  const hazards = [...new Set(own.map(({ hazard }) => hazard))].sort((a, b) => a - b);
  const table = (title: string, value: (row: Row) => number) => {
    const lines = Object.keys(arms).map((arm) => {
      const cells = hazards.map((hazard) => {
        const values = own.filter((row) => row.arm === arm && row.hazard === hazard).map(value);
        return values.length === 0 ? '' : meanOfSeeds(values);
      });
      return `| ${[arm, ...cells].join(' | ')} |`;
    });
    const head = [`| ${title} | ${hazards.join(' | ')} |`, `|${' --- |'.repeat(hazards.length + 1)}`];
    return [...head, ...lines.filter((line) => /\d/.test(line.split('|').slice(2).join('')))].join('\n');
  };
  const score = stream === 'images' ? 'accuracy' : 'squared error';
  return [table('−log p, nats', (row) => row.negativeLogLikelihood), table(score, (row) => row.score)].join(
    '\n\n',
  );
}

/** Every arm, hazard and seed that the file of rows does not have yet; one line of JSON for each. */
export async function hazardSweep(flags: readonly string[]): Promise<void> {
  enableHigherOrderGradients();
  const stream = flagOf(flags, 'stream', 'sinusoid');
  const known = kinds[stream] as Kind;
  const series = Number(flagOf(flags, 'series', String(known.options.series)));
  const kind = { ...known, options: { ...known.options, series } };
  const updates = Number(flagOf(flags, 'updates', String(kind.updates)));
  const tests = Number(flagOf(flags, 'tests', '20'));
  const path = flagOf(flags, 'rows', 'runs/unannounced-boundaries/rows.jsonl');
  const file = rowFile<Row>(path, keyOf);
  for (const seed of flagOf(flags, 'seeds', '0,1,2').split(',').map(Number))
    for (const hazard of flagOf(flags, 'hazards', '0.01,0.05,0.1,0.2').split(',').map(Number))
      for (const arm of flagOf(flags, 'arms', Object.keys(arms).join(';')).split(';')) {
        const identity = { stream, hazard, arm, seed, updates } as Row;
        if (file.has(identity)) continue;
        const row: Row = { ...identity, ...(await cell(kind, identity, tests)) };
        file.add(row);
        process.stdout.write(
          `${keyOf(row)}: ${row.negativeLogLikelihood.toFixed(3)}, ${row.score.toFixed(3)}, ${row.seconds.toFixed(0)} s\n`,
        );
      }
  process.stdout.write(`${summary(file.rows, stream, updates)}\n`);
}
