import {
  type Executor,
  type GradientTransformation,
  type Hosted,
  type HostTensor,
  mapTree,
  type Rng,
  type Tree,
  type TreeSpec,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import {
  type GradientUpdateInput,
  type GradientUpdateOutput,
  gradientUpdate,
  type LossAndMetrics,
} from './gradient-update.js';

/** Numbers with a shape, as executors take them. */
export function floatTensor(data: Float32Array, shape: readonly number[]): HostTensor {
  return { dtype: 'float32', shape, data };
}

/** An optimiser's first state, on the host. */
function initialState(optimizer: GradientTransformation, size: number): Tree<HostTensor> {
  return mapTree(optimizer.init(size) as Tree<Tensor>, (leaf: Tensor): HostTensor => {
    const data = leaf.dataSync<'float32'>().slice();
    leaf.dispose();
    return floatTensor(data, leaf.shape);
  }) as Tree<HostTensor>;
}

/** What {@link preparedGradientSteps} is made of. */
export interface GradientStepsOptions<Batch extends Tree<Tensor>> {
  /** As `gradientUpdate` takes it. */
  readonly loss: (parameters: Tree<Tensor>, batch: Batch, rng: Rng) => LossAndMetrics;
  /** Structure of θ. */
  readonly spec: TreeSpec;
  readonly optimizer: GradientTransformation;
  readonly executor: Executor;
  /** Of the compiled step, in profiles. */
  readonly name: string;
}

/** A prepared {@link gradientUpdate} with the state of its optimiser. */
export interface GradientSteps<Batch extends Tree<Tensor>> {
  /**
   * One step from θ, [P].
   *
   * @param factor - of the change, in [0, 1].
   * @returns the next θ, and the numbers of `reportNames()`.
   */
  step(
    theta: Float32Array,
    batch: Hosted<Batch>,
    factor: number,
    rng: Rng,
  ): Promise<{ readonly theta: Float32Array; readonly report: Float32Array }>;
  /** Names of the numbers in a report; known after the first step. */
  reportNames(): readonly string[];
  /** State of the optimiser, and steps made. */
  save(): { readonly tensors: Tree<HostTensor>; readonly step: number };
  /** Goes on from what `save` gave. */
  restore(tensors: Tree<HostTensor>, step: number): void;
  /** Frees the compiled step. Calling it twice is harmless. */
  dispose(): void;
}

/** Prepares {@link GradientSteps}: one compiled call per step, on packed vectors. */
export function preparedGradientSteps<Batch extends Tree<Tensor>>(
  options: GradientStepsOptions<Batch>,
): GradientSteps<Batch> {
  const { spec, optimizer, executor, name } = options;
  const update = gradientUpdate<Batch>(options.loss, spec, optimizer);
  const prepared = executor.prepare<GradientUpdateInput<Batch>, GradientUpdateOutput>(update.run, { name });
  let state = initialState(optimizer, spec.size);
  let made = 0;
  return {
    async step(theta, batch, factor, rng) {
      const clock = floatTensor(Float32Array.of(made, factor), [2]);
      const input = { theta: floatTensor(theta, [spec.size]), optimizer: state, clock, batch };
      const next = await prepared.run(input as Hosted<GradientUpdateInput<Batch>>, rng);
      state = next.optimizer as Tree<HostTensor>;
      made += 1;
      return { theta: next.theta.data as Float32Array, report: next.report.data as Float32Array };
    },
    reportNames: () => update.reportNames(),
    save: () => ({ tensors: state, step: made }),
    restore(tensors, step) {
      state = tensors;
      made = step;
    },
    dispose: () => prepared.dispose(),
  };
}
