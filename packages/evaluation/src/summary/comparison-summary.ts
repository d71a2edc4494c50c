import type { RankingMetric } from '../rows/metrics.js';
import type { Interval } from '../statistics/interval.js';
import type { ReliabilityBin } from '../statistics/reliability-bins.js';
import type { Verdict } from '../statistics/verdict.js';

/** Reliability of a learner's test predictions, over all seeds. */
export interface CalibrationSummary {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error. */
  readonly expected: number;
  /** Maximum calibration error. */
  readonly maximum: number;
}

/** A learner against the best one, on the same episodes. */
export interface DifferenceSummary {
  /** This learner − best, in the metric's unit. */
  readonly interval: Interval;
  /** Sign-flip p-value. */
  readonly pValue: number;
  /** The same after Holm's adjustment over all learners compared with the best. */
  readonly adjustedPValue: number;
}

/** One point of a learning curve. */
export interface CurvePoint {
  readonly update: number;
  /** Mean over seeds. */
  readonly value: number;
  /** Lowest over seeds. */
  readonly lower: number;
  /** Highest over seeds. */
  readonly upper: number;
}

/** One point of a curve over environment steps. */
export interface StepPoint {
  readonly environmentSteps: number;
  /** Interquartile mean over seeds. */
  readonly value: number;
  /** Lower end of its 95 % stratified bootstrap interval. */
  readonly lower: number;
  /** Upper end of it. */
  readonly upper: number;
}

/** One point of a curve over the episodes of a trial. */
export interface EpisodePoint {
  /** From 0, exploration episodes first. */
  readonly episode: number;
  /** Mean over test tasks and seeds. */
  readonly value: number;
  /** Lower end of its 95 % interval. */
  readonly lower: number;
  /** Upper end of it. */
  readonly upper: number;
}

/** What only control learners have. */
export interface ControlSummary {
  /** Episodes of a trial whose return does not count, the first ones. */
  readonly explorationEpisodes: number;
  /** Return on validation tasks while training. */
  readonly validationCurve: readonly StepPoint[];
  /** What the learner itself reports as `return` while training. */
  readonly trainingCurve: readonly StepPoint[];
  /** Return by episode of the trial. */
  readonly adaptation: readonly EpisodePoint[];
  /** Share of successes by episode of the trial; empty where the environment has no such notion. */
  readonly success: readonly EpisodePoint[];
}

/** One of a fixed set of tasks. */
export interface JointTaskSummary {
  /** Its id. */
  readonly task: string;
  /** By metric: mean over seeds; metrics that the task does not have are absent. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Gain over the independent learner in the ranking metric, turned so that larger is better; mean over shared seeds. */
  readonly gain?: number;
}

/** A learner that shares against the one that does not, on the same tasks. */
export interface TransferSummary {
  /** Name of the independent learner. */
  readonly against: string;
  /** Gain in the ranking metric, turned so that larger is better, paired per task. */
  readonly gain: Interval;
  /** Tasks that both have a value for. */
  readonly tasks: number;
  /** Share of these that lose by learning together: negative transfer. */
  readonly losing: number;
}

/** What only joint learners have. */
export interface JointSummary {
  /** In the order of the set. */
  readonly tasks: readonly JointTaskSummary[];
  /** Absent for the independent learner itself, and where there is none. */
  readonly transfer?: TransferSummary;
}

/** A learner of a stream against one that learns every task alone, on the same test sets. */
export interface StreamGains {
  /** Name of the learner that starts anew with every task. */
  readonly against: string;
  /** R_{j,j} − S_j, where a task has just been learnt; turned so that larger is better. */
  readonly whenLearnt: Interval;
  /** R_{T,j} − S_j, at the end of the lifetime; turned so that larger is better. */
  readonly atEnd: Interval;
}

/** What only learners of streams have. Curves are means over lifetimes; `update` is what they run over. */
export interface StreamSummary {
  /** What test sets are scored by. */
  readonly matrixMetric: 'accuracy' | 'meanSquaredError';
  /** R, [tasks + 1][tasks]: row i after i tasks have ended, columns in the order in which they end. Empty without test sets. */
  readonly matrix: readonly (readonly number[])[];
  /** Mean over the tasks that have ended, against their number. */
  readonly average: readonly CurvePoint[];
  /** The task that ended first, against the number of tasks that have ended. */
  readonly firstTask: readonly CurvePoint[];
  /** What arriving items are scored by. */
  readonly onlineMetric: 'onlineAccuracy' | 'onlineLoss';
  /** Predictions of what arrived, against steps. */
  readonly online: readonly CurvePoint[];
  /** Sum of losses less that of the best fixed prediction in hindsight, against steps; empty where it is not known. */
  readonly regret: readonly CurvePoint[];
  /** The same against the best one of each segment. */
  readonly dynamicRegret: readonly CurvePoint[];
  /** Items held, against the number of tasks that have ended. */
  readonly storedItems: readonly CurvePoint[];
  /** Numbers of whole lifetimes, where they are defined. */
  readonly totals: Readonly<
    Partial<
      Record<
        | 'onlineLoss'
        | 'onlineAccuracy'
        | 'regret'
        | 'dynamicRegret'
        | 'backwardTransfer'
        | 'forwardTransfer'
        | 'forgetting',
        Interval
      >
    >
  >;
  /** Absent for the learner that learns every task alone, and where there is none. */
  readonly gains?: StreamGains;
}

/** Everything a table or a report says of one learner. */
export interface LearnerSummary {
  readonly name: string;
  /** Set for a reference policy, which is told the task and is not ranked. */
  readonly reference?: true;
  readonly learnerId: string;
  readonly version: string;
  /** Seeds that were finished. */
  readonly seeds: readonly number[];
  /** Test episodes, tasks or lifetimes, over all seeds. */
  readonly episodes: number;
  /** Mean of the ranking metric: normal over episodes for one seed, t over seed means for several. Absent if all failed. */
  readonly mean?: Interval;
  /** Interquartile mean over seeds with stratified bootstrap; several seeds only. */
  readonly interquartileMean?: Interval;
  /** Mean of the ranking metric per finished seed, in the order of `seeds`. */
  readonly seedMeans: readonly number[];
  /** Means of the other test metrics. */
  readonly otherMetrics: Readonly<Record<string, Interval>>;
  /** Against the best learner; absent for the best itself and where no episode is shared. */
  readonly difference?: DifferenceSummary;
  /** Probability that the best learner's run scores higher than this one's; several seeds only. */
  readonly probabilityOfBestBetter?: number;
  readonly calibration?: CalibrationSummary;
  readonly control?: ControlSummary;
  readonly joint?: JointSummary;
  readonly stream?: StreamSummary;
  /** Ranking metric on validation tasks during meta-training. */
  readonly validationCurve: readonly CurvePoint[];
  /** Every training metric logged, by name. */
  readonly trainingCurves: Readonly<Record<string, readonly CurvePoint[]>>;
  /** Mean over seeds. */
  readonly cost: Readonly<Partial<Record<CostName, number>>>;
  /** Runs that broke off, with the update at which they did. */
  readonly failures: readonly { readonly seed: number; readonly update: number; readonly cause: string }[];
}

/** An expectation of the plan and what the data say about it. */
export interface VerdictSummary {
  readonly better: string;
  readonly worse: string;
  readonly metric: string;
  readonly margin: number;
  /** better − worse, turned so that larger is better; absent where no episode is shared. */
  readonly difference?: Interval;
  readonly verdict: Verdict;
}

/** What is counted as a cost. */
export type CostName =
  | 'trainingTime'
  | 'testTime'
  | 'peakMemory'
  | 'parameters'
  | 'updates'
  | 'environmentSteps'
  | 'storedItems'
  | 'storedBytes'
  | 'stateBytes'
  | 'gradients'
  | 'learningTime';

/** A comparison, computed from rows alone. */
export interface ComparisonSummary {
  /** The metric that ranks the learners. */
  readonly metric: RankingMetric;
  /** What it was measured on: episodes, tasks (control, joint, test sets of streams), or lifetimes. */
  readonly unit: 'episode' | 'task' | 'lifetime';
  /** In the plan's order. */
  readonly learners: readonly LearnerSummary[];
  /** Name of the learner with the best mean, references apart; absent if all failed. */
  readonly best?: string;
  readonly verdicts: readonly VerdictSummary[];
}
