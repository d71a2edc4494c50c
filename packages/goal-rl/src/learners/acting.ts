import type { ControlSpec, Executor, HostTensor, Prepared, Rng } from '@tasklearn/core';
import { unflattenTree } from '@tasklearn/core';
import { actionSizeOf, observationSizeOf } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Base } from '../bases/base.js';
import type { BaseLayout } from '../bases/base-step.js';

/** How far acting departs from the best actions. */
export interface ExplorationSettings {
  readonly rate: number;
  readonly noise: number;
}

/** A base learner that acts for many copies in one call. */
export interface Acting {
  /**
   * @param parameters - of the acting group, [P].
   * @param observations - [E * O].
   * @param codes - z of each copy, [E * Z].
   * @param exploration - absent for the best actions.
   * @returns [E * A], or [E] indices.
   */
  act(
    parameters: Float32Array,
    observations: Float32Array,
    codes: Float32Array,
    rng: Rng,
    exploration?: ExplorationSettings,
  ): Promise<Float32Array>;
  /** Frees the compiled steps. Calling it twice is harmless. */
  dispose(): void;
}

type Input = {
  readonly parameters: Tensor;
  readonly observations: Tensor;
  readonly codes?: Tensor;
  readonly exploration?: Tensor;
};
type Output = { readonly actions: Tensor };

/** Place of the acting group in the packed parameters: [offset, offset + size). */
export function actingPlace(base: Base, { groups }: BaseLayout) {
  const place = groups.find(({ group }) => group.name === base.acting);
  return place as NonNullable<typeof place>;
}

/** Prepares a base learner for acting. */
export function openActing(
  base: Base,
  layout: BaseLayout,
  spec: ControlSpec,
  codeSize: number,
  executor: Executor,
): Acting {
  const { spec: tree } = actingPlace(base, layout);
  const [observationSize, actionSize] = [observationSizeOf(spec), actionSizeOf(spec)];
  const step = ({ parameters, observations, codes, exploration }: Input, rng: Rng): Output => {
    const settings =
      exploration === undefined
        ? undefined
        : { rate: tf.slice(exploration, [0], [1]), noise: tf.slice(exploration, [1], [1]) };
    return { actions: base.act(unflattenTree(parameters, tree), observations, codes, settings, rng) };
  };
  const [best, exploring]: Prepared<Input, Output>[] = ['act', 'explore'].map((name) =>
    executor.prepare(step, { name }),
  ) as [Prepared<Input, Output>, Prepared<Input, Output>];
  const host = (data: Float32Array, shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data,
  });
  return {
    async act(parameters, observations, codes, rng, exploration) {
      const copies = observations.length / observationSize;
      const run = exploration === undefined ? best : exploring;
      const { actions } = await (run as Prepared<Input, Output>).run(
        {
          parameters: host(parameters, [tree.size]),
          observations: host(observations, [1, copies, observationSize]),
          ...(codeSize === 0 ? {} : { codes: host(codes, [1, copies, codeSize]) }),
          ...(exploration === undefined
            ? {}
            : { exploration: host(Float32Array.of(exploration.rate, exploration.noise), [2]) }),
        },
        rng,
      );
      return (actions.data as Float32Array).slice(0, copies * actionSize);
    },
    dispose() {
      best?.dispose();
      exploring?.dispose();
    },
  };
}
