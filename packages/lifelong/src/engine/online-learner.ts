import type {
  Executor,
  GradientTransformation,
  HostTensor,
  StreamAgent,
  StreamLearner,
  StreamNeeds,
  StreamSpec,
} from '@tasklearn/core';
import type { NetworkOptions } from '@tasklearn/nn';
import type { Balance } from '../memory/draw-items.js';
import { createMemory, type MemoryKind, type StoredItem } from '../memory/memory.js';
import type { Protection } from '../protection/protection.js';
import { openOnlineAgent } from './online-agent.js';
import type { OnlineState } from './online-state.js';

/** What is kept, and how it is drawn. */
export interface MemorySettings {
  readonly kind: MemoryKind;
  /** M. */
  readonly size: number;
  /** How kept items are weighed when they are drawn. */
  readonly balance: Balance;
}

/** How the network follows the stream. */
export interface UpdateSettings {
  readonly optimizer: GradientTransformation;
  /**
   * Whether the n-th change is divided by n. With gradient descent on ½‖θ − c‖² at rate 1 this is exactly follow the leader: θ is the
   * mean of all points.
   */
  readonly harmonic: boolean;
  /** Updates made at every step of the stream. */
  readonly iterations: number;
  /** What an update sees: the new items, those and `replay` kept ones, or kept ones alone. */
  readonly from: 'new' | 'newAndKept' | 'kept';
  /** Kept items in a batch. */
  readonly replay: number;
  /** Passes over all kept items where a task ends; 0 for none. */
  readonly passes: number;
  /** Where the network starts again: never, before those passes, or with every task. */
  readonly restart: 'never' | 'beforePasses' | 'eachTask';
}

/** Which network predicts: one for all tasks, or one for each, known by its label. */
export interface BeliefSettings {
  readonly kind: 'single' | 'perTask';
  /** Where the network of a new task begins: with weights of its own, or with those of the task before. */
  readonly start: 'fresh' | 'copy';
  /** What of it a task has for itself: all of it, or the layer that sees the inputs; the rest is shared. Default `network`. */
  readonly own?: 'network' | 'inputLayer';
}

/** Constraints from memory: gradients may not make the loss of what is kept worse. */
export interface ConstraintSettings {
  /** A constraint for each task, or one for a batch drawn from all of them (averaged GEM). */
  readonly rows: 'perTask' | 'pooled';
  /** Items of the one row, or of the rows of all tasks together. */
  readonly size: number;
  /** γ. */
  readonly margin: number;
}

/** What an online learner is made of. */
export interface OnlineLearnerParts {
  /** For messages and names. */
  readonly name: string;
  readonly network: NetworkOptions;
  readonly memory: MemorySettings;
  /** Made anew for each agent, as it may run compiled steps of its own. */
  readonly protect: (context: ProtectionContext) => Protection;
  readonly constrain?: ConstraintSettings;
  readonly belief: BeliefSettings;
  readonly update: UpdateSettings;
}

/** What a protection may ask of the agent. */
export interface ProtectionContext {
  readonly spec: StreamSpec;
  readonly executor: Executor;
  /** The diagonal of the Fisher information at θ over items, [P]. */
  readonly fisher: (theta: HostTensor, items: readonly StoredItem[]) => Promise<Float32Array>;
}

function needsOf(parts: OnlineLearnerParts, spec: StreamSpec): StreamNeeds {
  const { memory, protect, constrain, belief, update } = parts;
  const unused = () => Promise.resolve(new Float32Array(0));
  const protection = protect({ spec, executor: { name: 'none', prepare: unprepared }, fisher: unused });
  const kept = createMemory(memory.kind, memory.size, spec.tasks).capacity;
  const told =
    protection.needsTaskEnds ||
    memory.kind === 'perTask' ||
    memory.balance === 'tasks' ||
    constrain !== undefined ||
    update.passes > 0 ||
    update.restart === 'eachTask';
  return {
    taskLabels: belief.kind === 'perTask' ? true : told ? 'learning' : false,
    storage: kept + protection.candidates,
    metaTraining: false,
  };
}

function unprepared(): never {
  throw new Error('A protection may prepare functions only when it is used.');
}

/**
 * An online learner from its parts: a network, a memory, a protection of what was learnt, constraints, a belief about the task, and
 * an update. Every published learner that is not meta-trained is a choice of these.
 *
 * The whole update (forward pass, gradients, penalty, projection, optimiser) is one compiled function of flat vectors.
 */
export function onlineLearner(parts: OnlineLearnerParts): StreamLearner<OnlineState> {
  return {
    kind: 'stream',
    needs: (spec) => needsOf(parts, spec),
    openAgent: async (_parameters, { spec, executor }): Promise<StreamAgent<OnlineState>> =>
      openOnlineAgent(parts, spec, executor),
  };
}
