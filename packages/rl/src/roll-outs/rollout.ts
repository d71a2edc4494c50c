/** H steps of E copies, time-major: step h of copy e is row h * E + e. Owned by its collector, overwritten by the next collection. */
export interface Rollout {
  /** E. */
  readonly copies: number;
  /** H. */
  readonly length: number;
  /** O. */
  readonly observationSize: number;
  /** A; 1 where actions are indices. */
  readonly actionSize: number;
  /** What was seen before the action, [H * E * O]. */
  readonly observation: Float32Array;
  /** [H * E * A]. */
  readonly action: Float32Array;
  /** [H * E]. */
  readonly reward: Float32Array;
  /** 0 where the step terminated the episode, else 1: the factor of the bootstrapped value; [H * E]. */
  readonly discount: Float32Array;
  /** 1 where the observation is the first of an episode, [H * E]. */
  readonly begins: Uint8Array;
  /** 1 where the step ended the episode, by termination or truncation, [H * E]. */
  readonly ends: Uint8Array;
  /** What was seen after the action, before any reset, [H * E * O]. */
  readonly next: Float32Array;
  /** 1 where the step reached success, [H * E]. */
  readonly success: Uint8Array;
  /** What the actor added, [H * E * k] each. */
  readonly extras: Readonly<Record<string, Float32Array>>;
}

/** One episode per copy, copy-major and padded: step h of copy e is row e * H + h. */
export interface EpisodeBatch {
  /** E. */
  readonly copies: number;
  /** H, the horizon. */
  readonly length: number;
  /** O. */
  readonly observationSize: number;
  /** A; 1 where actions are indices. */
  readonly actionSize: number;
  /** [E * H * O]; 0 after the end. */
  readonly observation: Float32Array;
  /** [E * H * A]; 0 after the end. */
  readonly action: Float32Array;
  /** [E * H]; 0 after the end. */
  readonly reward: Float32Array;
  /** 0 where the step terminated the episode and after it, else 1, [E * H]. */
  readonly discount: Float32Array;
  /** 1 for steps that were made, 0 after the end, [E * H]. */
  readonly mask: Float32Array;
  /** [E * H * O]; 0 after the end. */
  readonly next: Float32Array;
  /** 1 where the step reached success, [E * H]. */
  readonly success: Uint8Array;
  /** Steps made, [E]. */
  readonly lengths: Int32Array;
  /** What the actor added, [E * H * k] each; 0 after the end. */
  readonly extras: Readonly<Record<string, Float32Array>>;
}
