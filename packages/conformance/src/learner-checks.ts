import {
  type EpisodicDistribution,
  type EpisodicLearner,
  type EpisodicLearnerDescriptor,
  type Executor,
  eagerExecutor,
  type Plugin,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { trivialDistribution } from './episodes/trivial-distribution.js';
import { behaviourChecks } from './learner/behaviour-checks.js';
import { executorCheck } from './learner/executor-check.js';
import { gradientCheck } from './learner/gradient-check.js';
import { learningCheck } from './learner/learning-check.js';
import { maskCheck } from './learner/mask-check.js';
import { type OptionCheckOptions, optionChecks, targetCheck } from './learner/option-checks.js';
import { predictionChecks } from './learner/prediction-checks.js';
import type { Subject } from './learner/subject.js';

/** What {@link learnerChecks} may be told. */
export interface LearnerCheckOptions extends OptionCheckOptions {
  /** Tasks to check with. Unless told, trivial ones of the first target kind that the learner declares. */
  readonly distribution?: EpisodicDistribution;
  /** Options to create the learner with: small models, and inner steps large enough to matter. */
  readonly options?: object;
  /**
   * Unless told, eager and compiled (which needs `onnxruntime-node`, or another engine of `@tasklearn/runtime`).
   * The first runs whatever needs no other.
   */
  readonly executors?: readonly [Executor, ...Executor[]];
  /** Meta-training before `adapting lowers the loss on a trivial task`; 30 updates of 4 tasks unless told. */
  readonly training?: { readonly updates: number; readonly tasksPerUpdate: number };
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of one learner of a plugin. Which are made is read from its capabilities; a learner of a kind other than
 * episodic has its options checked.
 *
 * @param key - the learner's key in the plugin.
 * @throws `NO_SUCH_LEARNER` if the plugin has none of that key, `INVALID_OPTION` for an expected failure of no check.
 */
export function learnerChecks(
  plugin: Plugin,
  key: string,
  options: LearnerCheckOptions = {},
): readonly Check[] {
  const id = `${plugin.name}/${key}`;
  const descriptor = plugin.learners?.[key];
  if (descriptor === undefined) throw noSuchLearner(plugin, key);
  const checks = [...optionChecks(id, descriptor, options)];
  if (descriptor.kind === 'episodic') {
    const subject = subjectOf(id, descriptor, options);
    checks.push(...unlessItThrows(() => episodicChecks(subject)));
  }
  return withExpectedFailures(checks, options.expectedFailures);
}

/** Which checks are made is read from a learner: one that cannot be created is a failed check, not a crash. */
function unlessItThrows(make: () => readonly Check[]): readonly Check[] {
  try {
    return make();
  } catch (error) {
    return [{ name: 'can be created with the options given', run: () => Promise.reject(error) }];
  }
}

function episodicChecks(subject: Subject): readonly Check[] {
  const { descriptor, id, executors } = subject;
  const learner = subject.create();
  return [
    ...targetCheck(id, descriptor, subject.create),
    ...behaviourChecks(subject),
    ...predictionChecks(subject),
    maskCheck(subject),
    learningCheck(subject),
    ...(descriptor.capabilities.gradientOrder >= 1 && learner.metaLoss !== undefined && !learner.metaGradient
      ? [gradientCheck(subject)]
      : []),
    ...(executors.length > 1 ? [executorCheck(subject)] : []),
  ];
}

function subjectOf(id: string, descriptor: EpisodicLearnerDescriptor, options: LearnerCheckOptions): Subject {
  const {
    distribution = defaultDistribution(descriptor),
    executors = [eagerExecutor(), compiledExecutor({ fallback: 'error' })],
    training = { updates: 30, tasksPerUpdate: 4 },
  } = options;
  const resolved = resolveOptions(id, descriptor.defaults, options.options);
  const create = () => descriptor.create(resolved) as EpisodicLearner;
  return { id, descriptor, options: resolved, distribution, executors, training, create };
}

function defaultDistribution({ capabilities }: EpisodicLearnerDescriptor): EpisodicDistribution {
  const input = { shape: [4], dtype: 'float32', minimum: -1, maximum: 1 } as const;
  if (capabilities.targets[0] === 'regression') {
    const target = { kind: 'regression', shape: [1] } as const;
    return trivialDistribution({ input, target, loss: 'meanSquaredError', supportSize: 5, querySize: 4 });
  }
  const target = { kind: 'classification', classes: 3 } as const;
  const sizes = { ways: 3, shots: 2, supportSize: 6, querySize: 6 };
  return trivialDistribution({ input, target, loss: 'crossEntropy', ...sizes });
}

function noSuchLearner(plugin: Plugin, key: string): TasklearnError {
  const registered = Object.keys(plugin.learners ?? {});
  const message = `learnerChecks: the plugin '${plugin.name}' has no learner '${key}', but ${registered.join(', ') || 'none'}.`;
  return new TasklearnError('NO_SUCH_LEARNER', message, { id: key, registered });
}
