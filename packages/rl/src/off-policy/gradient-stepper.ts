import { type Executor, type HostTensor, mapTree, type Prepared, type Rng, type Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type FieldLayout, unpackFields } from '../replay/field-layout.js';
import type { ReplayBatch } from '../replay/replay.js';
import type { OffPolicyAlgorithm, StateOf, TransitionBatch } from './off-policy-algorithm.js';

/** Input of {@link gradientSteps}. */
export type GradientStepsInput<State> = {
  readonly state: State;
  /** [G, T, B, F]. */
  readonly rows: Tensor;
  /** [G, T, B]; absent where all are 1. */
  readonly weights?: Tensor;
};

/** Output of {@link gradientSteps}. */
export type GradientStepsOutput<State> = {
  readonly state: State;
  /** Mean of each metric over the steps that have it, in order of its name, [M]. */
  readonly report: Tensor;
  /** |δ|, [G, T, B]; where asked for and the algorithm has them. */
  readonly errors?: Tensor;
};

/** Rows of a batch as what algorithms take. */
export function transitionBatch(rows: Tensor, layout: FieldLayout, weights?: Tensor): TransitionBatch {
  const fields = unpackFields<'observation' | 'action' | 'reward' | 'next' | 'discount' | 'context'>(
    rows,
    layout,
  );
  return { ...fields, weights: weights ?? tf.onesLike(fields.reward) };
}

/**
 * G gradient steps as one recordable function, one minibatch each: state and rows in, state and report out.
 *
 * @param layout - of the rows: `observation`, `action`, `reward`, `next`, `discount`, and `context` where the algorithm's
 * networks take one.
 * @param phase - which step of the algorithm's period the first one is.
 * @returns the function, and the names of the numbers in its report, known once it has been called.
 */
export function gradientSteps<State extends Tree<Tensor>>(
  algorithm: OffPolicyAlgorithm<State>,
  layout: FieldLayout,
  { phase = 0, errors = false }: { readonly phase?: number; readonly errors?: boolean } = {},
): {
  /** The recordable steps. */
  readonly run: (input: GradientStepsInput<State>, rng: Rng) => GradientStepsOutput<State>;
  /** Names of the numbers in a report; known once `run` has been called. */
  reportNames(): readonly string[];
} {
  let names: readonly string[] = [];
  const run = (input: GradientStepsInput<State>, rng: Rng): GradientStepsOutput<State> => {
    const [count, ...shape] = input.rows.shape as [number, number, number, number];
    const sums = new Map<string, Tensor[]>();
    const found: Tensor[] = [];
    let { state } = input;
    for (let step = 0; step < count; step += 1) {
      const part = (all: Tensor, rest: readonly number[]) =>
        tf.slice(all, [step, ...rest.map(() => 0)], [1, ...rest]).reshape([...rest]);
      const weights = input.weights && part(input.weights, shape.slice(0, 2));
      const batch = transitionBatch(part(input.rows, shape), layout, weights);
      const updated = algorithm.update(state, batch, rng.split(step), (phase + step) % algorithm.period);
      state = updated.state;
      for (const [name, value] of Object.entries(updated.metrics))
        sums.set(name, [...(sums.get(name) ?? []), value]);
      if (updated.errors !== undefined) found.push(updated.errors);
    }
    names = [...sums.keys()].sort();
    const report = tf.stack(
      names.map((name) => tf.addN(sums.get(name) as Tensor[]).div((sums.get(name) as Tensor[]).length)),
    );
    return errors && found.length === count ? { state, report, errors: tf.stack(found) } : { state, report };
  };
  return { run, reportNames: () => names };
}

/** An algorithm under training: its state, and its prepared gradient steps. */
export interface GradientStepper {
  /** Gradient steps made. */
  steps(): number;
  /**
   * One gradient step per minibatch, in one call.
   *
   * @param batch - rows [G, T, B, F].
   * @returns metrics, and |δ| of every row where they were asked for.
   */
  run(
    batch: Pick<ReplayBatch, 'rows' | 'weights'>,
    rng: Rng,
  ): Promise<{ readonly metrics: Readonly<Record<string, number>>; readonly errors?: Float32Array }>;
  /** What acts, [P]. Replaced by the next step, not changed. */
  acting(): HostTensor;
  /** The whole state. */
  save(): Tree<HostTensor>;
  /** Goes on from what `save` gave, after so many steps. */
  restore(saved: Tree<HostTensor>, steps: number): void;
  /** Frees the compiled steps. Calling it twice is harmless. */
  dispose(): void;
}

/** What a {@link gradientStepper} needs. */
export interface GradientStepperOptions<State extends Tree<Tensor>> {
  readonly algorithm: OffPolicyAlgorithm<State>;
  readonly layout: FieldLayout;
  readonly executor: Executor;
  /** For the first state. */
  readonly rng: Rng;
  /** Whether weights are given and errors wanted: prioritised replay. Default false. */
  readonly prioritised?: boolean;
}

/** A tree of tensors on the host; the tensors are disposed. */
export function hostedTree(tree: Tree<Tensor>): Tree<HostTensor> {
  return mapTree(tree, (leaf: Tensor): HostTensor => {
    const data = leaf.dataSync<'float32'>().slice();
    leaf.dispose();
    return { dtype: 'float32', shape: leaf.shape, data };
  });
}

/** Makes gradient steps of an algorithm through an executor: one prepared function per number of steps and phase. */
export function gradientStepper<State extends Tree<Tensor>>(
  options: GradientStepperOptions<State>,
): GradientStepper {
  const { algorithm, layout, executor, rng, prioritised = false } = options;
  type Host = StateOf<State, HostTensor>;
  type Step = Prepared<GradientStepsInput<Tree<Tensor>>, GradientStepsOutput<Tree<Tensor>>>;
  const known = new Map<string, { readonly step: Step; readonly names: () => readonly string[] }>();
  let state = hostedTree(algorithm.init(rng));
  let made = 0;
  const stepFor = (count: number) => {
    const phase = made % algorithm.period;
    const key = `${count}/${phase}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const { run, reportNames } = gradientSteps(algorithm, layout, { phase, errors: prioritised });
    const step = executor.prepare(run as never, { name: `${algorithm.name} step` }) as unknown as Step;
    const fresh = { step, names: reportNames };
    known.set(key, fresh);
    return fresh;
  };
  return {
    steps: () => made,
    async run({ rows, weights }, stream) {
      const count = rows.shape[0] as number;
      const { step, names } = stepFor(count);
      const given = prioritised ? { state, rows, weights } : { state, rows };
      const output = await step.run(given as never, stream);
      state = output.state as Tree<HostTensor>;
      made += count;
      const metrics = Object.fromEntries(
        names().map((name, index) => [name, output.report.data[index] as number]),
      );
      return {
        metrics,
        ...(output.errors === undefined ? {} : { errors: output.errors.data as Float32Array }),
      };
    },
    acting: () => algorithm.acting(state as Host),
    save: () => state,
    restore(saved, steps) {
      state = saved;
      made = steps;
    },
    dispose() {
      for (const { step } of known.values()) step.dispose();
      known.clear();
    },
  };
}
