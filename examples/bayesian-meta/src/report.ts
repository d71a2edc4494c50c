// Tables and figures of what the other scripts of this folder measured.
//
//   node examples/bayesian-meta/dist/report.js --folder runs --figures docs/results

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRng } from '@tasklearn/core';
import { meanInterval } from '@tasklearn/evaluation';
import { circleBoundary, sinusoidOrLine, sinusoidOrLinePosterior } from '@tasklearn/tasks';
import type { ResultFile } from './result-files.js';
import { band, boundary, dot, drawing, frame, legend, line, type Panel, palette } from './svg.js';
import { fileNameOf } from './trained.js';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'runs' },
    figures: { type: 'string', default: 'docs/results' },
  },
});
const print = (text: string) => process.stdout.write(`${text}\n`);
const json = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as never;
const average = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

async function resultsOf(folder: string): Promise<ResultFile[]> {
  const files = await readdir(folder).catch(() => []);
  return Promise.all(files.filter((file) => file.endsWith('.json')).map((file) => json(join(folder, file))));
}

/** Mean over seeds, with the lowest and the highest. */
function cell(results: readonly ResultFile[], arm: string, name: string, digits = 3): string {
  const own = results.filter((result) => result.arm === arm).map(({ numbers }) => numbers[name]);
  const known = own.filter((value) => value !== undefined);
  if (known.length === 0) return '–';
  const [low, high] = [Math.min(...known), Math.max(...known)].map((value) => value.toFixed(digits));
  return known.length === 1
    ? average(known).toFixed(digits)
    : `${average(known).toFixed(digits)} (${low} to ${high})`;
}

function table(results: readonly ResultFile[], columns: readonly string[], arms?: readonly string[]): void {
  const names = arms ?? [...new Set(results.map(({ arm }) => arm))].sort();
  print(`| | seeds | ${columns.join(' | ')} |\n| --- | --- | ${columns.map(() => '---').join(' | ')} |`);
  for (const arm of names) {
    const seeds = results.filter((result) => result.arm === arm).length;
    print(`| ${arm} | ${seeds} | ${columns.map((column) => cell(results, arm, column)).join(' | ')} |`);
  }
  print('');
}

type Functions = { readonly shape: readonly number[]; readonly data: readonly number[] };
const functionsOf = (tasks: string, arm: string) =>
  json(
    join(values.folder, 'multimodality', tasks, 'functions', `${fileNameOf(arm)}.0.json`),
  ) as Promise<Functions>;

/** Ten sampled functions for three tasks that three points leave open. */
async function drawSinusoids(): Promise<void> {
  const arms = ['MAML', 'PLATIPUS', 'Bayesian MAML', 'neural process'];
  const { support } = sinusoidOrLine({ shots: 3, queries: 15 }).episodes(
    'test',
    0,
    80,
    createRng('test tasks'),
  );
  const points = (task: number) =>
    [0, 1, 2].map(
      (item) =>
        [support.labelled.inputs.data[3 * task + item], support.labelled.targets.data[3 * task + item]] as [
          number,
          number,
        ],
    );
  const open = Array.from({ length: 80 }, (_, task) => task)
    .map((task) => ({
      task,
      p: sinusoidOrLinePosterior(
        points(task).map(([x]) => x),
        points(task).map(([, y]) => y),
        0.3,
        80,
      ).sinusoid,
    }))
    .sort((a, b) => Math.abs(a.p - 0.5) - Math.abs(b.p - 0.5))
    .slice(0, 3);
  const parts: string[] = [];
  for (const [column, arm] of arms.entries()) {
    const { shape, data } = await functionsOf('sinusoid-or-line', arm);
    const [, samples, grid] = shape as [number, number, number];
    for (const [row, { task, p }] of open.entries()) {
      const panel: Panel = {
        left: 40 + 175 * column,
        top: 26 + 150 * row,
        width: 160,
        height: 115,
        x: [-5, 5],
        y: [-6, 6],
      };
      parts.push(frame(panel, row === 0 ? arm : `p(sinusoid) = ${p.toFixed(2)}`, column === 0));
      for (let sample = 0; sample < Math.min(10, samples); sample++) {
        const curve = Array.from(
          { length: grid },
          (_, at) => [(at - 30) / 6, data[(task * samples + sample) * grid + at]] as [number, number],
        );
        parts.push(line(panel, curve, `stroke="${palette[sample % 6]}" stroke-width="1.1" opacity="0.8"`));
      }
      parts.push(...points(task).map((point) => dot(panel, point)));
    }
  }
  const label = 'Ten sampled functions of four learners on three tasks that may be a sinusoid or a line';
  await writeFile(join(values.figures, 'bayesian-samples.svg'), drawing(745, 470, label, parts));
}

/** Boundaries of ten sampled classifiers after one point inside a circle. */
async function drawCircles(): Promise<void> {
  const arms = ['MAML', 'version 0', 'PLATIPUS', 'neural process'];
  const { support } = circleBoundary().episodes('test', 0, 12, createRng('test tasks'));
  const parts: string[] = [];
  for (const [column, arm] of arms.entries()) {
    const { shape, data } = await functionsOf('circle-boundary', arm);
    const [, samples, grid, classes] = shape as [number, number, number, number];
    for (const [row, task] of [0, 3].entries()) {
      const panel: Panel = {
        left: 40 + 175 * column,
        top: 26 + 180 * row,
        width: 150,
        height: 150,
        x: [-2.5, 2.5],
        y: [-2.5, 2.5],
      };
      parts.push(frame(panel, row === 0 ? arm : '', column === 0));
      for (let sample = 0; sample < Math.min(10, samples); sample++) {
        const field = Array.from(
          { length: grid },
          (_, at) => data[((task * samples + sample) * grid + at) * classes + 1] as number,
        );
        for (const segment of boundary(field, 21, -2.5, 2.5))
          parts.push(line(panel, segment, `stroke="${palette[sample % 6]}" stroke-width="1.1"`));
      }
      const at = [support.labelled.inputs.data[2 * task], support.labelled.inputs.data[2 * task + 1]] as [
        number,
        number,
      ];
      parts.push(dot(panel, at));
    }
  }
  const label = 'Boundaries of ten sampled classifiers of four learners after one positive point';
  await writeFile(join(values.figures, 'bayesian-boundaries.svg'), drawing(745, 390, label, parts));
}

/** Accuracy against confidence on the faces, bins of all seeds together. */
async function drawReliability(results: readonly ResultFile[]): Promise<void> {
  const arms = [
    'MAML',
    'MAML with noise',
    'PLATIPUS',
    'amortised Bayesian',
    'ensemble of MAML',
    'Bayesian MAML',
  ];
  const panel: Panel = { left: 40, top: 26, width: 260, height: 260, x: [0.5, 1], y: [0.5, 1] };
  const parts = [
    frame(panel, 'share that is right against confidence'),
    line(
      panel,
      [
        [0.5, 0.5],
        [1, 1],
      ],
      'stroke="#aaa" stroke-dasharray="3 3"',
    ),
  ];
  for (const [at, arm] of arms.entries()) {
    const own = results.filter((result) => result.arm === arm);
    const points: [number, number][] = [];
    for (let bin = 7; bin < 15; bin++) {
      const weights = own.map(({ numbers }) => numbers[`bin${bin}.count`] ?? 0);
      const total = weights.reduce((sum, value) => sum + value, 0);
      if (total < 40) continue;
      const mean = (name: string) =>
        own.reduce(
          (sum, { numbers }, index) => sum + (numbers[`bin${bin}.${name}`] ?? 0) * (weights[index] as number),
          0,
        ) / total;
      points.push([mean('confidence'), mean('accuracy')]);
    }
    parts.push(line(panel, points, `stroke="${palette[at % palette.length]}" stroke-width="2"`));
  }
  parts.push(legend(320, 40, arms));
  await writeFile(
    join(values.figures, 'bayesian-reliability.svg'),
    drawing(470, 310, 'Reliability diagram on ambiguous attributes', parts),
  );
}

type Asked = {
  readonly scores: readonly (readonly number[])[];
  readonly losses: readonly (readonly number[])[];
};

/** Scores per task, mean over the seeds that there are: [labels][tasks]. */
async function askedOf(tasks: string, name: string, key: keyof Asked): Promise<number[][] | undefined> {
  const folder = join(values.folder, 'asking', tasks, 'tasks');
  const files = (await readdir(folder).catch(() => [])).filter((file) =>
    file.startsWith(`${fileNameOf(name)}.`),
  );
  const runs = (await Promise.all(files.map((file) => json(join(folder, file))))) as Asked[];
  return runs[0]?.[key].map((own, labels) =>
    own.map((_, task) => average(runs.map((run) => run[key][labels]?.[task] as number))),
  );
}

async function drawAsking(
  tasks: string,
  key: keyof Asked,
  arms: readonly string[],
  ways: readonly string[],
  title: string,
  top: number,
): Promise<void> {
  const found: { name: string; curve: number[][] }[] = [];
  for (const arm of arms)
    for (const way of ways) {
      const curve = await askedOf(tasks, `${arm}: ${way}`, key);
      if (curve !== undefined) found.push({ name: `${arm}: ${way}`, curve });
    }
  if (found.length === 0) return;
  const labels = (found[0]?.curve.length ?? 1) - 1;
  const all = found.flatMap(({ curve }) => curve.map(average));
  const panel: Panel = {
    left: 50,
    top: 26,
    width: 340,
    height: 260,
    x: [0, labels],
    y: [
      Number((0.9 * Math.min(...all)).toFixed(2)),
      Math.min(top, Number((1.05 * Math.max(...all)).toFixed(2))),
    ],
  };
  const parts = [frame(panel, title)];
  for (const [at, { curve }] of found.entries()) {
    const intervals = curve.map((own) => meanInterval(own));
    const points = (of: (at: number) => number) =>
      curve.map((_, label) => [label, of(label)] as [number, number]);
    const colour = palette[at % palette.length];
    parts.push(
      band(
        panel,
        points((label) => Math.max(panel.y[0], intervals[label]?.lower ?? 0)),
        points((label) => Math.min(panel.y[1], intervals[label]?.upper ?? 0)),
        `fill="${colour}" opacity="0.12"`,
      ),
    );
    parts.push(
      line(
        panel,
        points((label) => average(curve[label] as number[])),
        `stroke="${colour}" stroke-width="2"`,
      ),
    );
  }
  parts.push(
    legend(
      410,
      40,
      found.map(({ name }) => name),
    ),
  );
  await writeFile(join(values.figures, `bayesian-asking-${tasks}.svg`), drawing(640, 310, title, parts));
}

/** What asking by uncertainty gains over chance, paired by task. */
async function printAsking(
  tasks: string,
  arms: readonly string[],
  ways: readonly string[],
  key: keyof Asked,
  shown: readonly number[],
): Promise<void> {
  print(
    `${tasks}, ${key}: after ${shown.join(', ')} labels; last column: chance less this, after the last label, 95 % over tasks`,
  );
  for (const arm of arms) {
    const chance = await askedOf(tasks, `${arm}: random`, key);
    for (const way of ['random', ...ways]) {
      const curve = await askedOf(tasks, `${arm}: ${way}`, key);
      if (curve === undefined || chance === undefined) continue;
      const cells = shown.map((label) => average(curve[label] as number[]).toFixed(3));
      const gains = shown.slice(1).map((label) => {
        const difference = meanInterval(
          (chance[label] as number[]).map((value, task) => value - (curve[label]?.[task] as number)),
        );
        return way === 'random'
          ? ''
          : `${difference.estimate.toFixed(3)} (${difference.lower.toFixed(3)} to ${difference.upper.toFixed(3)})`;
      });
      print(`| ${arm} | ${way} | ${cells.join(' | ')} | ${gains.join(' | ')} |`);
    }
  }
  print('');
}

const sinusoids = await resultsOf(join(values.folder, 'multimodality', 'sinusoid-or-line'));
print('Sinusoid or line');
table(sinusoids, ['pointwise', 'joint', 'open', 'all']);
const circles = await resultsOf(join(values.folder, 'multimodality', 'circle-boundary'));
print('Circle boundary');
table(circles, ['pointwise', 'joint']);
const faces = await resultsOf(join(values.folder, 'attributes'));
print('Ambiguous attributes');
table(faces, [
  'accuracy',
  'assignedAccuracy',
  'coverage',
  'pointwise',
  'joint',
  'calibrationError',
  'worstBin',
]);
await drawSinusoids().catch((error: Error) => print(`No figure of sinusoids: ${error.message}`));
await drawCircles().catch((error: Error) => print(`No figure of circles: ${error.message}`));
if (faces.length > 0) await drawReliability(faces);
const learners = ['MAML', 'PLATIPUS', 'Bayesian MAML', 'ensemble of MAML'];
await drawAsking(
  'sinusoid-or-line',
  'scores',
  learners,
  ['random', 'variance'],
  'mean squared error against labels asked for',
  30,
);
await drawAsking(
  'ambiguous-attributes',
  'scores',
  learners,
  ['random', 'maximumEntropy'],
  'accuracy against labels asked for',
  1,
);
await printAsking('sinusoid-or-line', learners, ['variance'], 'scores', [0, 2, 4, 8]);
await printAsking('sinusoid-or-line', learners, ['variance'], 'losses', [0, 2, 4, 8]);
await printAsking(
  'ambiguous-attributes',
  learners,
  ['maximumEntropy', 'mutualInformation'],
  'scores',
  [0, 1, 2, 5],
);
await printAsking(
  'ambiguous-attributes',
  learners,
  ['maximumEntropy', 'mutualInformation'],
  'losses',
  [0, 1, 2, 5],
);
