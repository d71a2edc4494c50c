import {
  type Executor,
  eagerExecutor,
  type JointDistribution,
  type JointLearnerDescriptor,
  type Plugin,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { jointLossChecks } from './joint/joint-loss-checks.js';
import type { JointSubject } from './joint/joint-subject.js';
import { jointTrainingChecks } from './joint/joint-training-checks.js';
import { trivialJointDistribution } from './joint/trivial-joint-distribution.js';
import { type OptionCheckOptions, optionChecks } from './learner/option-checks.js';

/** What {@link jointLearnerChecks} may be told. */
export interface JointLearnerCheckOptions extends OptionCheckOptions {
  /** Tasks to check with. Unless told, `trivialJointDistribution` of the kinds of target that are declared. */
  readonly distribution?: JointDistribution;
  /** Options to create the learner with: small networks. */
  readonly options?: object;
  /**
   * Unless told, eager and compiled (which needs `onnxruntime-node`, or another engine of `@tasklearn/runtime`).
   * The first runs whatever needs no other.
   */
  readonly executors?: readonly [Executor, ...Executor[]];
  /** Updates of the short trainings; 3 unless told. */
  readonly updates?: number;
  /** Items of each task per update; 8 unless told. */
  readonly batchSize?: number;
  /** Training before `learns every task better than a constant`; 120 updates unless told. */
  readonly learning?: { readonly updates: number };
  /** Largest relative difference between executors; 1e-3 unless told. */
  readonly tolerance?: number;
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of one joint learner of a plugin. Which are made is read from its capabilities.
 *
 * @param key - the learner's key in the plugin.
 * @throws `NO_SUCH_LEARNER` if the plugin has no joint learner of that key, `INVALID_OPTION` for an expected failure of
 *   no check.
 */
export function jointLearnerChecks(
  plugin: Plugin,
  key: string,
  options: JointLearnerCheckOptions = {},
): readonly Check[] {
  const id = `${plugin.name}/${key}`;
  const descriptor = plugin.learners?.[key];
  if (descriptor?.kind !== 'joint') throw noSuchJointLearner(plugin, key);
  const subject = subjectOf(id, descriptor, options);
  const { learning = { updates: 120 }, tolerance = 1e-3 } = options;
  const checks = [
    ...optionChecks(id, descriptor, options),
    ...jointLossChecks(subject),
    ...jointTrainingChecks(subject, learning, tolerance),
  ];
  return withExpectedFailures(checks, options.expectedFailures);
}

function subjectOf(
  id: string,
  descriptor: JointLearnerDescriptor,
  options: JointLearnerCheckOptions,
): JointSubject {
  const {
    distribution = trivialJointDistribution({ targets: descriptor.capabilities.targets }),
    executors = [eagerExecutor(), compiledExecutor({ fallback: 'error' })],
    updates = 3,
    batchSize = 8,
  } = options;
  const create = () => descriptor.create(resolveOptions(id, descriptor.defaults, options.options));
  return { id, descriptor, distribution, executors, updates, batchSize, create };
}

function noSuchJointLearner(plugin: Plugin, key: string): TasklearnError {
  const registered = Object.entries(plugin.learners ?? {}).flatMap(([name, { kind }]) =>
    kind === 'joint' ? [name] : [],
  );
  const message = `jointLearnerChecks: the plugin '${plugin.name}' has no joint learner '${key}', but ${registered.join(', ') || 'none'}.`;
  return new TasklearnError('NO_SUCH_LEARNER', message, { id: key, registered });
}
