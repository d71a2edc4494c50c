import { createRng, type HostTensor, type StreamDistribution, type Tree, toDevice } from '@tasklearn/core';
import { activityOf, omlDefaults, type PlasticTheta, plasticNetwork } from '@tasklearn/lifelong';
import * as tf from '@tensorflow/tfjs';
import type { SequenceArm } from './sequence.js';

/** Activations of the test items of a lifetime, before the gate, of the gate, and after it. */
function activations(arm: SequenceArm, parameters: Tree<HostTensor>, distribution: StreamDistribution) {
  const { spec } = distribution;
  const stream = distribution.stream('test', 0, createRng('activity'));
  const given = (arm.options ?? {}) as { network?: object };
  const network = { ...omlDefaults.network, ...given.network };
  const gate = arm.learner === 'anml' ? network : null;
  const parts = { network, gate, plastic: 'head', order: 1, rate: 1, learnRate: false } as const;
  const model = plasticNetwork(parts, spec);
  const labels: number[] = [];
  const rows: Record<'before' | 'gate' | 'after', number[]> = { before: [], gate: [], after: [] };
  let units = 0;
  for (let task = 0; task < spec.tasks; task += 1) {
    const set = stream.testSet?.(task);
    if (set === undefined) continue;
    labels.push(...set.targets.data);
    tf.tidy(() => {
      const theta = toDevice(parameters) as unknown as PlasticTheta;
      const inputs = tf.tensor(set.inputs.data, [1, ...set.inputs.shape]);
      const found = model.activations(theta, inputs);
      units = found.features.shape[2] as number;
      rows.before.push(...found.features.dataSync());
      if (found.gate === undefined) return;
      rows.gate.push(...found.gate.dataSync());
      rows.after.push(...found.features.mul(found.gate).dataSync());
    });
  }
  return { rows, labels, units };
}

/** How a meta-learned representation is used: shares of active and dead units, and what classes share. */
export function describeActivity(
  arm: SequenceArm,
  parameters: Tree<HostTensor>,
  distribution: StreamDistribution,
): readonly string[] {
  const { rows, labels, units } = activations(arm, parameters, distribution);
  return Object.entries(rows).flatMap(([part, values]) => {
    if (values.length === 0) return [];
    // A unit counts as active above a tenth of the mean activation of units that are; a gate above one half.
    const positive = values.filter((value) => value > 0);
    const level = positive.reduce((sum, value) => sum + value, 0) / Math.max(1, positive.length);
    const threshold = part === 'gate' ? 0.5 : 0.1 * level;
    const {
      activeShare,
      deadShare,
      overlap = 0,
    } = activityOf(Float32Array.from(values), units, {
      threshold,
      labels,
    });
    const shown = [activeShare, deadShare, overlap].map((value) => value.toFixed(3));
    return [`${arm.learner} ${part}: active ${shown[0]}, dead ${shown[1]}, overlap of classes ${shown[2]}`];
  });
}
