import {
  type GradientCombination,
  type GradientTransformation,
  type JointLearner,
  type JointSpec,
  type Rng,
  TasklearnError,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Architecture, MultiTaskParameters, PassContext } from './architecture.js';
import { groupLosses, groupPredictive, headOutputs, initHeads, tasksOf } from './heads.js';

/** What a multi-task learner is made of: every published one is a choice of these. */
export interface MultiTaskParts {
  /** For messages. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly combination: GradientCombination;
  readonly optimizer: GradientTransformation;
  /** Whether regressions are learnt in units of their training targets' deviation. */
  readonly scaleLabels: boolean;
  /** R(θ), []: what pulls parameters of tasks together. */
  readonly penalty?: (theta: MultiTaskParameters) => Tensor;
}

function context(spec: JointSpec, rng?: Rng): PassContext {
  const { data, shape } = spec.descriptors;
  const descriptors = tf.tensor2d(Float32Array.from(data), shape as [number, number]);
  return rng === undefined ? { descriptors } : { descriptors, rng };
}

/** Puts losses of groups, joined, into the order of the tasks, [T]. */
function inTaskOrder(spec: JointSpec, groups: readonly string[], losses: readonly Tensor[]): Tensor {
  const joined = losses.length === 1 ? (losses[0] as Tensor) : tf.concat([...losses]);
  const order = groups.flatMap((group) => tasksOf(spec, group));
  if (order.every((task, place) => task === place)) return joined;
  const places = spec.tasks.map((_, task) => order.indexOf(task));
  return tf.gather(joined, tf.tensor1d(places, 'int32'));
}

function assertSeparable({ name, architecture, combination }: MultiTaskParts): void {
  if (architecture.inseparable === undefined || combination.needs === 'losses') return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${name}: ${architecture.inseparable} Use a combination of losses: sum, uncertainty or dynamicWeightAverage.`,
    { owner: name, key: 'combination' },
  );
}

/**
 * A multi-task learner from its parts: an architecture (which parameters tasks share, how it is told the task), heads, a
 * combination of the tasks' losses or gradients, an optimiser, and perhaps a penalty.
 *
 * @throws `INVALID_OPTION` for a combination that needs the tasks' gradients with an architecture that cannot tell them apart.
 */
export function multiTaskLearner(parts: MultiTaskParts): JointLearner {
  assertSeparable(parts);
  const { architecture, combination, optimizer, scaleLabels, penalty } = parts;
  const featuresOf = (theta: MultiTaskParameters, inputs: Tensor, spec: JointSpec, rng?: Rng) =>
    architecture.features(theta, inputs, spec, context(spec, rng));
  const learner: JointLearner<MultiTaskParameters> = {
    kind: 'joint',
    init(spec, rng) {
      const { shared, perTask } = architecture.init(spec, rng.split('body'));
      const heads = initHeads(spec, architecture.featureSize(spec), architecture.heads, rng.split('heads'));
      return architecture.heads === 'perTask'
        ? { shared, perTask: { ...perTask, ...heads } }
        : { shared: { ...shared, ...heads }, perTask };
    },
    taskLosses(theta, batch, rng, spec) {
      const features = featuresOf(theta, batch.inputs, spec, rng);
      const groups = Object.keys(spec.groups);
      const losses = groups.map((group) =>
        groupLosses(
          spec,
          group,
          headOutputs(theta, features, spec, group),
          batch.groups[group] as never,
          scaleLabels,
        ),
      );
      return inTaskOrder(spec, groups, losses);
    },
    ...(penalty === undefined ? {} : { penalty }),
    predict(theta, inputs, spec) {
      const features = featuresOf(theta, inputs, spec);
      return Object.fromEntries(
        Object.keys(spec.groups).map((group) => [
          group,
          groupPredictive(spec, group, headOutputs(theta, features, spec, group), scaleLabels),
        ]),
      );
    },
    combination,
    optimizer,
  };
  return learner as unknown as JointLearner;
}
