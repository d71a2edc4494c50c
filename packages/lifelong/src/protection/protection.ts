import type { HostTensor, Rng, StreamSpec } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { NetworkParameters } from '../engine/network.js';
import type { ItemBatch } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';

/** Vectors, flags and masks that a protection carries through a lifetime. */
export type Slots<Leaf = Tensor> = { readonly [name: string]: Leaf };

/** What a protection may look at inside the compiled step. */
export interface StepContext {
  readonly parameters: NetworkParameters;
  readonly slots: Slots;
  /** New and replayed items, [1, B, ...]. */
  readonly batch: ItemBatch;
  /** Outputs [1, B, N] of the parameters, nothing masked. */
  readonly outputs: Tensor;
  /** Outputs [1, B, N] of another parameter vector [P] on the same inputs. */
  readonly outputsOf: (theta: Tensor) => Tensor;
}

/** What is known where a task ends, on the host. */
export interface TaskEnd {
  readonly theta: HostTensor;
  readonly slots: Slots<HostTensor>;
  /** Items of the task: at most `candidates`, drawn uniformly. */
  readonly recent: readonly StoredItem[];
  /** The task that ended. */
  readonly task: number;
  /** Classes met so far, [N] of 0 and 1. */
  readonly classes: Float32Array;
  readonly rng: Rng;
}

/** A way to keep old tasks from being forgotten; all members but `begin` may be absent. */
export interface Protection {
  /** Items of the task at hand that it wants to see at its end. */
  readonly candidates: number;
  /** Gradients that it evaluates of each of these, for the ledger; 0 where absent. */
  readonly gradientsPerCandidate?: number;
  /** Whether it must be told where a task ends. */
  readonly needsTaskEnds: boolean;
  /** Slots before the first step, for parameters of θ's size. */
  begin(theta: HostTensor, spec: StreamSpec): Slots<HostTensor>;
  /** Added to the loss of the data, []. Recordable. */
  penalty?(context: StepContext): Scalar;
  /** Added to the gradient [P]. Recordable. */
  pull?(theta: Tensor, slots: Slots): Tensor;
  /** Slots after an update. Recordable; slots it does not return stay as they are. */
  after?(slots: Slots, gradient: Tensor, change: Tensor): Slots;
  /** Slots after a task. */
  endTask?(end: TaskEnd): Promise<Slots<HostTensor>>;
}

/** Nothing protected. */
export const unprotected: Protection = { candidates: 0, needsTaskEnds: false, begin: () => ({}) };
