import type { Executor, HostTensor, Prepared, Rng, TimeSteps, TreeSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActorCritic, ActorCriticParameters } from '../policy-gradients/actor-critic.js';
import { unpackParameters } from '../roll-outs/unpack-parameters.js';

/** What agents act with: a network, and how observations are normalised. */
export type ActingParameters = {
  readonly network: ActorCriticParameters;
  readonly observation?: { readonly mean: Tensor; readonly scale: Tensor };
};

/** Normalised observations are cut here. */
const OBSERVATION_LIMIT = 10;

/** (x − mean) · scale, cut to ±10; x as it is where nothing is normalised. */
export function normalized(observations: Tensor, parameters: ActingParameters): Tensor {
  const { observation } = parameters;
  if (observation === undefined) return observations;
  const moved = observations.sub(observation.mean).mul(observation.scale);
  return tf.maximum(tf.minimum(moved, OBSERVATION_LIMIT), -OBSERVATION_LIMIT);
}

type Input = {
  readonly parameters: Tensor;
  readonly observations: Tensor;
  readonly state?: Tensor;
  readonly resets?: Tensor;
};
type Output = { readonly actions: Tensor; readonly state?: Tensor };

/** The cpu backend keeps the integers of a cast tensor as they were. */
function floats({ data }: HostTensor): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Acts without a state of its own: memory goes in and comes out. */
export interface Acting {
  /** @param memory - [E * S] before this step; `undefined` for empty, or without memory. */
  act(
    vector: Float32Array,
    steps: TimeSteps,
    memory: Float32Array | undefined,
    rng: Rng,
  ): Promise<{ readonly actions: Float32Array; readonly memory?: Float32Array }>;
  dispose(): void;
}

function actingStep(model: ActorCritic, spec: TreeSpec, choice: 'sample' | 'mode') {
  return ({ parameters, observations, state, resets }: Input, rng: Rng): Output => {
    const tree = unpackParameters<ActingParameters>(parameters, spec);
    const seen = normalized(observations, tree).expandDims(2); // [1, E, 1, O]
    const { distribution, states } = model.evaluate(tree.network, {
      observations: seen,
      ...(state === undefined ? {} : { state }),
      ...(resets === undefined ? {} : { resets }),
    });
    const actions = (choice === 'sample' ? distribution.sample(rng) : distribution.mode()).cast('float32');
    if (states === undefined) return { actions };
    return { actions, state: states.reshape([1, observations.shape[1] as number, model.stateSize]) };
  };
}

/** An actor-critic's policy as one prepared call per time step for all copies. */
export function preparedActing(
  model: ActorCritic,
  spec: TreeSpec,
  executor: Executor,
  choice: 'sample' | 'mode',
): Acting {
  const prepared = executor.prepare(actingStep(model, spec, choice), { name: 'act' }) as Prepared<
    Input,
    Output
  >;
  const tensor = (data: Float32Array, shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data,
  });
  return {
    async act(vector, steps, memory, rng) {
      const copies = steps.stepType.length;
      const input = {
        parameters: tensor(vector, [spec.size]),
        observations: tensor(steps.observation, [1, copies, model.inputSize]),
      };
      if (model.stateSize === 0) {
        const { actions } = await prepared.run(input, rng);
        return { actions: floats(actions) };
      }
      const resets = Float32Array.from(steps.stepType, (type) => (type === 0 ? 1 : 0));
      const { actions, state } = await prepared.run(
        {
          ...input,
          state: tensor(memory ?? new Float32Array(copies * model.stateSize), [1, copies, model.stateSize]),
          resets: tensor(resets, [1, copies, 1]),
        },
        rng,
      );
      return { actions: floats(actions), memory: (state as HostTensor).data as Float32Array };
    },
    dispose: () => prepared.dispose(),
  };
}
