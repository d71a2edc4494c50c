import type { LossName, TargetSpec, TaskLoss } from './episode.js';
import type { Rng } from './randomness/rng.js';
import type { TensorSpec } from './tensor-spec.js';
import type { HostTensor } from './tree/tree.js';

/** What a stream declares; a learner that needs more than is declared is refused. */
export interface StreamSpec {
  readonly input: TensorSpec;
  readonly target: TargetSpec;
  readonly loss: LossName | TaskLoss;
  readonly order: 'iid' | 'curriculum' | 'predictable' | 'adversarial' | 'periodic';
  readonly boundaries: 'discrete' | 'continuous';
  /** Whether the learner is told when the task changes. */
  readonly boundariesKnown: boolean;
  /** Items a learner may keep; `Infinity` for no limit, 0 for none. */
  readonly storage: number;
}

/** Inputs of one step [B, ...], with the task label only where the stream declares boundaries known. */
export interface StreamInputs {
  readonly inputs: HostTensor;
  readonly taskLabel?: number;
}

/**
 * Lifelong learning: predict first, then observe. The runner owns the data, reveals targets afterwards, and
 * knows, but does not tell, where tasks change unless the stream declares that it does.
 */
export interface StreamLearner<State = unknown> {
  readonly kind: 'stream';
  /** State before the first step. */
  init(spec: StreamSpec, rng: Rng): State;
  /** Mean predictions [B, ...]; called before the targets of these inputs exist. */
  predict(state: State, step: StreamInputs, rng: Rng): HostTensor | Promise<HostTensor>;
  /** Called once per step with the revealed targets. Returns the next state. */
  observe(state: State, step: StreamInputs, targets: HostTensor, rng: Rng): State | Promise<State>;
  /** Items held now, charged against the stream's storage. */
  storedItems(state: State): number;
  /** Frees the state. Calling it twice is harmless. */
  dispose(state: State): void;
}
