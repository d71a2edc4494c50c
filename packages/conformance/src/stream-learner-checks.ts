import {
  type Executor,
  eagerExecutor,
  type HostTensor,
  type Plugin,
  resolveOptions,
  type StreamDistribution,
  type StreamLearner,
  type StreamLearnerDescriptor,
  type StreamSpec,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { type OptionCheckOptions, optionChecks } from './learner/option-checks.js';
import { type StreamLearning, streamLearningCheck } from './stream/stream-learning-check.js';
import { streamNeedChecks } from './stream/stream-need-checks.js';
import { streamPredictionChecks } from './stream/stream-prediction-checks.js';
import { streamStateChecks } from './stream/stream-state-checks.js';
import { type StreamSubject, trainShortly } from './stream/stream-subject.js';
import { streamExecutorCheck, streamTrainingChecks } from './stream/stream-training-checks.js';
import { trivialStreamDistribution } from './stream/trivial-stream-distribution.js';

/** What {@link streamLearnerChecks} may be told. */
export interface StreamLearnerCheckOptions extends OptionCheckOptions {
  /** Streams to check with; unless told, `trivialStreamDistribution` with the first kind of target that is declared. */
  readonly distribution?: StreamDistribution;
  /** Options to create the learner with: small networks. */
  readonly options?: object;
  /**
   * Unless told, eager and compiled (which needs `onnxruntime-node`, or another engine of `@tasklearn/runtime`).
   * The first runs whatever needs no other.
   */
  readonly executors?: readonly [Executor, ...Executor[]];
  /** Updates of the short meta-trainings; 2 unless told. */
  readonly updates?: number;
  /** Of `learns what it is shown`: trivial tasks of 40 steps and 20 updates of meta-training unless told. */
  readonly learning?: Partial<StreamLearning>;
  /** Largest relative difference between executors; 1e-3 unless told. */
  readonly tolerance?: number;
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of one learner of streams of a plugin. Which are made is read from its capabilities, and from whether it is meta-trained.
 *
 * @param key - the learner's key in the plugin.
 * @throws `NO_SUCH_LEARNER` if the plugin has no learner of streams of that key, `INVALID_OPTION` for an expected failure
 *   of no check.
 */
export function streamLearnerChecks(
  plugin: Plugin,
  key: string,
  options: StreamLearnerCheckOptions = {},
): readonly Check[] {
  const id = `${plugin.name}/${key}`;
  const descriptor = plugin.learners?.[key];
  if (descriptor?.kind !== 'stream') throw noSuchStreamLearner(plugin, key);
  const subject = subjectOf(id, descriptor, options);
  const { deterministic, targets } = descriptor.capabilities;
  const { learning = {}, tolerance = 1e-3 } = options;
  const [target = 'classification'] = targets;
  const { distribution = trivialStreamDistribution({ target, steps: 40 }), updates = 20 } = learning;
  const checks = [
    ...optionChecks(id, descriptor, options),
    ...streamNeedChecks(subject),
    ...streamPredictionChecks(subject),
    ...streamStateChecks(subject),
    ...streamTrainingChecks(subject),
    streamLearningCheck(subject, { distribution, updates }),
    ...(deterministic && subject.executors.length > 1 ? [streamExecutorCheck(subject, tolerance)] : []),
  ];
  return withExpectedFailures(checks, options.expectedFailures);
}

function subjectOf(
  id: string,
  descriptor: StreamLearnerDescriptor,
  options: StreamLearnerCheckOptions,
): StreamSubject {
  const [target = 'classification'] = descriptor.capabilities.targets;
  const {
    distribution = trivialStreamDistribution({ target }),
    executors = [eagerExecutor(), compiledExecutor({ fallback: 'error' })],
    updates = 2,
  } = options;
  const create = () => descriptor.create(resolveOptions(id, descriptor.defaults, options.options));
  const isTrained = needsTraining(create, distribution.spec);
  let trained: Promise<Tree<HostTensor> | undefined> | undefined;
  const parameters = () => {
    trained ??= isTrained
      ? trainShortly({ create, distribution, executors, updates }).then(({ theta }) => theta)
      : Promise.resolve(undefined);
    return trained;
  };
  return { id, descriptor, distribution, executors, updates, isTrained, create, parameters };
}

/** False where it cannot even be created: a check will say so. */
function needsTraining(create: () => StreamLearner, spec: StreamSpec): boolean {
  try {
    return create().needs(spec).metaTraining;
  } catch {
    return false;
  }
}

function noSuchStreamLearner(plugin: Plugin, key: string): TasklearnError {
  const registered = Object.entries(plugin.learners ?? {}).flatMap(([name, { kind }]) =>
    kind === 'stream' ? [name] : [],
  );
  const message = `streamLearnerChecks: the plugin '${plugin.name}' has no learner of streams '${key}', but ${registered.join(', ') || 'none'}.`;
  return new TasklearnError('NO_SUCH_LEARNER', message, { id: key, registered });
}
