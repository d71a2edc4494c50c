import {
  type ControlDistribution,
  type ControlLearnerDescriptor,
  type Executor,
  eagerExecutor,
  type Plugin,
  resolveOptions,
  TasklearnError,
  type TrialProtocol,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { agentChecks } from './control/agent-checks.js';
import { controlExecutorCheck } from './control/control-executor-check.js';
import { type ControlLearning, controlLearningCheck } from './control/control-learning-check.js';
import type { ControlSubject } from './control/control-subject.js';
import { taskRefusalCheck } from './control/task-refusal-check.js';
import { trainingChecks } from './control/training-checks.js';
import { trivialControlDistribution } from './control/trivial-control-distribution.js';
import { type OptionCheckOptions, optionChecks } from './learner/option-checks.js';

/** What {@link controlLearnerChecks} may be told. */
export interface ControlLearnerCheckOptions extends OptionCheckOptions {
  /** Tasks to check with. Unless told, `trivialControlDistribution` with the first kind of action that is declared. */
  readonly distribution?: ControlDistribution;
  /** Options to create the learner with: small networks, short updates. */
  readonly options?: object;
  /** The trial that agents are tried in; one episode of exploration and one of execution unless told. */
  readonly trial?: TrialProtocol;
  /**
   * Unless told, eager and compiled (which needs `onnxruntime-node`, or another engine of `@tasklearn/runtime`).
   * The first runs whatever needs no other.
   */
  readonly executors?: readonly [Executor, ...Executor[]];
  /** Updates of the short trainings; 3 unless told. */
  readonly updates?: number;
  /** Of `learns more than random`: the trivial tasks, 60 updates, tried on 16 tasks unless told. */
  readonly learning?: Partial<ControlLearning>;
  /** Largest relative difference between executors; 1e-3 unless told. */
  readonly tolerance?: number;
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of one control learner of a plugin. Which are made is read from its capabilities.
 *
 * @param key - the learner's key in the plugin.
 * @throws `NO_SUCH_LEARNER` if the plugin has no control learner of that key, `INVALID_OPTION` for an expected failure
 *   of no check.
 */
export function controlLearnerChecks(
  plugin: Plugin,
  key: string,
  options: ControlLearnerCheckOptions = {},
): readonly Check[] {
  const id = `${plugin.name}/${key}`;
  const descriptor = plugin.learners?.[key];
  if (descriptor?.kind !== 'control') throw noSuchControlLearner(plugin, key);
  const subject = subjectOf(id, descriptor, options);
  const { learning = {}, tolerance = 1e-3 } = options;
  const { distribution = subject.distribution, updates = 60, tasks = 16 } = learning;
  const checks = [
    ...optionChecks(id, descriptor, options),
    ...taskRefusalCheck(subject),
    ...trainingChecks(subject),
    ...agentChecks(subject),
    controlLearningCheck(subject, { distribution, updates, tasks }),
    ...(subject.executors.length > 1 ? [controlExecutorCheck(subject, tolerance)] : []),
  ];
  return withExpectedFailures(checks, options.expectedFailures);
}

function subjectOf(
  id: string,
  descriptor: ControlLearnerDescriptor,
  options: ControlLearnerCheckOptions,
): ControlSubject {
  const [actions = 'discrete'] = descriptor.capabilities.actions;
  const {
    distribution = trivialControlDistribution({ actions }),
    trial = { explorationEpisodes: 1, executionEpisodes: 1 },
    executors = [eagerExecutor(), compiledExecutor({ fallback: 'error' })],
    updates = 3,
  } = options;
  const create = () => descriptor.create(resolveOptions(id, descriptor.defaults, options.options));
  return { id, descriptor, distribution, trial, executors, updates, create };
}

function noSuchControlLearner(plugin: Plugin, key: string): TasklearnError {
  const registered = Object.entries(plugin.learners ?? {}).flatMap(([name, { kind }]) =>
    kind === 'control' ? [name] : [],
  );
  const message = `controlLearnerChecks: the plugin '${plugin.name}' has no control learner '${key}', but ${registered.join(', ') || 'none'}.`;
  return new TasklearnError('NO_SUCH_LEARNER', message, { id: key, registered });
}
