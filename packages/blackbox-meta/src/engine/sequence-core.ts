import type { Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** What a core remembers of a support set: leaves [T, ...]. */
export type Memory = { readonly [name: string]: Tree<Tensor> };

/** Sizes that a core's parameters depend on. */
export interface CoreSizes {
  /** I, numbers in an item: its embedding and its label. */
  readonly itemSize: number;
  /** S, items in the support set of meta-training. */
  readonly supportSize: number;
}

/**
 * A computation that reads a support set, one item after another or all at once, and then answers queries from what it
 * remembers. Adaptation is this computation: no gradient is taken at meta-test.
 */
export interface SequenceCore {
  /** For messages. */
  readonly name: string;
  /** D, numbers in an answer. */
  outputSize(sizes: CoreSizes): number;
  /** Parameters, shared by all tasks. The caller disposes. */
  init(sizes: CoreSizes, rng: Rng): Tree<Tensor>;
  /**
   * Reads a support set.
   *
   * @param items - [T, S, I], in the order in which they are met.
   * @param mask - [T, S], 1 where an item counts; others leave no trace.
   */
  observe(parameters: Tree<Tensor>, items: Tensor, mask: Tensor | undefined): Memory;
  /** Each query by itself, from that memory: [T, Q, I] → [T, Q, D]. */
  answer(parameters: Tree<Tensor>, memory: Memory, queries: Tensor): Tensor;
  /** Items one after another from that memory, each read in the state that those before it left: [T, Q, I] → [T, Q, D]. */
  follow?(parameters: Tree<Tensor>, memory: Memory, items: Tensor): Tensor;
}

/** A core that takes one item at a time; the state of T tasks with R answers under way has leaves [T, R, ...]. */
export interface StepCore {
  /** For messages. */
  readonly name: string;
  /** D, numbers in an output. */
  outputSize(sizes: CoreSizes): number;
  /** Parameters, shared by all tasks. The caller disposes. */
  init(sizes: CoreSizes, rng: Rng): Tree<Tensor>;
  /** Before the first item; leaves [T, 1, ...]. */
  start(parameters: Tree<Tensor>, tasks: number): Memory;
  /** One step: item [T, R, I] → output [T, R, D] and the next state. */
  step(
    parameters: Tree<Tensor>,
    state: Memory,
    item: Tensor,
  ): { readonly output: Tensor; readonly state: Memory };
}
