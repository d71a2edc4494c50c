import type { ControlSpec, Rng, Tree } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { continuousQFunctionFor } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BaseBatch, BaseOptions } from './base.js';

/** One or two critics Q(s, a, z) of continuous actions. */
export interface Critics {
  init(rng: Rng): Tree<Tensor>;
  /** The values of the first critic, [T, B]. */
  first(parameters: Tree<Tensor>, observations: Tensor, actions: Tensor, code?: Tensor): Tensor;
  /** The lesser value of both, [T, B]. */
  least(parameters: Tree<Tensor>, observations: Tensor, actions: Tensor, code?: Tensor): Tensor;
  /** Σ_i mean ½ (Q_i(s, a, z) − y)², [T]. */
  loss(parameters: Tree<Tensor>, batch: BaseBatch, target: Tensor): Tensor;
}

/** Critics of independent first parameters. */
export function criticsFor(spec: ControlSpec, count: 1 | 2, { hidden, codeSize }: BaseOptions): Critics {
  const q = continuousQFunctionFor(spec, { hidden, contextSize: codeSize });
  const names = ['first', 'second'].slice(0, count);
  const of = (tree: Tree<Tensor>, name: string) => (tree as Record<string, Parameters>)[name] as Parameters;
  return {
    init: (rng) => Object.fromEntries(names.map((name) => [name, q.init(rng.split(name))])),
    first: (tree, observations, actions, code) => q.apply(of(tree, 'first'), observations, actions, code),
    least: (tree, observations, actions, code) =>
      names
        .map((name) => q.apply(of(tree, name), observations, actions, code))
        .reduce((a, b) => tf.minimum(a, b)),
    loss: (tree, { observation, action, code }, target) =>
      names
        .map((name) => tf.square(q.apply(of(tree, name), observation, action, code).sub(target)))
        .reduce((a, b) => a.add(b))
        .mean(-1)
        .mul(0.5),
  };
}
