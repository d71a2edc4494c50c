import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Column, Contest } from './contests.js';
import { growthPlot, type Panel } from './growth-plot.js';
import { type ContestResult, median, run } from './measure.js';
import { inspectSelf } from './self-inspection.js';
import { ratioTable, speedTable, type Target } from './tables.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    out: { type: 'string', default: join(import.meta.dirname, '..', '..', '..', 'docs', 'results') },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const all: readonly Column[] = [
  'compiled',
  'eager wasm',
  'eager cpu',
  'PyTorch loop',
  'PyTorch batched',
  'JAX',
];
const images: readonly Column[] = ['compiled', 'eager wasm', 'PyTorch batched', 'JAX'];
const sinusoid = (innerSteps: number): Contest => ({
  title: `sinusoid MAML, ${innerSteps} inner step${innerSteps > 1 ? 's' : ''}`,
  workload: 'sinusoid',
  threads: 1,
  innerSteps,
  seconds,
  columns: all,
});
const protonet = (threads: number): Contest => ({
  title: 'ProtoNet 4-conv-64, 20-way 1-shot',
  workload: 'protonet',
  threads,
  seconds,
  columns: threads === 1 ? images : images.filter((column) => column !== 'eager wasm'),
});
const maml = (threads: number): Contest => ({
  title: 'MAML 4-conv-64, 5-way 1-shot, 4 tasks, 5 inner steps',
  workload: 'maml',
  threads,
  seconds,
  columns: ['compiled', 'PyTorch loop', 'PyTorch batched', 'JAX'],
});

const contests = [sinusoid(1), sinusoid(5), protonet(1), protonet(2), maml(1), maml(2)];
const titleOf = (index: number) => (contests[index] as Contest).title;
const targets: readonly Target[] = [
  ...[0, 1].flatMap((index) => [
    { title: titleOf(index), threads: 1, against: 'PyTorch loop' as const, atLeast: 10 },
    { title: titleOf(index), threads: 1, against: 'PyTorch batched' as const, atLeast: 3 },
    { title: titleOf(index), threads: 1, against: 'JAX' as const, atLeast: 1 },
  ]),
  ...[1, 2].flatMap((threads) => [
    { title: titleOf(2), threads, against: 'PyTorch batched' as const, atLeast: 1 },
    { title: titleOf(2), threads, against: 'JAX' as const, atLeast: 1 },
    { title: titleOf(4), threads, against: 'PyTorch loop' as const, atLeast: 1.2 },
    { title: titleOf(4), threads, against: 'JAX' as const, atLeast: 1 },
  ]),
];

/** Sinusoid steps that grow along one dial. */
const growth = {
  'tasks per step': [5, 25, 100].map((tasks) => ({ x: tasks, contest: { ...sinusoid(1), tasks } })),
  'inner steps': [1, 5, 10].map((innerSteps) => ({ x: innerSteps, contest: sinusoid(innerSteps) })),
  'hidden units': [20, 40, 160].map((width) => ({ x: width, contest: { ...sinusoid(1), width } })),
};
const growthColumns: readonly Column[] = ['compiled', 'PyTorch loop', 'PyTorch batched', 'JAX'];

const log = (line: string) => process.stdout.write(`${line}\n`);

async function runAll(list: readonly Contest[], times: number): Promise<ContestResult[]> {
  const results: ContestResult[] = [];
  for (const contest of list.filter(
    ({ title }) => values.only === undefined || title.includes(values.only),
  )) {
    log(`${contest.title}, ${contest.threads} thread(s)`);
    results.push(await run(contest, times, log));
  }
  return results;
}

async function runGrowth(): Promise<Panel[]> {
  const panels: Panel[] = [];
  for (const [title, steps] of Object.entries(growth)) {
    const points = new Map<Column, { x: number; y: number }[]>();
    for (const { x, contest } of steps) {
      log(`${title} = ${x}`);
      const result = await run({ ...contest, seconds: seconds / 2, columns: growthColumns }, 3, log);
      for (const { column, secondsPerStep } of result.measured)
        points.set(column, [...(points.get(column) ?? []), { x, y: 1000 * median(secondsPerStep) }]);
    }
    panels.push({
      title: `ms per step against ${title}`,
      xLabel: title,
      curves: [...points].map(([label, list]) => ({ label, points: list })),
    });
  }
  return panels;
}

const results = await runAll(contests, rounds);
const panels = values.only === undefined ? await runGrowth() : [];
const own = await inspectSelf(log);

const versions = new Map(
  results.flatMap(({ measured }) => measured.map(({ column, version }) => [column, version])),
);
const absences = new Map(
  results.flatMap(({ absent }) => absent.map(({ column, reason }) => [column, reason])),
);
const page = `# Performance

Made by \`pnpm bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}.
Every row is one interleaved run: each contestant is a process of its own, and they are measured in turn, ${rounds} rounds of about
${seconds} s each, so that a change in the machine's speed meets all of them.

${[...versions].map(([column, version]) => `- ${column}: ${version}`).join('\n')}
${[...absences].map(([column, reason]) => `- ${column}: absent here (${reason})`).join('\n')}

## Steps per second

Median over rounds (smallest–largest). A step is a whole update: inner loop, outer gradient, Adam.

${speedTable(results, all)}

## Against the targets

Ratio of step times, paired by round, median.

${ratioTable(results, targets)}

## Growth

Sinusoid MAML on one thread; both axes are logarithmic.

![Milliseconds per step against tasks, inner steps and hidden units](performance-growth.svg)

${own}
`;

mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'performance.md'), page);
writeFileSync(join(values.out, 'performance.json'), `${JSON.stringify({ results, panels }, null, 1)}\n`);
if (panels.length > 0) writeFileSync(join(values.out, 'performance-growth.svg'), growthPlot(panels));
log(`\n${page}`);
