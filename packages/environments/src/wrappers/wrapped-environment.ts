import type { Environment, TimeSteps } from '@tasklearn/core';

/** What a wrapper changes of an environment. */
export interface EnvironmentChange {
  /** What is shown, once the wrapped environment has moved; the same object at each call. */
  show(steps: TimeSteps, moved: Uint8Array | undefined): TimeSteps;
  /** What the wrapped environment is told to do. */
  actions?(actions: Float32Array, active: Uint8Array | undefined): Float32Array;
  /** How an episode begins, where not by `reset`. */
  begin?(which: Uint8Array | undefined): TimeSteps;
  /** Arrays that a snapshot must hold besides the wrapped environment's own. */
  readonly state?: readonly (Uint8Array | Uint32Array | Float32Array)[];
}

const bytesOf = (part: Uint8Array | Uint32Array | Float32Array) =>
  new Uint8Array(part.buffer, part.byteOffset, part.byteLength);

/** An environment around another one. */
export function wrappedEnvironment(
  base: Environment,
  spec: Environment['spec'],
  { show, actions, begin, state = [] }: EnvironmentChange,
): Environment {
  const extra = state.reduce((sum, part) => sum + part.byteLength, 0);
  return {
    copies: base.copies,
    spec,
    reset: (which) => show(begin?.(which) ?? base.reset(which), which),
    step: (taken, active) => show(base.step(actions?.(taken, active) ?? taken, active), active),
    snapshot() {
      const inner = base.snapshot();
      const bytes = new Uint8Array(inner.length + extra);
      let offset = 0;
      for (const part of state) {
        bytes.set(bytesOf(part), offset);
        offset += part.byteLength;
      }
      bytes.set(inner, extra);
      return bytes;
    },
    restore(snapshot) {
      base.restore(snapshot.slice(Math.min(extra, snapshot.length))); // Throws first, if it is of something else.
      let offset = 0;
      for (const part of state) {
        bytesOf(part).set(snapshot.subarray(offset, offset + part.byteLength));
        offset += part.byteLength;
      }
    },
    dispose: () => base.dispose(),
  };
}
