import {
  defineLearner,
  definePlugin,
  type GradientCombination,
  type GroupTargets,
  type JointLearner,
  type JointLearnerDescriptor,
  type JointParameters,
  requirePositive,
  type SupervisedCapabilities,
} from '@tasklearn/core';
import { adam, lossOf, predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

export type LinearOptions = { readonly learningRate: number };

export const JOINT_CAPABILITIES: SupervisedCapabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 1,
  deterministic: true,
  uncertainty: 'output',
};

/** θ of the toy: a slope that all tasks share, [4], and one of each, [T, 4]. */
export type LinearTheta = JointParameters & {
  readonly shared: { readonly slope: Tensor };
  readonly perTask: { readonly slope: Tensor };
};

const sum: GradientCombination = {
  needs: 'losses',
  init: () => ({}),
  combine: ({ losses }, state) => ({ combined: tf.onesLike(losses), state }),
};

/** x · (shared + own slope) of every task, [T, B, 1]. */
export function linearOutputs({ shared, perTask }: LinearTheta, inputs: Tensor): Tensor {
  const slopes = perTask.slope.add(shared.slope); // [T, 4], whether the shared one has a task axis or not
  return tf.sum(inputs.mul(slopes.expandDims(1)), -1, true);
}

/** Places of the tasks of the trivial distribution in each of its groups. */
const membersOf: Readonly<Record<string, readonly number[]>> = { regression: [0, 2, 3], classification: [1] };

/** Outputs of a group's tasks, [Tg, B, 1 or 2]. */
function groupOutputs(outputs: Tensor, group: string): Tensor {
  const own = tf.gather(outputs, tf.tensor1d([...(membersOf[group] as readonly number[])], 'int32'));
  return group === 'classification' ? tf.concat([own.mul(-3), own.mul(3)], 2) : own;
}

/** Linear regressions and a logistic one. */
export function linearJoint({ learningRate }: Readonly<LinearOptions>): JointLearner<LinearTheta> {
  requirePositive('linear', { learningRate }, 'learningRate');
  return {
    kind: 'joint',
    init: (spec, rng) => ({
      shared: { slope: rng.split('shared').normal([4]).mul(0.1) },
      perTask: { slope: rng.split('own').normal([spec.tasks.length, 4]).mul(0.1) },
    }),
    taskLosses(theta, batch, _rng, spec) {
      const outputs = linearOutputs(theta, batch.inputs);
      const groups = Object.entries(spec.groups).map(([group, kind]) => {
        const { targets, mask } = batch.groups[group] as GroupTargets;
        return lossOf(kind)(groupOutputs(outputs, group), targets, mask);
      });
      const order = Object.keys(spec.groups).flatMap((group) => [...(membersOf[group] as readonly number[])]);
      const places = spec.tasks.map((_, task) => order.indexOf(task));
      return tf.gather(tf.concat(groups), tf.tensor1d(places, 'int32'));
    },
    predict(theta, inputs, spec) {
      const outputs = linearOutputs(theta, inputs);
      return Object.fromEntries(
        Object.entries(spec.groups).map(([group, kind]) => [
          group,
          predictiveOf(kind, groupOutputs(outputs, group)),
        ]),
      );
    },
    combination: sum,
    optimizer: adam({ learningRate }),
  };
}

const defaults: LinearOptions = { learningRate: 0.05 };

/** The toy as a plugin publishes it. */
export const linearJointDescriptor: JointLearnerDescriptor<LinearOptions> = defineLearner({
  kind: 'joint',
  summary: 'A toy.',
  reference: { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' },
  capabilities: JOINT_CAPABILITIES,
  defaults,
  create: (options: Readonly<LinearOptions>) => linearJoint(options) as unknown as JointLearner,
});

/** Publishes the toy. */
export const jointPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/joint',
  version: '0.1.0',
  learners: { linear: linearJointDescriptor },
});
