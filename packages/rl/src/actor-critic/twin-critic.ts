import type { ControlSpec, Rng } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { continuousQFunctionFor, type QFunctionOptions } from '../policies/q-function-for.js';

/** One or two independent networks in one tree of parameters. */
export interface IndependentNetworks<Inputs extends readonly unknown[]> {
  /** Parameters of all of them. The caller disposes. */
  init(rng: Rng): Parameters;
  /** What each network gives. */
  values(parameters: Parameters, ...inputs: Inputs): readonly Tensor[];
  /** What the first network gives. */
  first(parameters: Parameters, ...inputs: Inputs): Tensor;
}

/** One or two independent Q(s, a), [T, B], of observations, actions and contexts. */
export type Critics = IndependentNetworks<[observation: Tensor, action: Tensor, context?: Tensor]>;

/** Layer names of critic `index` begin with this. */
const prefix = (index: number) => `critic${index + 1}-`;

function partOf(parameters: Parameters, index: number): Parameters {
  const start = prefix(index);
  const own = Object.entries(parameters).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(own.map(([name, layer]) => [name.slice(start.length), layer]));
}

/** `count` copies of a network with parameters of their own. */
export function independentCritics<Inputs extends readonly unknown[]>(
  init: (rng: Rng) => Parameters,
  count: 1 | 2,
  apply: (parameters: Parameters, ...inputs: Inputs) => Tensor,
): IndependentNetworks<Inputs> {
  const indices = count === 2 ? [0, 1] : [0];
  return {
    init: (rng) =>
      Object.fromEntries(
        indices.flatMap((index) =>
          Object.entries(init(rng.split(index))).map(([name, layer]) => [prefix(index) + name, layer]),
        ),
      ),
    values: (parameters, ...inputs) => indices.map((index) => apply(partOf(parameters, index), ...inputs)),
    first: (parameters, ...inputs) => apply(partOf(parameters, 0), ...inputs),
  };
}

/** Critics of an environment with continuous actions. */
export function criticsFor(
  spec: ControlSpec,
  count: 1 | 2,
  options: Omit<QFunctionOptions, 'dueling'> = {},
): Critics {
  const network = continuousQFunctionFor(spec, options);
  return independentCritics(network.init, count, network.apply);
}

/** The least of the critics' values, elementwise. */
export function leastOf(values: readonly Tensor[]): Tensor {
  return values.reduce((least, value) => tf.minimum(least, value));
}
