import {
  disposeTree,
  type Executor,
  type HostTensor,
  type Rng,
  type Tree,
  type TreeSpec,
  toHost,
  unflattenTree,
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

/** Fits the model: one prepared step, called as often as the options say. */
export function createFitter(
  parts: Composition,
  options: ModelBasedOptions,
  spec: TreeSpec,
  executor: Executor,
) {
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
      loss: lossOf(parts, input, rng)(unflattenTree(input.theta, spec) as never).dynamics,
    }),
    { name: 'held-out loss' },
  );

  const train = async (
    start: FitState,
    normalizer: HostTensor,
    store: TransitionStore,
    rng: Rng,
    limit = fit.steps,
  ): Promise<FitReport> => {
    const sampler = createSampler(parts, store, rng.split('bootstrap'));
    let state = start;
    if (!sampler.enough) return { state, loss: Number.NaN, heldOutLoss: Number.NaN, steps: 0 };
    const heldOutLoss = async (theta: HostTensor) => {
      if (sampler.drawHeldOut === undefined || !sampler.heldOut) return Number.NaN;
      const batch = sampler.drawHeldOut(rng.split('held-out'));
      const { loss } = await judge.run({ theta, normalizer, batch } as never, rng.split('judge'));
      return (loss as HostTensor).data[0] as number;
    };
    let best = { loss: await heldOutLoss(state.theta), state, misses: 0 };
    let [total, counted, made] = [0, 0, 0];
    while (made < limit) {
      const stream = rng.split('step').split(made);
      const input = { ...state, normalizer, batch: sampler.draw(fit.batchSize, stream.split('batch')) };
      const { losses, ...next } = (await step.run(
        input as never,
        stream,
      )) as unknown as FitOutput<HostTensor>;
      state = next;
      made += 1;
      if (made > limit - CHECK_EVERY) {
        total += losses.data[0] as number;
        counted += 1;
      }
      if (fit.patience === 0 || made % CHECK_EVERY !== 0) continue;
      const loss = await heldOutLoss(state.theta);
      best = loss < best.loss ? { loss, state, misses: 0 } : { ...best, misses: best.misses + 1 };
      if (best.misses >= fit.patience) break;
    }
    const kept = fit.patience > 0 && sampler.heldOut ? best.state : state;
    return { state: kept, loss: total / counted, heldOutLoss: await heldOutLoss(kept.theta), steps: made };
  };
  return {
    /** The optimiser's state for P parameters. */
    async begin(theta: HostTensor): Promise<FitState> {
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
