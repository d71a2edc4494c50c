// What shared structure is worth, and how many tasks it takes to learn it, where everything is known in closed form.
//
//   node examples/bayesian-meta/dist/structure.js

import { expectedSquaredError, structureOf } from '@tasklearn/bayesian-meta';
import { createRng, type Rng } from '@tasklearn/core';

const print = (line: string) => process.stdout.write(`${line}\n`);
const [dimension, noise] = [4, 0.3];
const optionsOf = (structure: number) => ({
  dimension,
  noise,
  meanDeviation: Math.sqrt(structure),
  taskDeviation: Math.sqrt(1 - structure),
});

print('Expected squared error of the posterior mean, theta known / from scratch, after K items');
print(`structure | entropy gained, nats | ${[0, 1, 2, 5, 10, 50].map((k) => `K = ${k}`).join(' | ')}`);
for (const structure of [0, 0.5, 0.9, 0.99]) {
  const options = optionsOf(structure);
  const { marginalEntropy, conditionalEntropy } = structureOf(options);
  const cells = [0, 1, 2, 5, 10, 50].map((items) =>
    [expectedSquaredError(options, items, 'theta'), expectedSquaredError(options, items, 'nothing')]
      .map((value) => value.toFixed(3))
      .join(' / '),
  );
  print([structure, (marginalEntropy - conditionalEntropy).toFixed(2), ...cells].join(' | '));
}

/** How far θ̂, the mean over n tasks, is from one of these tasks' items and from a new task's. */
function gapOf(tasks: number, structure: number, rng: Rng): { train: number; test: number } {
  const { meanDeviation, taskDeviation } = optionsOf(structure);
  const mu = meanDeviation * rng.gaussian();
  const item = () => mu + taskDeviation * rng.gaussian() + noise * rng.gaussian();
  const seen = Array.from({ length: tasks }, item);
  const theta = seen.reduce((sum, value) => sum + value, 0) / tasks;
  return { train: ((seen[0] as number) - theta) ** 2, test: (item() - theta) ** 2 };
}

const structure = 0.8;
print('');
print(
  'Meta-overfitting: squared error of theta, estimated from n tasks of one item each, on these tasks and on new ones',
);
print('n | meta-train | meta-test | gap | standard error | in theory, 2 d (τ² + σ²) / n');
const repeats = 20_000;
for (const tasks of [2, 5, 10, 20, 50, 100]) {
  const rng = createRng(`gap ${tasks}`);
  let [train, test, squares] = [0, 0, 0];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const own = gapOf(tasks, structure, rng);
    train += own.train;
    test += own.test;
    squares += (own.test - own.train) ** 2;
  }
  const gap = (test - train) / repeats;
  const error = Math.sqrt((squares / repeats - gap ** 2) / repeats);
  const theory = (2 * dimension * (1 - structure + noise ** 2)) / tasks;
  const cells = [train / repeats, test / repeats, gap, error].map((value) => (dimension * value).toFixed(3));
  print([tasks, ...cells, theory.toFixed(3)].join(' | '));
}
