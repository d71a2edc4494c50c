import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { LossName, Split, TargetSpec, TaskLoss } from '../episode.js';
import type { Executor } from '../executor.js';
import type { Rng } from '../randomness/rng.js';
import type { TensorSpec } from '../tensor-spec.js';
import type { HostTensor, Tree } from '../tree/tree.js';

/** What a stream declares; a learner that needs more than is declared is refused. */
export interface StreamSpec {
  readonly input: TensorSpec;
  readonly target: TargetSpec;
  readonly loss: LossName | TaskLoss;
  readonly order: 'iid' | 'drift' | 'curriculum' | 'predictable' | 'adversarial' | 'periodic' | 'piecewise';
  readonly boundaries: 'discrete' | 'continuous';
  /** Whether the learner is told which task an input belongs to. */
  readonly boundariesKnown: boolean;
  /**
   * When it is told, where boundaries are known: `always`, or only while it `learns`, as in the domain- and class-incremental
   * scenarios, where predictions are made without knowing the task. Default `always`.
   */
  readonly taskLabels?: 'always' | 'learning';
  /**
   * Classes that occur in each task, [tasks][...], where predictions may be restricted to those of the task they are for (the
   * task-incremental scenario); absent where they may not.
   */
  readonly taskClasses?: readonly (readonly number[])[];
  /** Items that arrive in one step, B. */
  readonly batchSize: number;
  /** Tasks that follow one another, where boundaries are discrete. */
  readonly tasks: number;
  /** Items a learner may keep; `Infinity` for no limit, 0 for none. */
  readonly storage: number;
  /** Gradients of the loss of an item that a learner may evaluate per item that arrives; no limit where absent. */
  readonly gradientsPerItem?: number;
}

/** Inputs of one step [B, ...], with the task label only where the stream declares boundaries known. */
export interface StreamInputs {
  readonly inputs: HostTensor;
  readonly taskLabel?: number;
}

/** One lifetime. Pure: step t is the same whenever it is asked for. The runner owns it; learners never see it. */
export interface Stream {
  /** Steps. */
  readonly length: number;
  /** Inputs and targets of step t, and the task they truly belong to. */
  step(t: number): { readonly inputs: HostTensor; readonly targets: HostTensor; readonly task: number };
  /** Held-out items of task j, for the accuracy matrix; absent where tasks are not discrete. */
  testSet?(task: number): { readonly inputs: HostTensor; readonly targets: HostTensor };
  /** What could have been done by whoever knew the whole lifetime; absent where it is not known. */
  comparators?(): StreamComparators;
}

/** Losses that a learner's are measured against, step by step, as `runStream` scores them; the difference is regret. */
export interface StreamComparators {
  /** Of the best fixed prediction in hindsight, or the best fixed parameters. */
  readonly fixed?: readonly number[];
  /** Of the best one for each task or segment. */
  readonly dynamic?: readonly number[];
}

/** Streams. Pure: stream `index` of a split depends on the split, the index and `rng`'s key alone. */
export interface StreamDistribution {
  readonly kind: 'stream';
  readonly id: string;
  readonly spec: StreamSpec;
  /** Lifetimes of `train` are for learners that are meta-trained; all are tested on `test`. */
  stream(split: Split, index: number, rng: Rng): Stream;
}

/** What a stream learner needs; the runner refuses a stream that grants less. */
export interface StreamNeeds {
  /** Whether it must be told which task an input belongs to: whenever it predicts or observes, or only where it `learns`. */
  readonly taskLabels: boolean | 'learning';
  /** Items it keeps at most. */
  readonly storage: number;
  /** Whether it is meta-trained on lifetimes of the `train` split first. */
  readonly metaTraining: boolean;
  /** Gradients of the loss of an item that it evaluates per item that arrives, at most; not said where absent. */
  readonly gradientsPerItem?: number;
}

/** What a learner has come to in a lifetime, for the ledger of its resources. */
export interface StreamLedger {
  /** Numbers that predictions are made from, meta-learned ones included; not memories, nor states of an optimiser. */
  readonly parameters: number;
  /** Gradients of the loss of an item evaluated so far: a step on 10 new and 10 kept items counts 20. */
  readonly gradients: number;
}

/**
 * A learner at work on lifetimes: predicts first, then observes. Its state is immutable, and holds everything that later steps
 * depend on. Where it is plain data (objects, arrays, typed arrays, numbers, texts), a lifetime can be interrupted and resumed.
 */
export interface StreamAgent<State = unknown> {
  /** State before the first step of a lifetime. */
  begin(rng: Rng): State;
  /** Mean predictions [B, ...] (class probabilities [B, N]); called before the targets of these inputs exist. */
  predict(state: State, step: StreamInputs, rng: Rng): Promise<HostTensor>;
  /** Called once per step with the revealed targets. Returns the next state. */
  observe(state: State, step: StreamInputs, targets: HostTensor, rng: Rng): Promise<State>;
  /** Called where a task ends, only where the stream declares boundaries known. */
  endTask?(state: State, rng: Rng): Promise<State>;
  /** Items held now, charged against the stream's storage. */
  storedItems(state: State): number;
  /** Parameters and gradients, for comparisons of cost. */
  ledger?(state: State): StreamLedger;
  /** Frees a state. Calling it twice is harmless. */
  release(state: State): void;
  /** Frees compiled steps. Calling it twice is harmless. */
  dispose(): void;
}

/** What a stream learner is lent for meta-training. */
export interface StreamTrainingContext {
  /** Lifetimes to train on: only those of the `train` split may be asked for. */
  readonly distribution: StreamDistribution;
  readonly executor: Executor;
  readonly rng: Rng;
}

/** A meta-training under way; `save` after update n, opened again, goes on exactly as this one would. */
export interface StreamTraining {
  /** One outer update; metrics to log. */
  update(): Promise<{ readonly metrics: Readonly<Record<string, number>> }>;
  /** What agents need. */
  parameters(): Tree<HostTensor>;
  /** Everything needed to continue bit for bit. */
  save(): Checkpoint;
  /** Frees everything. Calling it twice is harmless. */
  dispose(): void;
}

/**
 * Lifelong learning: predict first, then observe. The runner owns the data, reveals targets afterwards, and
 * knows, but does not tell, where tasks change unless the stream declares that it does.
 */
export interface StreamLearner<State = unknown> {
  readonly kind: 'stream';
  /** What it needs of streams of this spec. */
  needs(spec: StreamSpec): StreamNeeds;
  /** Opens meta-training, anew or from what an earlier one saved; called where the learner needs it, absent where it never does. */
  openTraining?(context: StreamTrainingContext, saved?: Checkpoint): Promise<StreamTraining>;
  /** Opens agents, with the parameters of meta-training where the learner needs it. */
  openAgent(
    parameters: Tree<HostTensor> | undefined,
    context: { readonly spec: StreamSpec; readonly executor: Executor; readonly rng: Rng },
  ): Promise<StreamAgent<State>>;
}
