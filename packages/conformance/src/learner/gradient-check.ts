import { type HostTensor, type LeafSpec, packHostTree, type Rng, treeSpec } from '@tasklearn/core';
import { type Check, demand } from '../check.js';
import { quietRng } from '../quiet-rng.js';
import { checkRng, initialTheta, prepareOuterGradient, trainEpisodes } from './run-learner.js';
import { type Subject, TASKS } from './subject.js';

const TOLERANCE = 3e-2;
/** A leaf's part of the gradient that is smaller than this share of the whole is compared with this share. */
const FLOOR = 0.03;
const STEPS = [1e-1, 3e-2, 1e-2, 3e-3];
const MOST_LEAVES = 10;

type Direction = { readonly what: string; readonly vector: Float32Array };

/**
 * That the outer gradient is the derivative of the outer loss: for leaves of θ, along the gradient and along a
 * random direction, against central differences (L(θ + εv) − L(θ − εv)) / 2ε.
 *
 * Where the loss holds an inner gradient, this is the test of the second derivative. It can only see what
 * matters: give options under which the inner steps are large.
 */
export function gradientCheck(subject: Subject): Check {
  return { name: 'the meta-gradient agrees with differences', run: () => demandDerivative(subject) };
}

async function demandDerivative(subject: Subject): Promise<void> {
  const { distribution, executors, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const initial = await initialTheta(learner, spec);
  const { vector } = packHostTree(initial);
  const theta = nudged(vector, checkRng().split('point'));
  const episodes = trainEpisodes(distribution, TASKS);
  const prepared = prepareOuterGradient(executors[0], learner, spec, initial);
  const lossAt = async (point: HostTensor) =>
    (await prepared.run(point, episodes, quietRng())).report.loss as number;
  try {
    const { gradient } = await prepared.run(theta, episodes, quietRng());
    const whole = norm(gradient.data);
    demand(whole > 0, `${id}: the outer gradient is zero.`);
    for (const leaf of someOf(treeSpec(initial).leaves)) {
      for (const { what, vector: along } of directionsOf(leaf, gradient.data)) {
        const expected = dot(gradient.data, along);
        const scale = Math.max(Math.abs(expected), FLOOR * whole);
        const found = await closest(expected, scale, (step) => slope(lossAt, theta, along, step));
        demand(
          Math.abs(found - expected) <= TOLERANCE * scale,
          `${id}: the outer gradient of '${leaf.path}' along ${what} is ${expected}, and differences give ${found}.`,
          { path: leaf.path, gradient: expected, differences: found },
        );
      }
    }
  } finally {
    prepared.dispose();
  }
}

/** The quotient nearest to what is expected over step sizes: too large ones bend, too small ones drown in rounding. */
async function closest(
  expected: number,
  scale: number,
  quotient: (step: number) => Promise<number>,
): Promise<number> {
  let best = Number.NaN;
  for (const step of STEPS) {
    const found = await quotient(step);
    if (!(Math.abs(found - expected) >= Math.abs(best - expected))) best = found;
    if (Math.abs(best - expected) <= TOLERANCE * scale) break;
  }
  return best;
}

async function slope(
  lossAt: (point: HostTensor) => Promise<number>,
  theta: HostTensor,
  along: Float32Array,
  step: number,
): Promise<number> {
  const moved = (by: number) => ({
    ...theta,
    data: along.map((v, at) => (theta.data[at] as number) + by * v),
  });
  return ((await lossAt(moved(step))) - (await lossAt(moved(-step)))) / (2 * step);
}

/** Unit vectors that move one leaf only. */
function directionsOf(leaf: LeafSpec, gradient: HostTensor['data']): Direction[] {
  const rng = checkRng().split(leaf.path);
  const within = (value: (at: number) => number) =>
    Float32Array.from(gradient, (_, at) =>
      at >= leaf.offset && at < leaf.offset + leaf.size ? value(at) : 0,
    );
  const candidates = [
    { what: 'itself', vector: within((at) => gradient[at] as number) },
    { what: 'a random direction', vector: within(() => rng.gaussian()) },
  ];
  return candidates
    .map(({ what, vector }) => ({ what, length: norm(vector), vector }))
    .filter(({ length }) => length > 0)
    .map(({ what, length, vector }) => ({ what, vector: vector.map((value) => value / length) }));
}

/** Away from kinks at zero, where initial biases lie. */
function nudged(theta: HostTensor, rng: Rng): HostTensor {
  return { ...theta, data: Float32Array.from(theta.data, (value) => value + 0.01 * rng.gaussian()) };
}

/** At most so many, spread evenly from first to last. */
function someOf<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MOST_LEAVES) return items;
  const stride = (items.length - 1) / (MOST_LEAVES - 1);
  return Array.from({ length: MOST_LEAVES }, (_, at) => items[Math.round(at * stride)] as T);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}
