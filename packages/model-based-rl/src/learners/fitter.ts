import {
  disposeTree,
  type Executor,
  type HostTensor,
  type Rng,
  type Tree,
  type TreeSpec,
  toHost,
} from '@tasklearn/core';
import { createOptimizer, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { sampleWindows, type TransitionStore, windowStarts } from '../experience/transition-store.js';
import { normalizeRows, normalizerOf, rowWidth } from '../models/normalizer.js';
import { hostTensor } from '../planners/plan-state.js';
import type { Composition } from './composition.js';
import type { ModelBasedOptions } from './model-based-options.js';
import { type ModelParameters, parametersOf } from './model-parameters.js';

/** Everything that fitting carries on. */
export type FitState<Leaf = HostTensor> = {
  /** [P]. */
  readonly theta: Leaf;
  /** Of the optimiser. */
  readonly optimizer: Tree<Leaf>;
  /** Steps made, []. */
  readonly step: Leaf;
};

type FitInput<Leaf = Tensor> = FitState<Leaf> & {
  readonly normalizer: Leaf;
  /** [G, B, W]: transitions per member, or windows. */
  readonly batch: Leaf;
};
type FitOutput<Leaf = Tensor> = FitState<Leaf> & { readonly losses: Leaf };

/** What a fit came to. */
export interface FitReport {
  readonly state: FitState;
  /** Mean training loss of the last steps. */
  readonly loss: number;
  /** Loss on transitions that are never trained on; NaN where there are none. */
  readonly heldOutLoss: number;
  /** Steps made. */
  readonly steps: number;
}

/** One of so many transitions is held out. */
const HELD_OUT = 10;
/** Steps between two looks at the held-out loss. */
const CHECK_EVERY = 50;
/** Transitions that are looked at. */
const HELD_OUT_ITEMS = 256;

/** Draws batches: each member from a bootstrap sample of its own, or windows. */
function createSampler(parts: Composition, store: TransitionStore, rng: Rng) {
  const { batch } = parts.model;
  const width = rowWidth(parts.sizes);
  const rows = store.rows();
  if (batch.kind === 'windows') {
    const length = batch.support + batch.query;
    const starts = windowStarts(store.segments(), length);
    const draw = (count: number, stream: Rng) =>
      hostTensor([count, length, width], sampleWindows(rows, width, starts, length, count, stream));
    return { draw, enough: starts.length > 0, heldOut: false };
  }
  const training = Int32Array.from({ length: store.size }, (_, index) => index).filter(
    (index) => index % HELD_OUT !== HELD_OUT - 1,
  );
  const held = Int32Array.from(
    { length: Math.floor(store.size / HELD_OUT) },
    (_, index) => (index + 1) * HELD_OUT - 1,
  );
  const bags = Array.from({ length: batch.groups }, (_, member) => {
    if (batch.groups === 1) return training;
    const own = rng.split(member);
    return training.map(() => training[own.integer(training.length)] as number);
  });
  const gather = (bag: (member: number) => Int32Array, count: number, stream: Rng) => {
    const data = new Float32Array(batch.groups * count * width);
    for (let member = 0; member < batch.groups; member += 1) {
      const from = bag(member);
      for (let item = 0; item < count; item += 1) {
        const row = from[stream.integer(from.length)] as number;
        data.set(rows.subarray(row * width, (row + 1) * width), (member * count + item) * width);
      }
    }
    return hostTensor([batch.groups, count, width], data);
  };
  return {
    draw: (count: number, stream: Rng) => gather((member) => bags[member] as Int32Array, count, stream),
    drawHeldOut: (stream: Rng) => gather(() => held, HELD_OUT_ITEMS, stream),
    enough: training.length > 0,
    heldOut: held.length > 0,
  };
}

function lossOf(parts: Composition, input: Pick<FitInput, 'normalizer' | 'batch'>, rng: Rng) {
  const { sizes, model, outcomes } = parts;
  const rows = normalizeRows(input.batch, normalizerOf(input.normalizer, sizes), sizes);
  return ({ dynamics, outcomes: outcome }: ModelParameters) => {
    const first = model.loss(dynamics, rows, rng);
    const second = outcomes.loss(outcome, rows);
    return { total: tf.add(first, second) as Scalar, dynamics: first };
  };
}

/** The two compiled functions of fitting: a step of the optimiser, and the loss on what is held out. */
function prepareFit(parts: Composition, options: ModelBasedOptions, spec: TreeSpec, executor: Executor) {
  const { fit } = options;
  const optimizer = createOptimizer({ name: 'adam', learningRate: fit.learningRate, clipNorm: fit.clipNorm });
  const step = executor.prepare(
    (input: FitInput, rng: Rng): FitOutput => {
      const loss = lossOf(parts, input, rng);
      const { value, gradients } = valueAndGradients(
        (theta: Tensor) => loss(parametersOf(theta, spec)).total,
        input.theta,
      );
      const { change, state } = optimizer.update(gradients, input.optimizer, input.theta, input.step);
      const theta = tf.add(input.theta, change);
      return { theta, optimizer: state, step: tf.add(input.step, 1), losses: value };
    },
    { name: 'fit step' },
  );
  const judge = executor.prepare(
    (input: Pick<FitInput, 'theta' | 'normalizer' | 'batch'>, rng: Rng) => ({
      loss: lossOf(parts, input, rng)(parametersOf(input.theta, spec)).dynamics,
    }),
    { name: 'held-out loss' },
  );
  return { optimizer, step, judge };
}

/** Keeps the best state by held-out loss, and says when to stop. */
function createStopping(patience: number, first: FitState, loss: number) {
  let best = { loss, state: first, misses: 0 };
  return {
    /** Whether to go on. */
    goesOn(state: FitState, found: number): boolean {
      best = found < best.loss ? { loss: found, state, misses: 0 } : { ...best, misses: best.misses + 1 };
      return best.misses < patience;
    },
    best: () => best.state,
  };
}

/** Fits models: one prepared step, called as often as the options say. */
export interface Fitter {
  /** The optimiser's state for P parameters. */
  begin(theta: HostTensor): Promise<FitState>;
  /**
   * @param limit - steps of the optimiser; those of the options unless told.
   * @returns without a step where there is nothing to train on.
   */
  train(
    start: FitState,
    normalizer: HostTensor,
    store: TransitionStore,
    rng: Rng,
    limit?: number,
  ): Promise<FitReport>;
  /** Frees compiled steps. */
  dispose(): void;
}

/** Prepares the steps of fitting. */
export function createFitter(
  parts: Composition,
  options: ModelBasedOptions,
  spec: TreeSpec,
  executor: Executor,
): Fitter {
  const { fit } = options;
  const { optimizer, step, judge } = prepareFit(parts, options, spec, executor);
  const train: Fitter['train'] = async (start, normalizer, store, rng, limit = fit.steps) => {
    const sampler = createSampler(parts, store, rng.split('bootstrap'));
    let state = start;
    if (!sampler.enough) return { state, loss: Number.NaN, heldOutLoss: Number.NaN, steps: 0 };
    const heldOutLoss = async (theta: HostTensor) => {
      if (sampler.drawHeldOut === undefined || !sampler.heldOut) return Number.NaN;
      const batch = sampler.drawHeldOut(rng.split('held-out'));
      const { loss } = await judge.run({ theta, normalizer, batch } as never, rng.split('judge'));
      return (loss as HostTensor).data[0] as number;
    };
    const stops = fit.patience > 0 && sampler.heldOut;
    const stopping = stops ? createStopping(fit.patience, state, await heldOutLoss(state.theta)) : undefined;
    const losses: number[] = [];
    while (losses.length < limit) {
      const stream = rng.split('step').split(losses.length);
      const input = { ...state, normalizer, batch: sampler.draw(fit.batchSize, stream.split('batch')) };
      const output = (await step.run(input as never, stream)) as unknown as FitOutput<HostTensor>;
      state = { theta: output.theta, optimizer: output.optimizer, step: output.step };
      losses.push(output.losses.data[0] as number);
      if (stopping === undefined || losses.length % CHECK_EVERY !== 0) continue;
      if (!stopping.goesOn(state, await heldOutLoss(state.theta))) break;
    }
    const kept = stopping?.best() ?? state;
    const last = losses.slice(-CHECK_EVERY);
    const loss = last.reduce((sum, value) => sum + value, 0) / last.length;
    return { state: kept, loss, heldOutLoss: await heldOutLoss(kept.theta), steps: losses.length };
  };
  return {
    async begin(theta) {
      const state = tf.tidy(() => optimizer.init(theta.data.length) as tf.TensorContainer) as Tree<Tensor>;
      const moments = (await toHost(state)) as Tree<HostTensor>;
      disposeTree(state);
      return { theta, optimizer: moments, step: hostTensor([], new Float32Array(1)) };
    },
    train,
    dispose() {
      step.dispose();
      judge.dispose();
    },
  };
}
