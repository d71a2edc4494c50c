import type { Rng } from '@tasklearn/core';

/** What a crawler's motion depends on: parameters of a task of `six-leg`. */
export interface Body {
  readonly friction: number;
  readonly mass: number;
  readonly slope: number;
  readonly bias: number;
  readonly legs: readonly number[];
}

/** The numbers that the cross-entropy method of `model-based-rl` has too. */
export interface Search {
  readonly horizon: number;
  readonly candidates: number;
  readonly elites: number;
  readonly iterations: number;
}

const LEGS = 6;
const STEP = 0.05;
const DEVIATION = 0.5;
const LEAST_DEVIATION = 0.05;
const SMOOTHING = 0.1;

/** The body that a task's parameters describe. */
export function bodyOf(parameters: Readonly<Record<string, number>>): Body {
  const { friction = 1, mass = 1, slope = 0, bias = 0 } = parameters;
  return {
    friction,
    mass,
    slope,
    bias,
    legs: Array.from({ length: LEGS }, (_, leg) => parameters[`leg${leg}`] ?? 1),
  };
}

/** Return of actions [H * 6] in [−1, 1] from an observation, by the equations of `six-leg`. */
function returnOf(
  observation: Float32Array,
  plan: Float32Array,
  { friction, mass, slope, bias, legs }: Body,
) {
  let [, y = 0, , , speed = 0, rate = 0] = observation;
  let heading = Math.atan2(observation[3] as number, observation[2] as number);
  let sum = 0;
  for (let at = 0; at < plan.length; at += LEGS) {
    let [push, turn] = [0, 0];
    for (let leg = 0; leg < LEGS; leg += 1) {
      const force = ((legs[leg] as number) * ((plan[at + leg] as number) + 1)) / 2;
      push += force;
      turn += leg < LEGS / 2 ? force : -force;
    }
    speed += STEP * (push / mass - friction * speed);
    rate += STEP * ((0.5 * turn) / mass - friction * rate) + bias;
    heading += STEP * rate;
    y += STEP * speed * Math.sin(heading) - slope;
    sum += speed * Math.cos(heading) - Math.abs(y);
  }
  return sum;
}

/** Normal numbers, many and quickly: Marsaglia's xorshift from a drawn seed, and Box and Muller. */
function quickNormals(rng: Rng): () => number {
  let state = 1 + rng.integer(2 ** 31);
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 1) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** One plan of the cross-entropy method through the true equations, begun at the last plan moved on by a step. */
export function exactPlan(
  observation: Float32Array,
  last: Float32Array,
  body: Body,
  { horizon, candidates, elites, iterations }: Search,
  rng: Rng,
): Float32Array {
  const size = horizon * LEGS;
  let mean = new Float32Array(size);
  mean.set(last.subarray(LEGS));
  let deviation = new Float32Array(size).fill(DEVIATION);
  const normal = quickNormals(rng);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const drawn = Array.from({ length: candidates }, () => {
      const plan = mean.map((value, index) =>
        Math.min(1, Math.max(-1, value + (deviation[index] as number) * normal())),
      );
      return { plan, value: returnOf(observation, plan, body) };
    }).sort((one, other) => other.value - one.value);
    const best = drawn.slice(0, elites);
    const average = mean.map(
      (_, index) => best.reduce((sum, { plan }) => sum + (plan[index] as number), 0) / elites,
    );
    deviation = deviation.map((old, index) => {
      const variance =
        best.reduce((sum, { plan }) => sum + ((plan[index] as number) - (average[index] as number)) ** 2, 0) /
        elites;
      return Math.max(LEAST_DEVIATION, SMOOTHING * old + (1 - SMOOTHING) * Math.sqrt(variance));
    });
    mean = mean.map((old, index) => SMOOTHING * old + (1 - SMOOTHING) * (average[index] as number));
  }
  return mean;
}
