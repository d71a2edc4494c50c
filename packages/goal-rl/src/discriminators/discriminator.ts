import type { HostTensor, Tree } from '@tasklearn/core';

/** What a discriminator made of one call. */
export interface DiscriminatorStep {
  /** log q(z|x) of each row, by the parameters before they were changed, [N]. */
  readonly logProbability: Float32Array;
  /** Mean −log q(z|x). */
  readonly loss: number;
  /** Share of rows whose z is the most likely one. */
  readonly accuracy: number;
}

/** q_φ(z|x), which tells from a state which skill visited it. It owns φ and its compiled step until disposed. */
export interface Discriminator {
  /** What x is: the state now; other inputs (both ends of an episode, the whole of it) are open. */
  readonly input: 'state';
  /**
   * log q(z|x) of N rows, then one gradient step on their mean −log q.
   *
   * @param states - [N * D].
   * @param codes - z of each row, [N * Z].
   */
  learn(states: Float32Array, codes: Float32Array): Promise<DiscriminatorStep>;
  /** The same numbers without learning. */
  measure(states: Float32Array, codes: Float32Array): Promise<DiscriminatorStep>;
  /** φ and the state of its optimiser. */
  save(): Tree<HostTensor>;
  /** Puts exactly that state back. */
  restore(saved: Tree<HostTensor>): void;
  /** Frees the compiled step. Calling it twice is harmless. */
  dispose(): void;
}
