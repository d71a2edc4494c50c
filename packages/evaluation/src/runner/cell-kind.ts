import type {
  CheckpointStore,
  Executor,
  HostTensor,
  Json,
  Learner,
  Registry,
  Split,
  TaskDistribution,
  TrainingEvent,
  Tree,
} from '@tasklearn/core';
import type { PlanOptions, ResolvedPlan } from '../plan/plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import type { MetricName, RankingMetric } from '../rows/metrics.js';
import type { Cell } from './cell.js';
import type { RowMaker } from './cell-rows.js';

/** What is known of a cell of any kind before its kind is asked. */
export interface CellIdentity {
  readonly cell: Cell;
  /** Full id of the learner; for a reference that of the distribution with `#` and the reference's name. */
  readonly learnerId: string;
  /** Of the package that publishes it. */
  readonly version: string;
  /** The learner's complete options. */
  readonly options: PlanOptions;
  /** Full id of the task distribution. */
  readonly distributionId: string;
  /** Complete options of the distribution per split. */
  readonly distributionOptions: Readonly<Record<Split, PlanOptions>>;
  /** What makes this run this run; a folder with another identity is refused. */
  readonly identity: Json;
}

/** What training a cell needs. */
export interface TrainSetting {
  readonly plan: ResolvedPlan;
  readonly executor: Executor;
  /** Training goes on from its checkpoint where there is one. */
  readonly store: CheckpointStore;
  /** Stops after the update under way, with a checkpoint. */
  readonly signal: AbortSignal;
}

/** What testing a cell needs. */
export interface TestSetting {
  readonly plan: ResolvedPlan;
  readonly theta: Tree<HostTensor>;
  /** Outer updates that made θ. */
  readonly update: number;
  /** Environment steps of the whole training, where they were counted. */
  readonly environmentSteps?: number;
  readonly executor: Executor;
  /** Where a long test may keep how far it is; rows written before are on the disk first. */
  readonly store?: CheckpointStore;
  readonly row: RowMaker;
  readonly write: (row: EvaluationRow) => Promise<void>;
  /** Told of every test task, in order. */
  readonly onTask?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** What a test came to, besides its rows. */
export interface CellTest {
  readonly metric: RankingMetric;
  /** One score per test task. */
  readonly scores: readonly number[];
  /** A few tasks for looking at, as the files of the cell's folder that hold them. */
  readonly examples: Readonly<Partial<Record<'examples' | 'drawings', Uint8Array | string>>>;
  /** Costs that only the test can tell; they replace those of training, such as `parameters`. */
  readonly costs?: Readonly<Partial<Record<MetricName, number>>>;
}

/** A learner and its tasks, made from a plan and ready to be run. */
export interface PreparedCell extends CellIdentity {
  readonly kind: Learner['kind'];
  /** Test tasks or episodes; steps of all lifetimes. */
  readonly testTasks: number;
  /** Members of the rows of a split that only this kind has. */
  rowMembers(split: Split): Partial<EvaluationRow>;
  /** Trains, from the store's checkpoint where there is one. The last event is `finished` or `stopped`. */
  train(setting: TrainSetting): AsyncIterable<TrainingEvent>;
  /** Tests θ and writes its rows. @throws the signal's reason if it is aborted; whatever the learner throws. */
  test(setting: TestSetting): Promise<CellTest>;
}

/** What preparing a cell needs. */
export interface PrepareRequest extends CellIdentity {
  readonly registry: Registry;
  readonly plan: ResolvedPlan;
  /** Distributions of the three splits, of the kind that is asked. */
  readonly distributions: Readonly<Record<Split, TaskDistribution>>;
}

/**
 * How the runner runs learners of one kind: all that it knows of the kind is here. A further kind is a further object
 * in `cellKinds`.
 */
export interface CellKind {
  readonly kind: Learner['kind'];
  /** Fills in what only the kind's distribution can say; refuses members that mean nothing to it. @throws `INVALID_PLAN`. */
  complete(plan: ResolvedPlan, distribution: TaskDistribution): ResolvedPlan;
  /** Makes a cell. @throws `UNSUPPORTED_TASK` for a learner that declares it cannot learn such tasks. */
  prepare(request: PrepareRequest): PreparedCell;
}
