import type { ControlSpec } from '@tasklearn/core';

/** How a step of experience becomes numbers for a network: actions one-hot where they are discrete. */
export interface StepEncoding {
  /** O. */
  readonly observationSize: number;
  /** Whether actions are indices. */
  readonly discrete: boolean;
  /** Actions to choose from, or numbers in an action; what an encoded action takes. */
  readonly actionSize: number;
  /** Numbers in an action as it is stored: 1 for an index. */
  readonly storedActionSize: number;
  /** Writes an action at `offset` of `target`. */
  writeAction(target: Float32Array, offset: number, actions: Float32Array, index: number): void;
}

/** The encoding of a specification. */
export function stepEncoding(spec: ControlSpec): StepEncoding {
  const discrete = spec.action.dtype === 'int32';
  const actionSize = discrete ? (spec.action.maximum ?? 0) + 1 : (spec.action.shape[0] ?? 1);
  return {
    observationSize: spec.observation.shape[0] ?? 1,
    discrete,
    actionSize,
    storedActionSize: discrete ? 1 : actionSize,
    writeAction(target, offset, actions, index) {
      if (discrete) target[offset + (actions[index] as number)] = 1;
      else target.set(actions.subarray(index * actionSize, (index + 1) * actionSize), offset);
    },
  };
}
