import type { HostTensor, Rng, Stream, StreamDistribution, StreamSpec } from '@tasklearn/core';

/** Items of a step or of a test set. */
export type ItemSet = { readonly inputs: HostTensor; readonly targets: HostTensor };

const STEPS = 3;
/** Items of a step of {@link classes}. */
export const BATCH = 4;

function floats(shape: readonly number[], data: Float32Array): HostTensor {
  return { dtype: 'float32', shape, data };
}

/** Two tasks of two classes each, [x_0 > 1/2] + 2 t, x ~ U(0, 1)². */
export function classSet(rng: Rng, task: number, count: number): ItemSet {
  const data = Float32Array.from({ length: 2 * count }, () => rng.next());
  const targets = Int32Array.from(
    { length: count },
    (_, item) => 2 * task + Number((data[2 * item] as number) > 0.5),
  );
  return { inputs: floats([count, 2], data), targets: { dtype: 'int32', shape: [count], data: targets } };
}

/** What {@link classes} declare. */
export const classSpec: StreamSpec = {
  input: { shape: [2], dtype: 'float32', minimum: 0, maximum: 1 },
  target: { kind: 'classification', classes: 4 },
  loss: 'crossEntropy',
  order: 'piecewise',
  boundaries: 'discrete',
  boundariesKnown: true,
  taskClasses: [
    [0, 1],
    [2, 3],
  ],
  batchSize: BATCH,
  tasks: 2,
  storage: 10,
};

function classLifetime(rng: Rng): Stream {
  return {
    length: 2 * STEPS,
    step(t) {
      const task = Math.floor(t / STEPS);
      return { ...classSet(rng.split('step').split(t), task, BATCH), task };
    },
    testSet: (task) => classSet(rng.split('test').split(task), task, 6),
  };
}

/** Two classes, then two others; everything is told. */
export const classes: StreamDistribution = {
  kind: 'stream',
  id: 'classes',
  spec: classSpec,
  stream: (split, index, rng) => classLifetime(rng.split(split).split(index)),
};

/** Points about a mean that jumps, each beside the one before it; the best constants are known. */
export const points: StreamDistribution = {
  kind: 'stream',
  id: 'points',
  spec: {
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    order: 'piecewise',
    boundaries: 'continuous',
    boundariesKnown: false,
    batchSize: 1,
    tasks: 1,
    storage: Number.POSITIVE_INFINITY,
  },
  stream(split, index, rng) {
    const own = rng.split(split).split(index);
    const length = 20;
    const point = (t: number) => Math.fround((t < 10 ? 0 : 3) + (t < 0 ? 0 : own.split(t).gaussian()));
    const losses = (first: number, count: number) => {
      const values = Array.from({ length: count }, (_, at) => point(first + at));
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      return values.map((value) => (value - mean) ** 2);
    };
    return {
      length,
      step: (t) => ({
        inputs: floats([1, 1], Float32Array.of(point(t - 1))),
        targets: floats([1, 1], Float32Array.of(point(t))),
        task: t < 10 ? 0 : 1,
      }),
      comparators: () => ({ fixed: losses(0, length), dynamic: [...losses(0, 10), ...losses(10, 10)] }),
    };
  },
};

/** Classes whose best constant is known: the shares of the labels. */
export const shares: StreamDistribution = {
  ...classes,
  stream(split, index, rng) {
    const stream = classes.stream(split, index, rng);
    const labels = Array.from({ length: stream.length }, (_, t) => Array.from(stream.step(t).targets.data));
    const all = labels.flat();
    const share = (label: number) => all.filter((each) => each === label).length / all.length;
    const loss = (own: readonly number[]) =>
      own.reduce((sum, label) => sum - Math.log(share(label)), 0) / own.length;
    return { ...stream, comparators: () => ({ fixed: labels.map(loss) }) };
  },
};
