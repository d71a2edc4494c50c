// Inference engines on posteriors that are known: a linear-Gaussian hierarchy and a model with two modes.
//
//   node examples/bayesian-meta/dist/engines.js --seeds 0,1,2

import { parseArgs } from 'node:util';
import {
  drawChain,
  type HierarchicalModel,
  type LinearGaussianHierarchy,
  linearGaussianHierarchy,
  logJoint,
  steinDirection,
  twoModeModel,
  twoModePosterior,
  variationalStep,
} from '@tasklearn/bayesian-meta';
import { createRng, type HostTensor, type Rng } from '@tasklearn/core';
import { cholesky, gradients, triangularSolve } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { iterate } from './iterate.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '0,1,2' }, tasks: { type: 'string', default: '100' } },
});
const TASKS = Number(values.tasks);
const NOISE = 0.1;
/** Nats at which a task's loss is cut off: a point estimate of the wrong mode would otherwise be all there is to see. */
const MOST = 20;

type Data = { readonly inputs: Tensor; readonly targets: Tensor };
type Problem = {
  readonly model: HierarchicalModel;
  readonly data: { readonly inputs: HostTensor; readonly targets: HostTensor };
  readonly truth: Float32Array;
  readonly rate: number;
  readonly steps: number;
};

await tf.setBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });
const host = (shape: readonly number[], data: Float32Array): HostTensor => ({
  dtype: 'float32',
  shape,
  data,
});
const normals = (shape: readonly number[], rng: Rng, scale = 1) =>
  host(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * rng.gaussian()),
  );

function linear(seed: number): Problem & { readonly exact: LinearGaussianHierarchy } {
  const [dimension, items, noise] = [4, 5, 0.3];
  const rng = createRng(`linear ${seed}`);
  const truth = normals([TASKS, dimension], rng).data as Float32Array;
  const inputs = normals([TASKS, items, dimension], rng);
  const targets = host(
    [TASKS, items],
    Float32Array.from({ length: TASKS * items }, (_, at) => {
      const task = Math.floor(at / items);
      let sum = noise * rng.gaussian();
      for (let k = 0; k < dimension; k++)
        sum += (truth[task * dimension + k] as number) * (inputs.data[at * dimension + k] as number);
      return sum;
    }),
  );
  const exact = linearGaussianHierarchy({ dimension, taskDeviation: 1, noise });
  return { model: exact, exact, data: { inputs, targets }, truth, rate: 0.005, steps: 300 };
}

function twoModes(seed: number): Problem {
  const rng = createRng(`two modes ${seed}`);
  const truth = new Float32Array(TASKS);
  for (let task = 0; task < TASKS; task++) {
    let phi = rng.gaussian();
    while (Math.abs(phi) <= 0.3 || Math.abs(phi) > 2) phi = rng.gaussian();
    truth[task] = phi;
  }
  const targets = host(
    [TASKS, 1],
    truth.map((phi) => phi * phi + NOISE * rng.gaussian()),
  );
  return {
    model: twoModeModel(NOISE),
    data: { inputs: host([TASKS, 1, 1], new Float32Array(TASKS)), targets },
    truth,
    rate: 0.0005,
    steps: 600,
  };
}

const scoreOf = (model: HierarchicalModel, phi: Tensor, data: Data) =>
  gradients((at: Tensor) => tf.sum(logJoint(model, at, data)).asScalar(), phi);

/** Gradient ascent on log p(D, φ) from given starts, [T, S, d]. */
const ascend = ({ model, data, rate }: Problem, start: HostTensor, steps: number) =>
  iterate(
    executor,
    (phi: Tensor, own: Data) => phi.add(scoreOf(model, phi, own).mul(rate)),
    start,
    data,
    steps,
    createRng(0),
  ) as Promise<HostTensor>;

/** N(φ̂, Ĥ⁻¹) with the curvature at the mode, by differences of the score. */
async function laplace(problem: Problem, mode: HostTensor, samples: number, rng: Rng): Promise<HostTensor> {
  const { model, data } = problem;
  const size = model.dimension;
  const width = 1e-2;
  const prepared = executor.prepare((input: { readonly mode: Tensor; readonly data: Data }, noise) => {
    const columns = Array.from({ length: size }, (_, k) => {
      const shift = tf.tensor3d([[Array.from({ length: size }, (_, at) => (at === k ? width : 0))]]);
      return scoreOf(model, input.mode.sub(shift), input.data)
        .sub(scoreOf(model, input.mode.add(shift), input.data))
        .div(2 * width);
    });
    const hessian = tf.concat(columns, 1); // [T, d, d]
    const symmetric = hessian
      .add(tf.transpose(hessian, [0, 2, 1]))
      .mul(0.5)
      .add(tf.eye(size).mul(1e-3));
    const eps = noise.normal([TASKS, size, samples]);
    const offsets = triangularSolve(cholesky(symmetric), eps, { transposed: true });
    return { phi: input.mode.add(tf.transpose(offsets, [0, 2, 1])) };
  });
  const found = (await prepared.run({ mode, data } as never, rng)) as unknown as { readonly phi: HostTensor };
  prepared.dispose();
  return found.phi;
}

/** The best mean-field Gaussian by stochastic gradients, sampled. */
async function meanField(problem: Problem, mean: HostTensor, samples: number, rng: Rng): Promise<HostTensor> {
  const { model, data, rate, steps } = problem;
  const start = { mean, logDeviation: host(mean.shape, new Float32Array(mean.data.length).fill(-2)) };
  const q = (await iterate(
    executor,
    (state: { readonly mean: Tensor; readonly logDeviation: Tensor }, own: Data, noise) =>
      variationalStep((phi) => logJoint(model, phi, own), state, noise, { samples: 8, rate }).q,
    start,
    data,
    2 * steps,
    rng.split('steps'),
  )) as unknown as typeof start;
  const size = model.dimension;
  const own = rng.split('samples');
  const phi = Float32Array.from({ length: TASKS * samples * size }, (_, at) => {
    const place = Math.floor(at / (samples * size)) * size + (at % size);
    return (q.mean.data[place] as number) + Math.exp(q.logDeviation.data[place] as number) * own.gaussian();
  });
  return host([TASKS, samples, size], phi);
}

const stein = ({ model, data, rate, steps }: Problem, start: HostTensor) =>
  iterate(
    executor,
    (phi: Tensor, own: Data) => phi.add(steinDirection(phi, scoreOf(model, phi, own)).mul(rate * 2)),
    start,
    data,
    2 * steps,
    createRng(0),
  ) as Promise<HostTensor>;

async function hamiltonian(
  { model, data }: Problem,
  start: HostTensor,
  stepSize: number,
  rng: Rng,
): Promise<HostTensor> {
  const { draws } = await drawChain({
    logDensity: (phi, own: Data) => logJoint(model, phi, own),
    data,
    start,
    burnIn: 150,
    draws: 20,
    thin: 3,
    kernel: { kind: 'hamiltonian', stepSize, steps: 25 },
    executor,
    rng,
  });
  const [kept, , chains, size] = draws.shape as [number, number, number, number];
  const phi = new Float32Array(draws.data.length); // [draws, T, chains, d] → [T, draws · chains, d]
  for (let draw = 0; draw < kept; draw++)
    for (let task = 0; task < TASKS; task++) {
      const from = (draw * TASKS + task) * chains * size;
      phi.set(draws.data.subarray(from, from + chains * size), (task * kept + draw) * chains * size);
    }
  return host([TASKS, kept * chains, size], phi);
}

const logMeanExp = (logs: readonly number[]) => {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - most), 0) / logs.length);
};
const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** Loss of φ_true · x for 20 fresh inputs, distance of the posterior mean, per task. */
function scoreLinear({ exact, data, truth }: ReturnType<typeof linear>, phi: HostTensor, seed: number) {
  const [, samples, size] = phi.shape as [number, number, number];
  const posterior = tf.tidy(() => {
    const given = {
      inputs: tf.tensor(data.inputs.data, [TASKS, 5, size]),
      targets: tf.tensor(data.targets.data, [TASKS, 5]),
    };
    return Array.from(exact.posterior(given).mean.dataSync());
  });
  const rng = createRng(`queries ${seed}`);
  const losses: number[] = [];
  const errors: number[] = [];
  for (let task = 0; task < TASKS; task++) {
    for (let query = 0; query < 20; query++) {
      const x = Array.from({ length: size }, () => rng.gaussian());
      const y =
        0.3 * rng.gaussian() +
        x.reduce((sum, value, k) => sum + value * (truth[task * size + k] as number), 0);
      const logs = Array.from({ length: samples }, (_, s) => {
        const output = x.reduce(
          (sum, value, k) => sum + value * (phi.data[(task * samples + s) * size + k] as number),
          0,
        );
        return -0.5 * ((y - output) / 0.3) ** 2 - Math.log(0.3 * Math.sqrt(2 * Math.PI));
      });
      losses.push(Math.min(MOST, -logMeanExp(logs)));
    }
    for (let k = 0; k < size; k++) {
      const average = mean(
        Array.from({ length: samples }, (_, s) => phi.data[(task * samples + s) * size + k] as number),
      );
      errors.push((average - (posterior[task * size + k] as number)) ** 2);
    }
  }
  return { loss: mean(losses), error: Math.sqrt(mean(errors)) };
}

/** Loss of y = φ + noise and the share of tasks with samples near both modes. */
function scoreTwoModes({ truth }: Problem, phi: HostTensor) {
  const samples = phi.shape[1] as number;
  let both = 0;
  const losses = Array.from(truth, (value, task) => {
    const own = Array.from(phi.data.subarray(task * samples, (task + 1) * samples));
    if (own.some((at) => Math.abs(at - value) < 0.3) && own.some((at) => Math.abs(at + value) < 0.3))
      both += 1;
    const logs = own.map(
      (at) => -0.5 * ((value - at) / NOISE) ** 2 - Math.log(NOISE * Math.sqrt(2 * Math.PI)),
    );
    return Math.min(MOST, 0.5 * 1 - logMeanExp(logs)); // E over the query's noise of its square: 1/2.
  });
  return { loss: mean(losses), both: both / TASKS };
}

function exactTwoModes({ data, truth }: Problem): number {
  return mean(
    Array.from(truth, (value, task) => {
      const { phi, probability } = twoModePosterior([data.targets.data[task] as number], NOISE);
      let density = 0;
      for (const [at, p] of probability.entries())
        density +=
          (p * Math.exp(-0.5 * ((value - (phi[at] as number)) / NOISE) ** 2)) /
          (NOISE * Math.sqrt(2 * Math.PI));
      return 0.5 - Math.log(density);
    }),
  );
}

const rows = new Map<string, number[][]>();
const add = (name: string, numbers: readonly number[]) =>
  rows.set(name, [...(rows.get(name) ?? []), [...numbers]]);
for (const seed of values.seeds.split(',').map(Number)) {
  const rng = createRng(`engines ${seed}`);
  for (const kind of ['linear', 'two modes'] as const) {
    const problem = kind === 'linear' ? linear(seed) : twoModes(seed);
    const size = problem.model.dimension;
    const point = host([TASKS, 1, size], new Float32Array(TASKS * size).fill(kind === 'linear' ? 0 : 0.1));
    const single = host([TASKS, size], point.data as Float32Array);
    const mode = await ascend(problem, point, 2 * problem.steps);
    const near = normals([TASKS, 10, size], rng.split('near'), 0.1);
    const beside = { ...near, data: near.data.map((value) => 0.2 + value / 2) as Float32Array };
    const engines: Record<string, HostTensor> = {
      'one point (MAML, MAP)': mode,
      'ensemble of points near one start': await ascend(problem, beside, 2 * problem.steps),
      'Laplace (LLAMA)': await laplace(problem, mode, 200, rng.split('laplace')),
      'mean-field Gaussian (ABML)': await meanField(problem, single, 200, rng.split('field')),
      'SVGD, 10 particles (BMAML)': await stein(problem, near),
      'random kick, then descent (PLATIPUS)': await ascend(
        problem,
        normals([TASKS, 10, size], rng.split('kick')),
        problem.steps,
      ),
      'Hamiltonian Monte Carlo': await hamiltonian(
        problem,
        normals([TASKS, 10, size], rng.split('chains')),
        kind === 'linear' ? 0.06 : 0.01,
        rng.split('hmc'),
      ),
    };
    for (const [name, phi] of Object.entries(engines)) {
      if (kind === 'linear') {
        const { loss, error } = scoreLinear(problem as ReturnType<typeof linear>, phi, seed);
        add(`linear | ${name}`, [loss, error]);
      } else {
        const { loss, both } = scoreTwoModes(problem, phi);
        add(`two modes | ${name}`, [loss, both]);
      }
    }
    if (kind === 'two modes') add('two modes | exact posterior', [exactTwoModes(problem), 1]);
    else {
      const { exact, data } = problem as ReturnType<typeof linear>;
      const samples = 400;
      const phi = tf.tidy(() => {
        const belief = exact.posterior({
          inputs: tf.tensor(data.inputs.data, [TASKS, 5, size]),
          targets: tf.tensor(data.targets.data, [TASKS, 5]),
        });
        const offsets = triangularSolve(
          cholesky(belief.precision),
          createRng(`exact ${seed}`).normal([TASKS, size, samples]),
          { transposed: true },
        );
        return belief.mean
          .expandDims(1)
          .add(tf.transpose(offsets, [0, 2, 1]))
          .dataSync() as Float32Array;
      });
      const { loss, error } = scoreLinear(
        problem as ReturnType<typeof linear>,
        host([TASKS, samples, size], phi.slice()),
        seed,
      );
      add('linear | exact posterior', [loss, error]);
    }
  }
}

process.stdout.write(
  'posterior | engine | loss, nats | linear: error of the mean; two modes: share of tasks with both\n',
);
for (const [name, runs] of rows) {
  const cell = (at: number) => {
    const own = runs.map((run) => run[at] as number);
    return `${mean(own).toFixed(3)} (${Math.min(...own).toFixed(3)} to ${Math.max(...own).toFixed(3)})`;
  };
  process.stdout.write(`${name} | ${cell(0)} | ${cell(1)}\n`);
}
