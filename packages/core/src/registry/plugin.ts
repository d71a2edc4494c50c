import type { ControlDistribution } from '../control/control-distribution.js';
import type { ControlLearner } from '../control/control-learner.js';
import type { JointDistribution, JointLearner } from '../joint/joint-learner.js';
import type { EpisodicLearner } from '../learner.js';
import type { StreamDistribution, StreamLearner } from '../stream/stream-learner.js';
import type { EpisodicDistribution } from '../task-distribution.js';

/** A learner of any kind; `kind` fixes the protocol that the runner uses. */
export type Learner = EpisodicLearner | JointLearner | ControlLearner | StreamLearner;

/** What a learner declares about itself; checks verify it and the runner refuses mismatches. */
export interface Capabilities {
  /** Kinds of target it can learn from. */
  readonly targets: readonly ('classification' | 'regression')[];
  /** Highest derivative its update takes: 0 none, 1 first order, 2 through an inner gradient. */
  readonly gradientOrder: 0 | 1 | 2;
  /** Same seed and backend, same numbers. */
  readonly deterministic: boolean;
  /** Predictions do not depend on the order of the support items. */
  readonly permutationInvariant: boolean;
  /** Shots may differ between meta-training and meta-test. */
  readonly variableShots: boolean;
  /** Ways may differ between meta-training and meta-test. */
  readonly variableWays: boolean;
  /** Predictions for one query item depend on the other query items (batch statistics). */
  readonly transductive: boolean;
  /** Whether more support data leads to the task's optimum, at any task. */
  readonly consistent: 'no' | 'conditionally' | 'yes';
  /** Epistemic uncertainty of its predictions. */
  readonly uncertainty: 'none' | 'output' | 'function';
}

/** Where a method comes from. */
export interface Reference {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly url: string;
}

/** Options are JSON, so that a row of results can hold them. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a control learner declares about itself. */
export interface ControlCapabilities {
  /** Kinds of action it can take. */
  readonly actions: readonly ('discrete' | 'continuous')[];
  /** Highest derivative its update takes: 0 none, 1 first order, 2 through an inner gradient. */
  readonly gradientOrder: 0 | 1 | 2;
  /** Same seed and backend, same numbers. */
  readonly deterministic: boolean;
  /** What changes within a trial: nothing, a hidden state, a belief or context, parameters, or a model. */
  readonly adapts: 'none' | 'memory' | 'belief' | 'gradient' | 'model';
  /** Whether its updates may use experience of other policies. */
  readonly offPolicy: boolean;
  /** What it cannot do without. */
  readonly needs: readonly (
    | 'goals'
    | 'rewardFunction'
    | 'recordableReward'
    | 'taskIdentity'
    | 'finiteStates'
  )[];
  /** Whether more experience of a task leads to its optimum, at any task. */
  readonly consistent: 'no' | 'conditionally' | 'yes';
}

/** What every published learner has, whatever its kind. */
interface PublishedLearner<Options extends object> {
  /** One line. */
  readonly summary: string;
  readonly reference: Reference;
  /** Every hyper-parameter with its default; JSON only. */
  readonly defaults: Readonly<Options>;
}

/** What a joint or a stream learner declares about itself. */
export type SupervisedCapabilities = Pick<
  Capabilities,
  'targets' | 'gradientOrder' | 'deterministic' | 'uncertainty'
>;

/** A learner of tasks given as support and query sets, as a plugin publishes it. */
export interface EpisodicLearnerDescriptor<Options extends object = object>
  extends PublishedLearner<Options> {
  readonly kind: 'episodic';
  readonly capabilities: Capabilities;
  /** @throws `INVALID_OPTION` for a value out of range; core has already refused unknown keys and wrong types. */
  create(options: Readonly<Options>): EpisodicLearner;
}

/** A multi-task learner as a plugin publishes it. */
export interface JointLearnerDescriptor<Options extends object = object> extends PublishedLearner<Options> {
  readonly kind: 'joint';
  readonly capabilities: SupervisedCapabilities;
  /** @throws `INVALID_OPTION` for a value out of range; core has already refused unknown keys and wrong types. */
  create(options: Readonly<Options>): JointLearner;
}

/** A lifelong learner as a plugin publishes it; what it needs of a stream it says itself. */
export interface StreamLearnerDescriptor<Options extends object = object> extends PublishedLearner<Options> {
  readonly kind: 'stream';
  readonly capabilities: SupervisedCapabilities;
  /** @throws `INVALID_OPTION` for a value out of range; core has already refused unknown keys and wrong types. */
  create(options: Readonly<Options>): StreamLearner;
}

/** A control learner as a plugin publishes it. */
export interface ControlLearnerDescriptor<Options extends object = object> extends PublishedLearner<Options> {
  readonly kind: 'control';
  readonly capabilities: ControlCapabilities;
  /** @throws `INVALID_OPTION` for a value out of range; core has already refused unknown keys and wrong types. */
  create(options: Readonly<Options>): ControlLearner;
}

/** A learner as a plugin publishes it. */
export type LearnerDescriptor<Options extends object = object> =
  | EpisodicLearnerDescriptor<Options>
  | JointLearnerDescriptor<Options>
  | ControlLearnerDescriptor<Options>
  | StreamLearnerDescriptor<Options>;

/** Tasks of any kind. */
export type TaskDistribution =
  | EpisodicDistribution
  | JointDistribution
  | ControlDistribution
  | StreamDistribution;

/** What every published distribution has, whatever its kind. */
interface PublishedDistribution<Options extends object> {
  /** One line. */
  readonly summary: string;
  readonly reference?: Reference;
  /** Every option with its default; JSON only. */
  readonly defaults: Readonly<Options>;
}

/** An episodic task distribution as a plugin publishes it. */
export interface EpisodicDistributionDescriptor<Options extends object = object>
  extends PublishedDistribution<Options> {
  readonly kind: 'episodic';
  /** May load data. @throws `MISSING_DATA` where a data folder is absent, `INVALID_OPTION` for a bad value. */
  create(options: Readonly<Options>): EpisodicDistribution | Promise<EpisodicDistribution>;
}

/** A distribution of control tasks as a plugin publishes it. */
export interface ControlDistributionDescriptor<Options extends object = object>
  extends PublishedDistribution<Options> {
  readonly kind: 'control';
  /** May load data. @throws `MISSING_DATA` where a data folder is absent, `INVALID_OPTION` for a bad value. */
  create(options: Readonly<Options>): ControlDistribution | Promise<ControlDistribution>;
}

/** A fixed set of tasks as a plugin publishes it. */
export interface JointDistributionDescriptor<Options extends object = object>
  extends PublishedDistribution<Options> {
  readonly kind: 'joint';
  /** May load data. @throws `MISSING_DATA` where a data folder is absent, `INVALID_OPTION` for a bad value. */
  create(options: Readonly<Options>): JointDistribution | Promise<JointDistribution>;
}

/** Streams as a plugin publishes them. */
export interface StreamDistributionDescriptor<Options extends object = object>
  extends PublishedDistribution<Options> {
  readonly kind: 'stream';
  /** May load data. @throws `MISSING_DATA` where a data folder is absent, `INVALID_OPTION` for a bad value. */
  create(options: Readonly<Options>): StreamDistribution | Promise<StreamDistribution>;
}

/** A task distribution as a plugin publishes it. */
export type DistributionDescriptor<Options extends object = object> =
  | EpisodicDistributionDescriptor<Options>
  | JointDistributionDescriptor<Options>
  | ControlDistributionDescriptor<Options>
  | StreamDistributionDescriptor<Options>;

/** A plugin is a plain object. Nothing registers itself on import. */
export interface Plugin {
  readonly specificationVersion: 'v1';
  /** The package name; namespace of the ids below. */
  readonly name: string;
  readonly version: string;
  readonly learners?: Readonly<Record<string, LearnerDescriptor>>;
  readonly distributions?: Readonly<Record<string, DistributionDescriptor>>;
}
