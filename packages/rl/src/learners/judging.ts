import type { Executor, HostTensor, Rng, TreeSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActorCritic } from '../policy-gradients/actor-critic.js';
import { unpackParameters } from '../roll-outs/unpack-parameters.js';
import { type ActingParameters, normalized } from './acting.js';
import type { Experience } from './experience.js';

/** What an actor-critic says of experience, [E * H] each. */
export interface Judgement {
  readonly value: Float32Array;
  /** Of what was seen after each step, with the memory of that step. */
  readonly nextValue: Float32Array;
  /** log π(a | s) of what was done. */
  readonly logProbability: Float32Array;
  /** The numbers of π, [E * H * K]. */
  readonly numbers: Float32Array;
  /** Observations as the network sees them, [E * H * O]. */
  readonly observation: Float32Array;
}

type Input = {
  readonly parameters: Tensor;
  readonly observations: Tensor;
  readonly next: Tensor;
  readonly actions: Tensor;
  readonly state?: Tensor;
  readonly resets?: Tensor;
};

/** V(s′): each a step of its own from the memory after s. */
function nextValues(model: ActorCritic, tree: ActingParameters, next: Tensor, states?: Tensor): Tensor {
  const [tasks, items, length] = next.shape as [number, number, number];
  const rows = items * length;
  const observations = next.reshape([tasks, rows, 1, model.inputSize]);
  if (states === undefined) return model.evaluate(tree.network, { observations }).values;
  const state = states.reshape([tasks, rows, model.stateSize]);
  return model.evaluate(tree.network, { observations, state }).values; // [T, B · L]
}

function judgingStep(model: ActorCritic, spec: TreeSpec) {
  return ({ parameters, observations, next, actions, state, resets }: Input) => {
    const tree = unpackParameters<ActingParameters>(parameters, spec);
    const seen = normalized(observations, tree); // [1, E, H, O]
    const { distribution, values, states } = model.evaluate(tree.network, {
      observations: seen,
      ...(state === undefined ? {} : { state }),
      ...(resets === undefined ? {} : { resets }),
    });
    const column = (x: Tensor) => x.reshape([values.shape[1] as number, 1]);
    const all = [
      column(values),
      column(nextValues(model, tree, normalized(next, tree), states)),
      column(distribution.logProbability(actions)),
      distribution.numbers.reshape([values.shape[1] as number, model.head.size]),
      seen.reshape([values.shape[1] as number, model.inputSize]),
    ];
    return { all: tf.concat(all, 1) };
  };
}

/** Cuts rows of packed columns into arrays. */
function unpackColumns(all: Float32Array, widths: readonly number[]): Float32Array[] {
  const width = widths.reduce((sum, size) => sum + size, 0);
  const rows = all.length / width;
  let offset = 0;
  return widths.map((size) => {
    const values = new Float32Array(rows * size);
    for (let row = 0; row < rows; row += 1)
      for (let i = 0; i < size; i += 1) values[row * size + i] = all[row * width + offset + i] as number;
    offset += size;
    return values;
  });
}

/** Judges whole experience in one prepared call: values on both sides of each step, and π at what was done. */
export interface Judging {
  judge(
    vector: Float32Array,
    experience: Experience,
    memory: Float32Array | undefined,
    rng: Rng,
  ): Promise<Judgement>;
  dispose(): void;
}

/** Prepares {@link Judging}. */
export function preparedJudging(model: ActorCritic, spec: TreeSpec, executor: Executor): Judging {
  const prepared = executor.prepare(judgingStep(model, spec), { name: 'judge' });
  const { inputSize, stateSize, head } = model;
  const tensor = (data: Float32Array, shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data,
  });
  return {
    async judge(vector, experience, memory, rng) {
      const { copies, length } = experience;
      const actionShape = head.discrete ? [1, copies * length] : [1, copies * length, head.actionSize];
      const input = {
        parameters: tensor(vector, [spec.size]),
        observations: tensor(experience.observation, [1, copies, length, inputSize]),
        next: tensor(experience.next, [1, copies, length, inputSize]),
        actions: tensor(experience.action, actionShape),
      };
      const remembered =
        stateSize === 0
          ? {}
          : {
              state: tensor(memory ?? new Float32Array(copies * stateSize), [1, copies, stateSize]),
              resets: tensor(Float32Array.from(experience.begins), [1, copies, length]),
            };
      const { all } = await prepared.run({ ...input, ...remembered }, rng);
      const widths = [1, 1, 1, head.size, inputSize];
      const [value, nextValue, logProbability, numbers, observation] = unpackColumns(
        all.data as Float32Array,
        widths,
      ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
      return { value, nextValue, logProbability, numbers, observation };
    },
    dispose: () => prepared.dispose(),
  };
}
