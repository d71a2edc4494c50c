import type { HostTensor } from '@tasklearn/core';
import type { MemoryState } from '../memory/memory.js';
import type { Slots } from '../protection/protection.js';

/** A network and its optimiser. */
export interface Component {
  /** θ, [P]. */
  readonly theta: HostTensor;
  readonly optimizer: { readonly [name: string]: HostTensor };
  /** Updates made. */
  readonly step: number;
}

/** State of a lifetime. Immutable; arrays are shared between states and never written to. */
export interface OnlineState {
  /** One, or one for each task met, by its number. */
  readonly components: readonly (Component | undefined)[];
  readonly memory: MemoryState;
  readonly slots: Slots<HostTensor>;
  /** Items of the task at hand, for what is done at its end. */
  readonly recent: MemoryState;
  /** Classes met, [N] of 0 and 1. */
  readonly classes: Float32Array;
  /** The task last observed. */
  readonly task: number;
  /** Gradients of the loss of an item evaluated so far. */
  readonly gradients: number;
}
