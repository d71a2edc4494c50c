import {
  type ControlSpec,
  createRng,
  type Executor,
  type HostTensor,
  type Prepared,
  type Rng,
  requireInteger,
  TasklearnError,
  type Trajectory,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { sampleWindows, transitionStore, windowStarts } from '../experience/transition-store.js';
import { normalizeRows, normalizerOf, rowWidth } from '../models/normalizer.js';
import { rollout } from '../models/rollout.js';
import { hostTensor } from '../planners/plan-state.js';
import { type Composition, compose } from './composition.js';
import type { ModelBasedOptions } from './model-based-options.js';
import { initialParameters, parametersOf } from './model-parameters.js';
import type { AgentParameters } from './plan-step.js';

/** What {@link modelErrorCurve} needs. */
export interface ModelErrorCurveOptions {
  /** The learner's options, complete. */
  readonly options: ModelBasedOptions;
  /** As its training gave them. */
  readonly parameters: Tree<HostTensor>;
  readonly spec: ControlSpec;
  /** Episodes to predict; each is of one task. */
  readonly trajectories: readonly Trajectory[];
  /** Largest number of steps predicted ahead, K. */
  readonly horizon: number;
  /** Places in the episodes, drawn at random, from which to predict. */
  readonly starts: number;
  readonly executor: Executor;
  readonly rng: Rng;
}

type Input<Leaf = Tensor> = { readonly theta: Leaf; readonly normalizer: Leaf; readonly rows: Leaf };

/** Root mean square error of each number of steps ahead, in scales of the observation: [K]. */
function errorsOf(
  parts: Composition,
  { options, horizon }: ModelErrorCurveOptions,
  spec: Parameters<typeof parametersOf>[1],
) {
  const { sizes, model } = parts;
  return ({ theta, normalizer: packed, rows }: Input, rng: Rng) => {
    const starts = rows.shape[0] as number;
    const length = Math.max(1, model.window);
    const normalizer = normalizerOf(packed, sizes);
    const before = tf.slice(rows, [0, 0, 0], [-1, length, -1]);
    const recent = { transitions: normalizeRows(before, normalizer, sizes), mask: tf.ones([starts, length]) };
    const predictor = model.adapt(parametersOf(theta, spec).dynamics, recent, rng.split('adapt'));
    const after = tf.slice(rows, [0, length, 0], [-1, horizon, -1]); // [S, K, W]
    const [s, a, next] = tf.split(after, [sizes.observation, sizes.action, sizes.observation, 2], -1) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const first = tf.squeeze(tf.slice(s, [0, 0, 0], [-1, 1, -1]), [1]);
    const sampling = { sampling: 'mean', particles: 1 } as const;
    const rolled = rollout(predictor, normalizer, first, tf.expandDims(a, 1), sampling, rng.split('rollout'));
    const members = predictor.perTrial ? 1 : options.model.members;
    const states = tf.reshape(rolled.states, [horizon + 1, members, starts, sizes.observation]);
    const predicted = tf.slice(tf.mean(states, 1), [1, 0, 0], [horizon, -1, -1]); // [K, S, O]
    const error = tf.div(tf.sub(predicted, tf.transpose(next, [1, 0, 2])), normalizer.observationScale);
    return { errors: tf.sqrt(tf.mean(tf.square(error), [1, 2])) };
  };
}

/**
 * How the error of a model grows with the number of steps that it predicts ahead, following the actions of recorded
 * episodes: one-step error says little of what a planner will meet. Models that adapt see the transitions before the start.
 *
 * @returns root mean square errors of 1 .. K steps ahead, in standard deviations of the observation, [K].
 * @throws `INVALID_OPTION` where no episode is as long as the window and K steps.
 */
export async function modelErrorCurve(given: ModelErrorCurveOptions): Promise<Float32Array> {
  const { options, spec, trajectories, horizon, starts, executor, rng } = given;
  requireInteger('modelErrorCurve', given, 'horizon');
  requireInteger('modelErrorCurve', given, 'starts');
  const parts = compose(spec, options);
  const store = transitionStore(parts.sizes, parts.actions);
  for (const trajectory of trajectories) store.add(trajectory);
  const length = Math.max(1, parts.model.window) + horizon;
  const places = windowStarts(store.segments(), length);
  if (places.length === 0)
    throw new TasklearnError(
      'INVALID_OPTION',
      `modelErrorCurve: no episode has the ${length} steps that window and horizon need. Lower \`horizon\`.`,
      { key: 'horizon', received: horizon },
    );
  const width = rowWidth(parts.sizes);
  const rows = sampleWindows(store.rows(), width, places, length, starts, rng.split('places'));
  const { spec: structure } = await initialParameters(parts, createRng(0)); // For its structure.
  const prepared = executor.prepare(errorsOf(parts, given, structure), { name: 'model errors' }) as Prepared<
    Input,
    { readonly errors: Tensor }
  >;
  try {
    const input = {
      ...(given.parameters as AgentParameters),
      rows: hostTensor([starts, length, width], rows),
    };
    const { errors } = await prepared.run(input as never, rng.split('run'));
    return (errors as HostTensor).data as Float32Array;
  } finally {
    prepared.dispose();
  }
}
