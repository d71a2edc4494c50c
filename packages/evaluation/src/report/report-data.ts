import type { EpisodeTruth, HostTensor } from '@tasklearn/core';
import type { ResolvedPlan } from '../plan/plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import type { CellDrawings } from '../runner/control/trajectory-collector.js';

/** A few test episodes with what every learner predicted, for looking at. */
export interface ExampleEpisodes {
  readonly seed: number;
  /** What the targets are. */
  readonly target: 'classification' | 'regression';
  /** E episodes: inputs [E, S, ...], targets [E, S] or [E, S, ...]. */
  readonly support: { readonly inputs: HostTensor; readonly targets: HostTensor };
  /** Some of the query items: inputs [E, Q, ...], targets [E, Q] or [E, Q, ...]. */
  readonly query: { readonly inputs: HostTensor; readonly targets: HostTensor };
  /** Hidden truth of each episode, where the distribution tells. */
  readonly truths: readonly EpisodeTruth[];
  /** Means of the predictive distributions, [E, Q, N] or [E, Q, ...], in the plan's order of learners. */
  readonly predictions: readonly { readonly learner: string; readonly mean: HostTensor }[];
}

/** Where and how a run was made. */
export interface RunEnvironment {
  /** ISO time at which the run began. */
  readonly started: string;
  /** The command, as typed. */
  readonly command: string;
  /** How learners were run, e.g. `compiled (onnxruntime-node, cpu)`. */
  readonly executor: string;
  /** Versions by name: node, packages, plugins, engines. */
  readonly versions: Readonly<Record<string, string>>;
  /** Processor, cores, memory, operating system. */
  readonly machine: Readonly<Record<string, string>>;
}

/** Everything a report is made of. */
export interface ReportData {
  readonly plan: ResolvedPlan;
  readonly rows: readonly EvaluationRow[];
  readonly examples?: ExampleEpisodes;
  /** A few test trials of every learner and reference, drawn; control only. */
  readonly drawings?: readonly CellDrawings[];
  readonly environment: RunEnvironment;
}
