import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ControlDistribution, createRegistry, createRng } from '@tasklearn/core';
import { environmentsPlugin } from '@tasklearn/environments';
import { median } from './measure.js';

/**
 * Steps per second of the environments on one core: random actions, all copies in lock-step, ended episodes reset. Writes
 * a table; `pnpm bench:environments`.
 */

const { values } = parseArgs({
  options: {
    copies: { type: 'string', default: '256' },
    seconds: { type: 'string', default: '0.3' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    out: { type: 'string' },
  },
});
const copies = Number(values.copies);
const log = (line: string) => process.stdout.write(`${line}\n`);

/** A number of random actions of all copies, to be used in turn: drawing them is not what is measured. */
function actionTables({ spec }: ControlDistribution, count: number): Float32Array[] {
  const rng = createRng('actions');
  const { minimum = -1, maximum = 1, dtype } = spec.action;
  const size = count * (spec.action.shape[0] ?? 1);
  return Array.from({ length: 16 }, () =>
    Float32Array.from({ length: size }, () =>
      dtype === 'int32' ? rng.integer(maximum + 1) : minimum + (maximum - minimum) * rng.next(),
    ),
  );
}

/** Processor time of this process, in seconds: a busy machine does not count against it. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Steps per second of `count` copies together, median over rounds. */
function stepsPerSecond(distribution: ControlDistribution, count: number): number {
  const rng = createRng('benchmark');
  const tasks = Array.from({ length: Math.min(8, count) }, (_, index) =>
    distribution.task('train', index, rng),
  );
  const environment = distribution.createEnvironment(tasks, Math.max(1, count / tasks.length), rng);
  const actions = actionTables(distribution, environment.copies);
  const ended = new Uint8Array(environment.copies);
  const round = (seconds: number) => {
    let steps = 0;
    environment.reset();
    const start = processorSeconds();
    while (processorSeconds() - start < seconds) {
      for (let time = 0; time < 64; time += 1) {
        const { stepType } = environment.step(actions[time % 16] as Float32Array);
        let any = 0;
        for (let copy = 0; copy < ended.length; copy += 1) {
          const last = stepType[copy] === 2 ? 1 : 0;
          ended[copy] = last;
          any |= last;
        }
        if (any === 1) environment.reset(ended);
      }
      steps += 64 * environment.copies;
    }
    return steps / (processorSeconds() - start);
  };
  round(Number(values.seconds) / 2); // Compiles the loops.
  const speeds = Array.from({ length: Number(values.rounds) }, () => round(Number(values.seconds)));
  environment.dispose();
  return median(speeds);
}

const millions = (speed: number) => (speed / 1e6).toPrecision(3);
const registry = createRegistry([environmentsPlugin]);
const rows: string[] = [];
for (const key of Object.keys(environmentsPlugin.distributions)) {
  if (values.only !== undefined && !key.includes(values.only)) continue;
  const distribution = (await registry.createDistribution(key, {})) as ControlDistribution;
  const [alone, together] = [stepsPerSecond(distribution, 1), stepsPerSecond(distribution, copies)];
  const size = distribution.spec.observation.shape[0] ?? 1;
  rows.push(`| \`${key}\` | ${size} | ${millions(alone)} | ${millions(together)} |`);
  log(`${key}: ${millions(alone)} M/s alone, ${millions(together)} M/s with ${copies} copies`);
}

const page = `# Speed of the environments

Made by \`pnpm bench:environments\` on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown processor'}, one core, Node ${process.version}.
Millions of steps per second of processor time, with random actions, episodes begun anew where they end (reset included), default options;
median of ${values.rounds} rounds of ${values.seconds} s. "Together" is ${copies} copies of 8 tasks in one environment, counted together.
Other work shared the processor's caches: numbers are lower bounds.

| environment | numbers in an observation | one copy | ${copies} copies together |
|---|---|---|---|
${rows.join('\n')}
`;
if (values.only === undefined) {
  const out = values.out ?? join(import.meta.dirname, '..', '..', '..', 'docs', 'results');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'environments.md'), page);
}
