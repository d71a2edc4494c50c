import type { ControlSpec, Executor, Rng, TimeSteps, Tree } from '@tasklearn/core';
import {
  type CompiledActor,
  compiledActor,
  explorationOf,
  type OffPolicyAlgorithm,
  observationSizeOf,
  parameterSpec,
} from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import { type Normalization, normalizeInPlace } from './observation-normalizer.js';

/** How acting departs from the best actions. */
export interface ExplorationSettings {
  /** Probability of a uniformly random action. */
  readonly rate: number;
  /** σ of noise on continuous actions, in units of their reach. */
  readonly noise: number;
}

/** A base learner that acts for many copies in one call. */
export interface Acting {
  /** Numbers of the parameters, P. */
  readonly size: number;
  /**
   * @param parameters - [P].
   * @param normalization - of observations, [2 * O].
   * @param codes - z of each copy, [E * Z].
   * @param exploration - absent for the best actions.
   * @returns [E * A], or [E] indices.
   */
  act(
    parameters: Float32Array,
    normalization: Normalization,
    steps: TimeSteps,
    codes: Float32Array,
    rng: Rng,
    exploration?: ExplorationSettings,
  ): Promise<Float32Array>;
  /** Frees the compiled steps. Calling it twice is harmless. */
  dispose(): void;
}

/** Prepares a base learner for acting. */
export function openActing(
  name: string,
  { policy, exploration: choice }: OffPolicyAlgorithm<Tree<Tensor>>,
  spec: ControlSpec,
  executor: Executor,
): Acting {
  const parameterTree = parameterSpec(policy.init);
  const actors = new Map<string, CompiledActor>();
  const actorFor = (copies: number, explores: boolean) => {
    const how = explores ? choice : 'mode';
    const found = actors.get(`${copies}/${how}`);
    if (found !== undefined) return found;
    const options = { copies, observationSize: observationSizeOf(spec), choice: how };
    const actor = compiledActor(policy, parameterTree, executor, options);
    actors.set(`${copies}/${how}`, actor);
    return actor;
  };
  return {
    size: parameterTree.size,
    async act(parameters, normalization, steps, codes, rng, exploration) {
      const actor = actorFor(steps.stepType.length, exploration !== undefined);
      const observation = steps.observation.slice();
      normalizeInPlace(observation, normalization);
      actor.setParameters(parameters, codes.length === 0 ? undefined : codes);
      const { actions } = await actor.act({ ...steps, observation }, rng.split('policy'));
      if (exploration === undefined) return actions;
      const { rate, noise } = exploration;
      const changed = actions.slice();
      explorationOf(name, spec, { randomActions: rate, noise })(changed, 0, rng.split('explore'));
      return changed;
    },
    dispose() {
      for (const actor of actors.values()) actor.dispose();
      actors.clear();
    },
  };
}
