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

/** Everything a table or a report says of one learner. */
export interface LearnerSummary {
  readonly name: string;
  /** Set for a reference policy, which is told the task and is not ranked. */
  readonly reference?: true;
  readonly learnerId: string;
  readonly version: string;
  /** Seeds that were finished. */
  readonly seeds: readonly number[];
  /** Test episodes, or tasks of control and joint learners, over all seeds. */
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
  /** Ranking metric on validation tasks during meta-training. */
  readonly validationCurve: readonly CurvePoint[];
  /** Every training metric logged, by name. */
  readonly trainingCurves: Readonly<Record<string, readonly CurvePoint[]>>;
  /** Mean over seeds. */
  readonly cost: Readonly<
    Partial<
      Record<
        'trainingTime' | 'testTime' | 'peakMemory' | 'parameters' | 'updates' | 'environmentSteps',
        number
      >
    >
  >;
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

/** A comparison, computed from rows alone. */
export interface ComparisonSummary {
  /** The metric that ranks the learners. */
  readonly metric: RankingMetric;
  /** What it was measured on: episodes, or tasks (control, joint). */
  readonly unit: 'episode' | 'task';
  /** In the plan's order. */
  readonly learners: readonly LearnerSummary[];
  /** Name of the learner with the best mean, references apart; absent if all failed. */
  readonly best?: string;
  readonly verdicts: readonly VerdictSummary[];
}
