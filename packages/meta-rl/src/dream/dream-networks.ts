import type { ControlSpec, Rng, Tree } from '@tasklearn/core';
import { dense, type Parameters } from '@tasklearn/nn';
import { type DiscreteQFunction, discreteActionsOf, discreteQFunctionFor } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type CellParameters, type RecurrentCell, recurrentCell } from '../networks/recurrent-cell.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { trialInputSize } from '../trials/trial-inputs.js';
import type { DreamOptions } from './dream-options.js';

type Layer = { readonly weight: Tensor; readonly bias: Tensor };

/** A memory with one linear layer on its output. */
export type MemoryWeights = { readonly cell: CellParameters; readonly head: Layer };

/** All parameters of DREAM. */
export type DreamParameters = {
  /** f_ψ, [problems, Z]. */
  readonly embedding: Tensor;
  /** Q(s, z, ·) of execution. */
  readonly execution: Parameters;
  /** Q(τ, ·) of exploration. */
  readonly explorer: MemoryWeights;
  /** g_ω(τ). */
  readonly decoder: MemoryWeights;
};

/** The four parts of DREAM. Recordable. */
export interface DreamNetworks {
  readonly actions: number;
  readonly inputSize: number;
  /** Numbers of the explorer's and of the decoder's memory, each. */
  readonly memorySize: number;
  readonly execution: DiscreteQFunction;
  init(rng: Rng): DreamParameters;
  /** One step of a memory: x [N, I], state [N, S] to outputs [N, K] and the next state. */
  step(
    weights: MemoryWeights,
    x: Tensor,
    state: Tensor,
  ): { readonly outputs: Tensor; readonly state: Tensor };
  /** All steps: x [N, L, I] to outputs [N, L, K]. */
  unroll(weights: MemoryWeights, x: Tensor): Tensor;
}

function memoryWeights(cell: RecurrentCell, outputs: number, scale: number, rng: Rng): MemoryWeights {
  const weight = rng
    .split('head')
    .normal([cell.outputSize, outputs])
    .mul(scale / Math.sqrt(cell.outputSize));
  return { cell: cell.init(rng.split('cell')), head: { weight, bias: tf.zeros([outputs]) } };
}

/** The networks for an environment with discrete actions and `problems` training tasks. */
export function dreamNetworks(spec: ControlSpec, problems: number, options: DreamOptions): DreamNetworks {
  const { latentSize, memorySize, hidden } = options;
  const inputSize = trialInputSize(stepEncoding(spec));
  const cell = recurrentCell('gru', inputSize, memorySize);
  const execution = discreteQFunctionFor(spec, { hidden, contextSize: latentSize, dueling: true });
  const actions = discreteActionsOf(spec) as number;
  return {
    actions,
    inputSize,
    memorySize,
    execution,
    init: (rng) => ({
      embedding: rng.split('embedding').normal([problems, latentSize]),
      execution: execution.init(rng.split('execution')),
      explorer: memoryWeights(cell, actions, 0.1, rng.split('explorer')),
      decoder: memoryWeights(cell, latentSize, 0.1, rng.split('decoder')),
    }),
    step(weights, x, state) {
      const next = cell.step(weights.cell, x, state);
      return { outputs: dense(next, weights.head), state: next };
    },
    unroll(weights, x) {
      const state = tf.zeros([x.shape[0] as number, memorySize]);
      return dense(cell.unroll(weights.cell, x, state), weights.head);
    },
  };
}

/** A parameter tree as DREAM's. */
export function asDreamParameters(tree: Tree<Tensor>): DreamParameters {
  return tree as unknown as DreamParameters;
}
