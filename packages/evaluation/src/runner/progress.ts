/** What a run tells while it goes on; JSON only, so that it can cross a process boundary and be printed as lines. */
export type ProgressEvent =
  /** Before the first cell. */
  | {
      readonly kind: 'runStarted';
      readonly folder: string;
      readonly executor: string;
      readonly cells: readonly CellProgress[];
    }
  /** A learner on a seed begins, or goes on after `update` updates. */
  | {
      readonly kind: 'cellStarted';
      readonly cell: string;
      readonly update: number;
      readonly parameters: number;
      readonly environmentSteps?: number;
    }
  /** It had been finished by an earlier run. */
  | { readonly kind: 'cellSkipped'; readonly cell: string }
  | {
      readonly kind: 'update';
      readonly cell: string;
      readonly update: number;
      readonly loss?: number;
      /** Steps of environments made so far, by control learners. */
      readonly environmentSteps?: number;
    }
  | {
      readonly kind: 'validation';
      readonly cell: string;
      readonly update: number;
      readonly metric: string;
      readonly score: number;
      readonly environmentSteps?: number;
    }
  | { readonly kind: 'testing'; readonly cell: string; readonly episodes: number; readonly done: number }
  | {
      readonly kind: 'cellFinished';
      readonly cell: string;
      readonly metric?: string;
      readonly mean?: number;
      readonly halfWidth?: number;
      readonly seconds: number;
    }
  /** It broke off; the other cells go on. */
  | { readonly kind: 'cellFailed'; readonly cell: string; readonly update: number; readonly cause: string }
  /** It was stopped and can be resumed. */
  | { readonly kind: 'cellStopped'; readonly cell: string; readonly update: number }
  /** Something worth knowing, e.g. that a learner runs eagerly. */
  | { readonly kind: 'notice'; readonly message: string };

/** A learner on a seed, for progress displays. */
export interface CellProgress {
  readonly cell: string;
  readonly learner: string;
  readonly seed: number;
  /** Absent where another budget is the only limit. */
  readonly updates?: number;
  /** Limit of training in environment steps, where there is one. */
  readonly environmentSteps?: number;
  /** Limit of meta-training in wall seconds, where there is one. */
  readonly seconds?: number;
  /** Test episodes, test tasks, or steps of test lifetimes. */
  readonly episodes: number;
  /** What is counted while testing, where it is no episodes or tasks. */
  readonly unit?: 'steps';
}
