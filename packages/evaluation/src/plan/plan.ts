import type { Json, StreamSpec, TaskSampling, TrialProtocol } from '@tasklearn/core';

/** Options of a learner or a distribution, over its defaults. */
export type PlanOptions = { readonly [key: string]: Json };

/** One arm of a comparison. */
export interface PlanLearner {
  /** Id in the registry; may be short, e.g. `maml`. */
  readonly id: string;
  /** Unique name for tables; the id where it is absent, so give one when a learner appears twice. */
  readonly name?: string;
  /** Options over the learner's defaults. */
  readonly options?: PlanOptions;
  /** Options over `options` while testing, e.g. more inner steps. They must leave θ's shapes as they are. */
  readonly testOptions?: PlanOptions;
  /** Outer updates for this learner, ≥ 0; the plan's where absent. */
  readonly updates?: number;
  /** Tasks per outer update for this learner, ≥ 1. */
  readonly tasksPerUpdate?: number;
}

/** Where tasks come from. */
export interface PlanDistribution {
  /** Id in the registry; may be short, e.g. `glyphs`. */
  readonly id: string;
  /** Options over the distribution's defaults, for every split. */
  readonly options?: PlanOptions;
  /** Options over those for meta-training only, e.g. more ways. */
  readonly train?: PlanOptions;
  /** Options over those for meta-validation only; the `test` ones where it has none of its own. */
  readonly validation?: PlanOptions;
  /** Options over those for meta-test only. */
  readonly test?: PlanOptions;
}

/** An ordering that the plan expects, judged from the paired interval: confirmed, refuted or inconclusive. */
export interface PlanExpectation {
  /** Name of the learner that should be better. */
  readonly better: string;
  /** Name of the learner that should be worse. */
  readonly worse: string;
  /** The metric; the one that ranks where absent. */
  readonly metric?: string;
  /** By how much at least, ≥ 0, in the metric's unit. Default 0. */
  readonly margin?: number;
}

/** How a fixed set of tasks is learnt together, and how learners are ranked on it. */
export interface PlanJoint {
  /** Items of each task per update. Default 32. */
  readonly batchSize?: number;
  /** Tasks drawn per update, with replacement; all of them once where absent. */
  readonly tasksPerBatch?: number;
  /** How tasks are drawn: `uniform`, `proportional` to their items, or to a power of them. Default `uniform`. */
  readonly sampling?: TaskSampling;
  /**
   * What ranks learners, as a mean over tasks. Default: accuracy for classifications, R² for regressions,
   * negative log-likelihood where there are both.
   */
  readonly metric?: JointMetric;
  /** Name of the learner without sharing, against which transfer is measured. Default: the first one of id `independent`. */
  readonly independent?: string;
}

/** A metric by which joint learners can be ranked. */
export type JointMetric = 'accuracy' | 'rocAuc' | 'negativeLogLikelihood' | 'meanSquaredError' | 'rSquared';

/** What the lifetimes of a plan are like: what a result on streams has to state. */
export interface StreamRegime {
  readonly order: StreamSpec['order'];
  readonly boundaries: StreamSpec['boundaries'];
  /** When learners are told which task an input belongs to. */
  readonly taskLabels: 'always' | 'learning' | 'hidden';
  /** Items that may be kept; null for no limit. */
  readonly storage: number | null;
  /** Gradients of the loss of an item that may be evaluated per item that arrives; null for no limit. */
  readonly gradientsPerItem: number | null;
  /** Items that arrive in a step. */
  readonly batchSize: number;
  readonly tasks: number;
  /** Steps of a lifetime. */
  readonly length: number;
}

/** How lifetimes are lived, and how learners are ranked on them. */
export interface PlanStream {
  /** Lifetimes of the test split that every learner lives, per seed. Default 1. */
  readonly lifetimes?: number;
  /**
   * What ranks learners: on the test sets of all tasks at the end of a lifetime (`accuracy`, `negativeLogLikelihood`, `meanSquaredError`),
   * or on what arrived, before it was learnt (`onlineAccuracy`, `onlineLoss`). Default: accuracy or squared error at the end where
   * there are test sets, else the online loss.
   */
  readonly metric?: StreamMetric;
  /** Name of the learner that learns every task alone, against which gains are measured. Default: the first one of id `from-scratch`. */
  readonly scratch?: string;
  /** What the plan expects of its streams; a plan whose streams differ is refused. Filled in from the distribution. */
  readonly regime?: Partial<StreamRegime>;
}

/** A metric by which learners of streams can be ranked. */
export type StreamMetric =
  | 'accuracy'
  | 'negativeLogLikelihood'
  | 'meanSquaredError'
  | 'onlineAccuracy'
  | 'onlineLoss';

/** What to compare, on which tasks, with which budget. JSON only, so that a run folder can hold it. */
export interface EvaluationPlan {
  /** Names the run folder. */
  readonly name?: string;
  /** A sentence for the report. */
  readonly description?: string;
  /** Packages that publish the learners and distributions, besides those found by keyword. */
  readonly plugins?: readonly string[];
  /** The arms; a text is short for `{ id }`. At least one. */
  readonly learners: readonly (string | PlanLearner)[];
  /** A text is short for `{ id }`. */
  readonly distribution: string | PlanDistribution;
  /** One run per learner and seed. Default [0]. */
  readonly seeds?: readonly number[];
  /** Outer updates. Default 1000; without limit where the budget has environment steps. */
  readonly updates?: number;
  /** Tasks per outer update. Default 16. */
  readonly tasksPerUpdate?: number;
  /** Validation during meta-training; the best parameters on it are the ones tested. Absent: none. */
  readonly validation?: {
    /** Every so many updates, or environment steps. */
    readonly every: number;
    /** What `every` counts. Default `updates`; control learners may count `environmentSteps`. */
    readonly unit?: 'updates' | 'environmentSteps';
    /** Default 100. */
    readonly episodes?: number;
    /** Control tasks, one trial each. Default 20. */
    readonly tasks?: number;
    /** Items of each joint task at most; all of them where absent. */
    readonly items?: number;
    /** Lifetimes of streams. Default 3. */
    readonly lifetimes?: number;
    /** Default 20. */
    readonly tasksPerBatch?: number;
  };
  /** Test episodes, the same for every learner. */
  readonly test?: {
    /** Default 600. 0 trains only. */
    readonly episodes?: number;
    /** Control tasks, one trial each. Default 100. */
    readonly tasks?: number;
    /** Items of each joint task at most; all of them where absent. */
    readonly items?: number;
    /** Default 20. */
    readonly tasksPerBatch?: number;
  };
  /** How learners are run. */
  readonly execution?: {
    /** `auto`: compiled where an engine is installed, else eager. Default `auto`. */
    readonly mode?: 'auto' | 'compiled' | 'eager';
    /** TensorFlow.js backend for eager runs. Default `auto`. */
    readonly backend?: string;
    /** Threads of the engine for one operator. */
    readonly threads?: number;
  };
  /** Limits besides the number of updates. */
  readonly budget?: {
    /** Wall seconds of meta-training per learner and seed; it stops after the update that passes them. */
    readonly seconds?: number;
    /** Environment steps of training per control learner and seed; it stops after the update that passes them. */
    readonly environmentSteps?: number;
  };
  /** How control learners are tried on a task: episodes in sequence. Default: the distribution's trial. */
  readonly trial?: {
    /** Episodes first, whose return does not count. Default 0. */
    readonly explorationEpisodes?: number;
    /** Episodes after them, whose return counts. Default 1. */
    readonly executionEpisodes?: number;
  };
  /** Of plans on a fixed set of tasks: batches, ranking, transfer. */
  readonly joint?: PlanJoint;
  /** Of plans on streams: lifetimes, ranking, gains. */
  readonly stream?: PlanStream;
  /**
   * Reference policies that are run on the same control tasks as arms of their own: `random`, and those of the
   * distribution. Default: `random`, and `oracle` where the distribution has one.
   */
  readonly references?: readonly string[];
  /** A checkpoint every so many updates. Default 200. */
  readonly checkpointEvery?: number;
  /** A row of training metrics every so many updates. Default 10. */
  readonly logEvery?: number;
  /** Orderings to judge. */
  readonly expected?: readonly PlanExpectation[];
  /** Folder of the run. Default `runs/<name>`. */
  readonly output?: string;
}

/** A {@link PlanLearner} with every member filled in. */
export interface ResolvedLearner {
  readonly id: string;
  readonly name: string;
  readonly options: PlanOptions;
  readonly testOptions: PlanOptions;
  /** Absent: until the budget is used up. */
  readonly updates?: number;
  readonly tasksPerUpdate: number;
}

/** An {@link EvaluationPlan} with every default filled in; still JSON. */
export interface ResolvedPlan {
  readonly name: string;
  readonly description?: string;
  readonly plugins: readonly string[];
  readonly learners: readonly ResolvedLearner[];
  readonly distribution: Required<PlanDistribution>;
  readonly seeds: readonly number[];
  readonly validation?: {
    readonly every: number;
    readonly unit?: 'updates' | 'environmentSteps';
    readonly episodes: number;
    readonly tasks?: number;
    readonly items?: number;
    readonly lifetimes?: number;
    readonly tasksPerBatch: number;
  };
  readonly test: {
    readonly episodes: number;
    readonly tasks?: number;
    readonly items?: number;
    readonly tasksPerBatch: number;
  };
  readonly execution: {
    readonly mode: 'auto' | 'compiled' | 'eager';
    readonly backend: string;
    readonly threads?: number;
  };
  readonly budget: { readonly seconds?: number; readonly environmentSteps?: number };
  /** Of control plans; filled in when the distribution is known. */
  readonly trial?: TrialProtocol;
  /** Of plans on a fixed set of tasks; filled in when the distribution is known. */
  readonly joint?: PlanJoint;
  /** Of plans on streams; filled in when the distribution is known. */
  readonly stream?: PlanStream;
  /** Of control plans; filled in when the distribution is known. */
  readonly references?: readonly string[];
  readonly checkpointEvery: number;
  readonly logEvery: number;
  readonly expected: readonly (PlanExpectation & { readonly margin: number })[];
  readonly output: string;
}

/** Everything that a run of the plan compares: its learners, then its references as learners that are not trained. */
export function armsOf({ learners, references = [] }: ResolvedPlan): readonly ResolvedLearner[] {
  return [
    ...learners,
    ...references.map((name) => ({
      id: name,
      name,
      options: {},
      testOptions: {},
      updates: 0,
      tasksPerUpdate: 1,
    })),
  ];
}

/** Returns the plan as it is; gives a TypeScript plan file its types. */
export function definePlan(plan: EvaluationPlan): EvaluationPlan {
  return plan;
}
