import type {
  ControlDistribution,
  ControlSpec,
  ControlTask,
  Executor,
  HostTensor,
  Rng,
  Tree,
} from '@tasklearn/core';
import type { CombineGradients, FieldLayout, Relabel, RelabelledTrajectory } from '@tasklearn/rl';
import type { CreateBase } from '../bases/base.js';
import type { Proposer } from '../proposers/proposer.js';

/** What a slot is opened with. */
export interface SlotContext {
  readonly distribution: ControlDistribution;
  readonly spec: ControlSpec;
  /** Training tasks by index, where they are finitely many; else one that stands for all. */
  readonly tasks: readonly ControlTask[];
  readonly executor: Executor;
  /** Fields of a row: observation, action, reward, next, discount, and context where the policy has a z. */
  readonly fields: FieldLayout;
  readonly proposer: Proposer;
  /** Whether the base learner may use experience of other policies. */
  readonly offPolicy: boolean;
  readonly rng: Rng;
}

/** A reward in the place of the environment's. It owns whatever it learns until disposed. */
export interface RewardModel {
  /** Takes note of whole episodes that were just collected, [L * F] each. */
  observe(episodes: readonly Float32Array[], rng: Rng): Promise<Readonly<Record<string, number>>>;
  /** Writes the rewards of rows that were drawn for learning, and may learn from them. Returns numbers to log. */
  write(rows: Float32Array, rng: Rng): Promise<Readonly<Record<string, number>>>;
  /** Everything it has learnt. */
  save(): Tree<HostTensor>;
  /** Puts exactly that state back. */
  restore(saved: Tree<HostTensor>): void;
  /** Frees what it holds. Calling it twice is harmless. */
  dispose(): void;
}

/** How experience is given other goals or tasks: as it is drawn, as it is stored, or both. */
export interface Relabelling {
  readonly onSample?: Relabel;
  /** Trajectories to be stored in the place of one that was collected, [L * F]. */
  readonly onStore?: (rows: Float32Array, task: number, rng: Rng) => readonly RelabelledTrajectory[];
}

/** The interchangeable parts of a {@link goalLearner}. */
export interface GoalSlots {
  /** For messages, e.g. `her-dqn`. */
  readonly name: string;
  /** The learner underneath. @throws `UNSUPPORTED_TASK` for actions that it cannot take. */
  readonly base: CreateBase;
  /** Whether the base learner may use experience of other policies. Default true. */
  readonly offPolicy?: boolean;
  /** A reference policy that collects all experience, in the first update. Default: the learner collects its own. */
  readonly reference?: string;
  /** Where z comes from. Default: there is none. */
  readonly z?: () => Proposer;
  /** Default: the environment's reward. */
  readonly reward?: (context: SlotContext) => Promise<RewardModel>;
  /** Default: experience is used as it is. */
  readonly relabel?: (context: SlotContext) => Relabelling;
  /** What becomes of the gradients of several tasks. Default: their mean. */
  readonly combine?: CombineGradients;
  /** What acts in the end: the `last` policy, the default, or the `mixture` of those along the way. */
  readonly output?: 'last' | 'mixture';
}
