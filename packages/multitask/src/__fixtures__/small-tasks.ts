import type { HostTensor, JointBatch, JointDistribution, JointSpec } from '@tasklearn/core';
import { createRng, jointSampler, toDevice } from '@tasklearn/core';

const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** What {@link smallTasks} may be told. */
export interface SmallOptions {
  readonly sharedInputs?: boolean;
  /** Factor on the labels of the regressions. */
  readonly scale?: number;
  readonly image?: boolean;
}

/** Four tasks on four numbers, one of them between the others in another group: y = sin or sign of a plane of x. */
export function smallTasks({
  sharedInputs = false,
  scale = 1,
  image = false,
}: SmallOptions = {}): JointDistribution {
  const shape = image ? [8, 8, 1] : [4];
  const size = shape.reduce((product, length) => product * length, 1);
  const deviation = floats([3, 1], [scale, scale, scale]);
  const spec: JointSpec = {
    input: { shape, dtype: 'float32' },
    tasks: [
      { id: 'a', group: 'numbers' },
      { id: 'b', group: 'numbers' },
      { id: 'c', group: 'classes' },
      { id: 'd', group: 'numbers' },
    ],
    groups: {
      numbers: {
        target: { kind: 'regression', shape: [1] },
        loss: 'meanSquaredError',
        statistics: { mean: floats([3, 1], [0, 0, 0]), deviation },
      },
      classes: { target: { kind: 'classification', classes: 2 }, loss: 'crossEntropy' },
    },
    descriptors: floats([4, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    descriptorsGeneralise: false,
    sharedInputs,
  };
  return {
    kind: 'joint',
    id: 'small',
    spec,
    sizes: { train: [32, 32, 32, 32], validation: [16, 16, 16, 16], test: [16, 16, 16, 16] },
    rows(split, task, indices) {
      const salt = { train: 0, validation: 100, test: 200 }[split] + (sharedInputs ? 0 : 17 * task);
      const x = [...indices].map((item) =>
        Array.from({ length: size }, (_, axis) => Math.sin((item + salt + 1) * (axis + 1.7))),
      );
      const angle = [0, 0.5, 1, 2][task] as number;
      const y = x.map((row) => Math.cos(angle) * (row[0] as number) + Math.sin(angle) * (row[1] as number));
      const inputs = floats([indices.length, ...shape], x.flat());
      if (task !== 2)
        return {
          inputs,
          targets: floats(
            [indices.length, 1],
            y.map((value) => scale * value),
          ),
        };
      const labels = Int32Array.from(y, (value) => (value > 0 ? 1 : 0));
      return { inputs, targets: { dtype: 'int32', shape: [indices.length], data: labels } };
    },
  };
}

/** The first training batch, on the device; the caller disposes. */
export function firstBatch(distribution: JointDistribution, batchSize = 5): JointBatch {
  const batch = jointSampler({ distribution, split: 'train', batchSize })(0, createRng(3));
  return toDevice(batch as never) as unknown as JointBatch;
}
