// Samples of functions where few points leave it open what the function is.
//
//   node examples/bayesian-meta/dist/multimodality.js --tasks sinusoid-or-line --seeds 0,1,2 --folder runs/multimodality

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRng, type EpisodicDistribution, type HostTensor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { circleBoundary, circlePosterior, sinusoidOrLine, sinusoidOrLinePosterior } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { familyFit } from './function-families.js';
import { type JointPredictions, jointPredictions } from './joint-predictions.js';
import { multimodalityArms } from './multimodality-arms.js';
import { onceForEach, type ResultFile } from './result-files.js';
import { fileNameOf, trained } from './trained.js';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: 'sinusoid-or-line' },
    seeds: { type: 'string', default: '0,1,2' },
    arms: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    shots: { type: 'string', default: '3' },
    count: { type: 'string', default: '400' },
    folder: { type: 'string', default: 'runs/multimodality' },
  },
});
const circles = values.tasks === 'circle-boundary';
const [shots, count] = [Number(values.shots), Number(values.count)];
const folder = join(values.folder, values.tasks);
const shownTasks = Math.min(count, circles ? 12 : 80);

/** Regression whose learners may give a spread of their own, which a squared error leaves no room for. */
function distribution(arm: string): EpisodicDistribution {
  if (circles) return circleBoundary();
  const family = sinusoidOrLine({ shots, queries: 15 });
  return arm === 'version 0' ? { ...family, spec: { ...family.spec, loss: 'gaussian' } } : family;
}

const grid: number[] = circles
  ? Array.from({ length: 21 * 21 }, (_, at) => [((at % 21) - 10) / 4, (Math.floor(at / 21) - 10) / 4]).flat()
  : Array.from({ length: 61 }, (_, at) => (at - 30) / 6);

const tests = distribution('').episodes('test', 0, count, createRng('test tasks'));
const shown: HostTensor = {
  dtype: 'float32',
  shape: circles ? [count, grid.length / 2, 2] : [count, grid.length, 1],
  data: Float32Array.from({ length: count * grid.length }, (_, at) => grid[at % grid.length] as number),
};

const slices = (data: ArrayLike<number>, tasks: number): number[][] =>
  Array.from({ length: tasks }, (_, task) =>
    Array.from(data).slice((task * data.length) / tasks, ((task + 1) * data.length) / tasks),
  );

/** Posterior probability of a sinusoid after the support points of every test task. */
const branch = circles
  ? []
  : slices(tests.support.labelled.inputs.data, count).map((x, task) => {
      const y = slices(tests.support.labelled.targets.data, count)[task] as number[];
      return sinusoidOrLinePosterior(x, y, 0.3, 80).sinusoid;
    });

/** The exact posterior's own numbers: no learner can be better but by chance. */
function exactNumbers(): ResultFile['numbers'] {
  const [x, y] = [tests.query.inputs.data, tests.query.targets.data];
  const items = tests.query.targets.shape[1] as number;
  let [pointwise, joint] = [0, 0];
  const tasks = Math.min(count, 100);
  for (let task = 0; task < tasks; task++) {
    const own = Array.from({ length: items }, (_, at) => task * items + at);
    if (circles) {
      const at = (data: ArrayLike<number>, item: number) =>
        [data[2 * item] as number, data[2 * item + 1] as number] as const;
      const posterior = circlePosterior(
        at(tests.support.labelled.inputs.data, task),
        createRng(task),
        100_000,
      );
      const queries = own.map((item) => at(x, item));
      for (const [place, item] of own.entries()) {
        const inside = posterior.probabilityInside(queries[place] as readonly [number, number]);
        pointwise -= Math.log(Math.max(1e-6, y[item] === 1 ? inside : 1 - inside)) / items;
      }
      joint -=
        Math.max(
          -14,
          posterior.jointLogProbability(
            queries,
            own.map((item) => y[item] as number),
          ),
        ) / items;
      continue;
    }
    const known = slices(tests.support.labelled.inputs.data, count)[task] as number[];
    const values = slices(tests.support.labelled.targets.data, count)[task] as number[];
    const evidence = (items: readonly number[]) =>
      sinusoidOrLinePosterior(
        [...known, ...items.map((item) => x[item] as number)],
        [...values, ...items.map((item) => y[item] as number)],
        0.3,
        60,
      ).logEvidence;
    const before = evidence([]);
    joint -= (evidence(own) - before) / items;
    for (const item of own.slice(0, 5)) pointwise -= (evidence([item]) - before) / 5;
  }
  const openTasks = branch.filter((p) => p >= 0.1 && p <= 0.9);
  const both = openTasks.reduce((sum, p) => sum + 1 - p ** 10 - (1 - p) ** 10, 0) / openTasks.length;
  return {
    pointwise: pointwise / tasks,
    joint: joint / tasks,
    ...(circles ? {} : { open: both, openTasks: openTasks.length }),
  };
}

/** Share of open tasks whose ten samples hold a line and a sinusoid. */
function bothFamilies(functions: HostTensor): { readonly open: number; readonly all: number } {
  const [, samples] = functions.shape as [number, number];
  let [open, both, all] = [0, 0, 0];
  for (const [task, own] of slices(functions.data, count).entries()) {
    const kinds = new Set(
      slices(own, samples)
        .slice(0, 10)
        .map((y) => {
          const fit = familyFit(grid, y);
          return fit.line < fit.sinusoid ? 'line' : 'sinusoid';
        }),
    );
    all += kinds.size === 2 ? 1 : 0;
    const p = branch[task] as number;
    if (p < 0.1 || p > 0.9) continue;
    open += 1;
    both += kinds.size === 2 ? 1 : 0;
  }
  return { open: both / open, all: all / count };
}

function numbersOf({ pointwise, joint, functions }: JointPredictions): ResultFile['numbers'] {
  const mean = (data: ArrayLike<number>) =>
    Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
  const items = pointwise.shape[1] as number;
  const spread = circles ? {} : bothFamilies(functions);
  return { pointwise: -mean(pointwise.data), joint: -mean(joint.data) / items, ...spread };
}

await tf.setBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });
const arms = multimodalityArms(values.tasks, Number(values.scale));
const names = values.arms === '' ? Object.keys(arms) : values.arms.split(',');
await mkdir(join(folder, 'functions'), { recursive: true });
await onceForEach(folder, ['exact posterior'], [0], async () => exactNumbers());
const results = await onceForEach(folder, names, values.seeds.split(',').map(Number), async (name, seed) => {
  const arm = arms[name];
  if (arm === undefined) throw new Error(`Unknown arm '${name}'. Known: ${Object.keys(arms).join(', ')}.`);
  const family = distribution(name);
  const theta = await trained(name, arm, family, seed, executor, folder);
  const predictions = await jointPredictions(arm.learner, theta, tests, shown, family.spec, executor);
  const { functions } = predictions;
  const kept = functions.data.slice(0, (functions.data.length * shownTasks) / count); // The figure shows a few tasks.
  await writeFile(
    join(folder, 'functions', `${fileNameOf(name)}.${seed}.json`),
    JSON.stringify({
      shape: [shownTasks, ...functions.shape.slice(1)],
      data: Array.from(kept, (v) => Number(v.toFixed(3))),
    }),
  );
  return numbersOf(predictions);
});
process.stdout.write(`${results.length} results in ${folder}\n`);
