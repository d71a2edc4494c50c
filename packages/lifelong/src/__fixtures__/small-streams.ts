import { createRng, type HostTensor, type Stream, type StreamSpec } from '@tasklearn/core';

const host = (shape: readonly number[], data: Float32Array | Int32Array): HostTensor => ({
  dtype: data instanceof Int32Array ? 'int32' : 'float32',
  shape,
  data,
});

/** Three tasks of two classes each, vectors about a point per class; test sets of eight. */
export function smallClasses(scenario: 'task' | 'class', batches = 4): { spec: StreamSpec; stream: Stream } {
  const rng = createRng('small classes');
  const centre = (label: number) =>
    Float32Array.from({ length: 4 }, (_, axis) => 2 * rng.split(label).split(axis).gaussian());
  const set = (task: number, count: number, key: string) => {
    const own = rng.split(key).split(task);
    const targets = Int32Array.from({ length: count }, (_, place) => 2 * task + (place % 2));
    const inputs = new Float32Array(4 * count);
    for (const [place, label] of targets.entries())
      inputs.set(
        centre(label).map((value) => value + 0.5 * own.gaussian()),
        4 * place,
      );
    return { inputs: host([count, 4], inputs), targets: host([count], targets) };
  };
  const spec: StreamSpec = {
    input: { shape: [4], dtype: 'float32' },
    target: { kind: 'classification', classes: 6 },
    loss: 'crossEntropy',
    order: 'piecewise',
    boundaries: 'discrete',
    boundariesKnown: true,
    taskLabels: scenario === 'task' ? 'always' : 'learning',
    ...(scenario === 'task' && {
      taskClasses: [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    }),
    batchSize: 6,
    tasks: 3,
    storage: Number.POSITIVE_INFINITY,
  };
  const step = (t: number) => {
    const task = Math.floor(t / batches);
    return { ...set(task, 6, `step ${t}`), task };
  };
  return { spec, stream: { length: 3 * batches, step, testSet: (task) => set(task, 8, 'test') } };
}

/**
 * Two linear regressions of [x₁, x₂] with a bias; in each task XᵀX is diagonal, so that the diagonal of the Fisher information is all
 * of it. Least squares by hand: bias 2, weights −1/4 and −5/2 in the first; bias 1/2, weights −1 and 1/2 in the second.
 */
export function orthogonalRegressions(batches: number): { spec: StreamSpec; stream: Stream } {
  const inputs = [
    [2, 0, -2, 0, 0, 1, 0, -1],
    [1, 0, -1, 0, 0, 2, 0, -2],
  ];
  const targets = [
    [2, 3, -1, 4],
    [-1, 1, 2, 0],
  ];
  const spec: StreamSpec = {
    input: { shape: [2], dtype: 'float32' },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    order: 'piecewise',
    boundaries: 'discrete',
    boundariesKnown: true,
    batchSize: 4,
    tasks: 2,
    storage: Number.POSITIVE_INFINITY,
  };
  const step = (t: number) => {
    const task = Math.floor(t / batches);
    return {
      inputs: host([4, 2], Float32Array.from(inputs[task] as number[])),
      targets: host([4, 1], Float32Array.from(targets[task] as number[])),
      task,
    };
  };
  return { spec, stream: { length: 2 * batches, step } };
}
