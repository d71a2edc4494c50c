import type { Tensor } from '@tensorflow/tfjs';
import type { Tree } from './tree/tree.js';

/**
 * A pure optimiser on one flat parameter vector. `nn` implements SGD, Adam and the others.
 * It is recordable: the step counter is a tensor, so a schedule is part of the compiled step.
 */
export interface GradientTransformation<State extends Tree<Tensor> = Tree<Tensor>> {
  /** State for parameters of P elements; every leaf is [P] or []. The caller disposes. */
  init(size: number): State;
  /**
   * @param gradient - ∂L/∂θ, [P].
   * @param state - as returned by `init` or the last `update`.
   * @param parameters - θ, [P].
   * @param step - number of updates made before this one, float32 scalar [].
   * @returns what to ADD to θ, [P], and the next state.
   */
  update(
    gradient: Tensor,
    state: State,
    parameters: Tensor,
    step: Tensor,
  ): { readonly change: Tensor; readonly state: State };
}
