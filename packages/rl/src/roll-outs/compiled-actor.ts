import {
  type Executor,
  type HostTensor,
  type Rng,
  TasklearnError,
  type Tree,
  type TreeSpec,
} from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Policy } from '../policies/policy.js';
import type { Actor } from './actor.js';
import { unpackParameters } from './unpack-parameters.js';

/** How a {@link compiledActor} acts. */
export interface CompiledActorOptions {
  /** E, copies that act at once. */
  readonly copies: number;
  /** O. */
  readonly observationSize: number;
  /** T: tasks with parameters of their own, where the vector is [T, P]; copies are ordered by task. Default 1. */
  readonly tasks?: number;
  /** `sample`, the default, or the most probable action. */
  readonly choice?: 'sample' | 'mode';
  /** Whether `extras.logProbability` [E] is wanted. Default false. */
  readonly logProbability?: boolean;
  /** Whether `extras.numbers` [E * K], which define the distribution, are wanted. Default false. */
  readonly numbers?: boolean;
  /** Recordable change of what the policy sees, e.g. a normalisation, with parameters from the same vector. */
  readonly observe?: (observations: Tensor, parameters: Tree<Tensor>) => Tensor;
  /** The policy's parameters within the tree of the vector. Default: the whole tree. */
  readonly select?: (parameters: Tree<Tensor>) => Parameters;
}

/** A policy that acts in one call per time step for all copies. */
export interface CompiledActor {
  readonly act: Actor;
  /** Puts in other parameters: [P], or [T * P] for T tasks. Kept, not copied. */
  setParameters(vector: Float32Array, context?: Float32Array): void;
  /** Frees the compiled step. Calling it twice is harmless. */
  dispose(): void;
}

type Input = { readonly parameters: Tensor; readonly observations: Tensor; readonly context?: Tensor };

/** Number of columns that one call returns for each copy. */
function widths(policy: Policy, { logProbability, numbers }: CompiledActorOptions) {
  return {
    actions: policy.head.actionSize,
    ...(logProbability === true ? { logProbability: 1 } : {}),
    ...(numbers === true ? { numbers: policy.head.size } : {}),
  };
}

/** Everything that is wanted of each copy in one tensor [T, B, columns]: tensors cost more than numbers. */
function actingStep(policy: Policy, spec: TreeSpec, options: CompiledActorOptions) {
  const { choice = 'sample', observe = (x: Tensor) => x, select = (tree) => tree as Parameters } = options;
  return ({ parameters, observations, context }: Input, rng: Rng) => {
    const tree = unpackParameters(parameters, spec);
    const pi = policy.apply(select(tree), observe(observations, tree), context);
    const rows = observations.shape.slice(0, 2); // [T, B]
    const action = choice === 'sample' ? pi.sample(rng) : pi.mode();
    const parts = [action.cast('float32').reshape([...rows, policy.head.actionSize])];
    if (options.logProbability === true) parts.push(pi.logProbability(action).reshape([...rows, 1]));
    if (options.numbers === true) parts.push(pi.numbers);
    return { all: parts.length === 1 ? (parts[0] as Tensor) : tf.concat(parts, 2) };
  };
}

/** Columns `from` to `from + width` of rows of `all` numbers, as an array of their own. */
function columns(values: Float32Array, all: number, from: number, width: number): Float32Array {
  if (all === width) return values;
  const rows = values.length / all;
  const taken = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < width; i += 1) taken[row * width + i] = values[row * all + from + i] as number;
  return taken;
}

/**
 * Runs a policy through an executor: one prepared call per time step for all copies of all tasks, with parameters
 * packed in one vector.
 *
 * @param spec - structure of the parameters in the vector, as `packHostTree` gives it.
 * @throws `SHAPE_MISMATCH` when acting before `setParameters`, or if copies do not divide by tasks.
 */
export function compiledActor(
  policy: Policy,
  spec: TreeSpec,
  executor: Executor,
  options: CompiledActorOptions,
): CompiledActor {
  const { copies, observationSize, tasks = 1 } = options;
  const prepared = executor.prepare<Input, { all: Tensor }>(actingStep(policy, spec, options), {
    name: 'act',
  });
  const wanted = Object.entries(widths(policy, options));
  const width = wanted.reduce((sum, [, size]) => sum + size, 0);
  const perTask = copies / tasks;
  let parameters: HostTensor | undefined;
  let context: HostTensor | undefined;
  const act: Actor = async (steps, rng) => {
    if (parameters === undefined || !Number.isInteger(perTask)) throw notReady(copies, tasks);
    const observations = hostTensor(steps.observation, [tasks, perTask, observationSize]);
    const { all } = await prepared.run(
      { parameters, observations, ...(context === undefined ? {} : { context }) },
      rng,
    );
    // The cpu backend keeps the integers of a cast tensor as they were.
    const rows = all.data instanceof Float32Array ? all.data : Float32Array.from(all.data);
    let from = 0;
    const found = wanted.map(([name, size]) => {
      const taken = columns(rows, width, from, size);
      from += size;
      return [name, taken] as const;
    });
    const { actions, ...extras } = Object.fromEntries(found) as { actions: Float32Array };
    return { actions, extras };
  };
  return {
    act,
    setParameters(vector, z) {
      parameters = hostTensor(
        vector,
        tasks === 1 && vector.length === spec.size ? [spec.size] : [tasks, spec.size],
      );
      context = z === undefined ? undefined : hostTensor(z, [tasks, perTask, z.length / copies]);
    },
    dispose: () => prepared.dispose(),
  };
}

function hostTensor(data: Float32Array, shape: readonly number[]): HostTensor {
  return { dtype: 'float32', shape, data };
}

function notReady(copies: number, tasks: number): TasklearnError {
  return new TasklearnError(
    'SHAPE_MISMATCH',
    `compiledActor: expected parameters, and copies (${copies}) that divide by tasks (${tasks}). Call \`setParameters\` before acting.`,
    { copies, tasks },
  );
}
