import {
  createRng,
  type HostTensor,
  type Rng,
  type Stream,
  type StreamDistribution,
  type StreamSpec,
} from '@tasklearn/core';

/** What {@link trivialStreamDistribution} may be told. */
export interface TrivialStreamOptions {
  /** Kind of target; classification unless told. */
  readonly target?: 'classification' | 'regression';
  /** Steps of each of the two tasks; 3 unless told. */
  readonly steps?: number;
  /** Items of a step; 4 unless told. */
  readonly batchSize?: number;
}

const INPUTS = 4;
const TASKS = 2;
const TEST_ITEMS = 8;

function specOf(target: 'classification' | 'regression', batchSize: number): StreamSpec {
  const classes = { target: { kind: 'classification', classes: 2 * TASKS }, loss: 'crossEntropy' } as const;
  const numbers = { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } as const;
  return {
    input: { shape: [INPUTS], dtype: 'float32' },
    ...(target === 'classification' ? classes : numbers),
    order: 'piecewise',
    boundaries: 'discrete',
    boundariesKnown: true,
    taskLabels: 'always',
    batchSize,
    tasks: TASKS,
    storage: Number.POSITIVE_INFINITY,
  };
}

/**
 * Two easy tasks, one after the other, whose inputs tell which is which: v = ± x_0 with a sign of the lifetime, x ~ U(−1, 1), and x_1
 * near −1 in the first task and near 1 in the second. Targets are v in the first task and −v in the second, or the classes 2 t + [v > 0].
 */
export function trivialStreamDistribution({
  target = 'classification',
  steps = 3,
  batchSize = 4,
}: TrivialStreamOptions = {}): StreamDistribution {
  const spec = specOf(target, batchSize);
  const set = (task: number, count: number, sign: number, rng: Rng) => {
    const inputs = Float32Array.from({ length: count * INPUTS }, () => 2 * rng.next() - 1);
    const value = (item: number) => sign * (inputs[item * INPUTS] as number);
    for (let item = 0; item < count; item += 1)
      inputs[item * INPUTS + 1] = 2 * task - 1 + 0.1 * (inputs[item * INPUTS + 1] as number);
    const items = Array.from({ length: count }, (_, item) => item);
    const targets: HostTensor =
      target === 'classification'
        ? {
            dtype: 'int32',
            shape: [count],
            data: Int32Array.from(items, (item) => 2 * task + Number(value(item) > 0)),
          }
        : {
            dtype: 'float32',
            shape: [count, 1],
            data: Float32Array.from(items, (item) => (task === 0 ? 1 : -1) * value(item)),
          };
    return { inputs: { dtype: 'float32', shape: [count, INPUTS], data: inputs } as HostTensor, targets };
  };
  const lifetime = (rng: Rng): Stream => {
    const sign = rng.split('sign').next() < 0.5 ? -1 : 1;
    return {
      length: TASKS * steps,
      step(t) {
        const task = Math.floor(t / steps);
        return { ...set(task, batchSize, sign, rng.split('step').split(t)), task };
      },
      testSet: (task) => set(task, TEST_ITEMS, sign, rng.split('test').split(task)),
    };
  };
  return {
    kind: 'stream',
    id: 'trivial',
    spec,
    stream: (split, index) => lifetime(createRng('trivial stream').split(split).split(index)),
  };
}
