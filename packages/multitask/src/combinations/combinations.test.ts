import {
  createRng,
  eagerExecutor,
  type GradientCombination,
  type Rng,
  TasklearnError,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { cagrad, conflictAverseWeights } from './cagrad.js';
import { type CombinationOptions, combinationDefaults, createCombination } from './create-combination.js';
import { dynamicWeightAverage } from './dynamic-weight-average.js';
import { gradNorm } from './grad-norm.js';
import { gramMatrix } from './gram.js';
import { mgda, minimumNormWeights } from './mgda.js';
import { pcgrad, projectionCoefficients } from './pcgrad.js';
import { sum } from './sum.js';
import { uncertaintyWeighting } from './uncertainty-weighting.js';

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, value, index) => total + value * (b[index] as number), 0);

/** The combined gradient of rows, as numbers; counts tensors. */
function combined(
  combination: GradientCombination,
  gradients: readonly (readonly number[])[],
  losses: readonly number[] = gradients.map(() => 1),
  rng: Rng = createRng(0),
): readonly number[] {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const G = tf.tensor2d(gradients as number[][]);
    const state = combination.init(gradients.length, G.shape[1]);
    const out = combination.combine({ losses: tf.tensor1d(losses as number[]), gradients: G }, state, rng);
    return Array.from(out.combined.dataSync());
  });
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

/** Weights on losses after each of several updates. */
function weightsOver(combination: GradientCombination, losses: readonly (readonly number[])[]): number[][] {
  return tf.tidy(() => {
    let state = combination.init(losses[0]?.length ?? 0, 0);
    return losses.map((each) => {
      const out = combination.combine({ losses: tf.tensor1d(each as number[]) }, state, createRng(0));
      state = out.state;
      return Array.from(out.combined.dataSync());
    });
  });
}

const closeTo = (received: readonly number[], expected: readonly number[], digits = 4) => {
  expect(received).toHaveLength(expected.length);
  for (const [index, value] of received.entries())
    expect(value).toBeCloseTo(expected[index] as number, digits);
};

/** The paper's algorithm on vectors, with a given order of visits. */
function projectedInVectors(
  gradients: readonly (readonly number[])[],
  orders: readonly (readonly number[])[],
) {
  return gradients.map((gradient, i) => {
    let left = [...gradient];
    for (const j of orders[i] as readonly number[]) {
      if (j === i) continue;
      const other = gradients[j] as readonly number[];
      const product = dot(left, other);
      if (product < 0)
        left = left.map((value, k) => value - (product / dot(other, other)) * (other[k] as number));
    }
    return left;
  });
}

describe('sum', () => {
  it('weighs every task 1', () => {
    expect(weightsOver(sum(), [[3, 5]])).toEqual([[1, 1]]);
  });
});

describe('uncertaintyWeighting', () => {
  it('comes to rest at the inverse losses', () => {
    const weights = weightsOver(uncertaintyWeighting({ rate: 0.2 }), Array(60).fill([4, 0.5]));
    closeTo(weights.at(-1) as number[], [0.25, 2], 2);
    expect(weights[0]).toEqual([1, 1]);
  });

  it('does not leap beyond its rest for losses in the thousands', () => {
    const weights = weightsOver(uncertaintyWeighting({ rate: 0.1 }), Array(200).fill([5000, 1]));
    for (const [large] of weights) expect(large).toBeGreaterThan(0.9 / 5000);
    expect(5000 * (weights.at(-1)![0] as number)).toBeCloseTo(1, 2);
  });

  it('refuses a rate that is not positive', () => {
    expect(() => uncertaintyWeighting({ rate: 0 })).toThrow(TasklearnError);
  });
});

describe('dynamicWeightAverage', () => {
  const falling = [
    [4, 4],
    [4, 4],
    [2, 4],
    [2, 4],
    [9, 9],
  ];

  it('is even for two periods, then favours the task that falls more slowly', () => {
    const weights = weightsOver(dynamicWeightAverage({ period: 2 }), falling);
    for (const early of weights.slice(0, 4)) expect(early).toEqual([1, 1]);
    const [fast, slow] = weights[4] as [number, number];
    const [a, b] = [Math.exp(0.5 / 2), Math.exp(1 / 2)];
    closeTo([fast, slow], [(2 * a) / (a + b), (2 * b) / (a + b)]);
    expect(fast + slow).toBeCloseTo(2, 5);
  });

  it('is even for equal ratios and for a very large temperature', () => {
    closeTo(
      weightsOver(dynamicWeightAverage({ period: 1 }), [
        [4, 8],
        [2, 4],
        [1, 1],
      ])[2] as number[],
      [1, 1],
    );
    closeTo(
      weightsOver(dynamicWeightAverage({ period: 2, temperature: 1e6 }), falling)[4] as number[],
      [1, 1],
    );
  });
});

describe('pcgrad', () => {
  it('leaves gradients alone that do not conflict', () => {
    closeTo(
      combined(pcgrad(), [
        [1, 0],
        [1, 1],
      ]),
      [2, 1],
    );
  });

  it('projects both of two tasks in conflict, symmetrically', () => {
    const [first, second] = [
      [1, 0],
      [-1, 1],
    ] as const;
    // g_1 − (−1/2) g_2 = (1/2, 1/2); g_2 − (−1/1) g_1 = (0, 1).
    const update = combined(pcgrad(), [first, second]);
    closeTo(update, [0.5, 1.5]);
    expect(dot(update, first)).toBeGreaterThanOrEqual(0);
    expect(dot(update, second)).toBeGreaterThanOrEqual(0);
    closeTo(combined(pcgrad(), [second, first]), [0.5, 1.5]);
  });

  it('is the algorithm on vectors, whatever the order', () => {
    const rng = createRng('vectors');
    for (let trial = 0; trial < 20; trial += 1) {
      const gradients = Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => rng.gaussian()));
      const keys = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => rng.next()));
      const orders = keys.map((row) =>
        [...row.keys()].sort((a, b) => (row[a] as number) - (row[b] as number)),
      );
      const expected = projectedInVectors(gradients, orders);
      const received = tf.tidy(() => {
        const G = tf.tensor2d(gradients);
        return projectionCoefficients(gramMatrix(G), tf.tensor2d(keys)).matMul(G).arraySync() as number[][];
      });
      for (const [row, values] of received.entries()) closeTo(values, expected[row] as number[], 3);
    }
  });

  it('keeps only lengths or only directions in its ablations', () => {
    const gradients = [
      [1, 0],
      [-1, 1],
    ] as const;
    // Projections (1/2, 1/2) and (0, 1), of lengths √½ and 1; originals have lengths 1 and √2.
    closeTo(combined(pcgrad('direction'), gradients), [Math.SQRT1_2, Math.SQRT1_2 + Math.SQRT2]);
    closeTo(combined(pcgrad('magnitude'), gradients), [Math.SQRT1_2 - Math.SQRT1_2, Math.SQRT1_2]);
    for (const part of ['direction', 'magnitude'] as const)
      closeTo(
        combined(pcgrad(part), [
          [1, 0],
          [1, 1],
        ]),
        [2, 1],
      );
  });
});

describe('mgda', () => {
  it('is exact for two tasks', () => {
    // min ‖α g_1 + (1 − α) g_2‖ for orthogonal gradients of lengths 1 and 2: α = 4/5.
    closeTo(
      tf.tidy(() =>
        Array.from(
          minimumNormWeights(
            tf.tensor2d([
              [1, 0],
              [0, 4],
            ]),
            1,
          ).dataSync(),
        ),
      ),
      [0.8, 0.2],
    );
  });

  it('gives the same product with every gradient of the support, and no less with the others', () => {
    const gradients = [
      [2, 0, 1],
      [-1, 2, 0],
      [0, -1, 2],
      [5, 5, 5],
    ] as const;
    const update = combined(mgda({ iterations: 400 }), gradients);
    const square = dot(update, update) / 4;
    const products = gradients.map((gradient) => dot(gradient, update));
    for (const product of products) expect(product).toBeGreaterThan(square * 0.97);
  });

  it('vanishes where gradients are opposed', () => {
    closeTo(
      combined(mgda(), [
        [1, 1],
        [-2, -2],
      ]),
      [0, 0],
      3,
    );
  });

  it('may scale gradients first', () => {
    closeTo(
      combined(mgda({ scale: 'norm' }), [
        [3, 0],
        [0, 7],
      ]),
      [1, 1],
      3,
    );
  });
});

describe('cagrad', () => {
  it('is the sum for radius 0', () => {
    closeTo(
      combined(cagrad({ radius: 0 }), [
        [1, 2],
        [-3, 1],
      ]),
      [-2, 3],
    );
  });

  it('finds the weights that a grid finds', () => {
    const gradients = [
      [1, 0.2],
      [-0.6, 0.5],
    ] as const;
    const mean = [0.2, 0.35];
    const radius = 0.5;
    const objective = (w: number) => {
      const g = [0, 1].map((k) => w * (gradients[0][k] as number) + (1 - w) * (gradients[1][k] as number));
      return dot(g, mean) + radius * Math.hypot(...mean) * Math.hypot(...g);
    };
    const grid = Array.from({ length: 1001 }, (_, index) => index / 1000);
    const best = grid.reduce((a, b) => (objective(b) < objective(a) ? b : a));
    const found = tf.tidy(() => {
      const gram = gramMatrix(tf.tensor2d(gradients as never));
      return Array.from(conflictAverseWeights(gram, radius, 300).dataSync());
    });
    expect(objective(found[0] as number)).toBeCloseTo(objective(best), 3);
  });

  it('improves the worst task more than the mean gradient does, within the radius', () => {
    const gradients = [
      [1, 0],
      [-0.5, 0.3],
    ] as const;
    const mean = [0.25, 0.15];
    const update = combined(cagrad({ radius: 0.4 }), gradients).map((value) => value / 2);
    const worst = (d: readonly number[]) => Math.min(...gradients.map((gradient) => dot(gradient, d)));
    expect(worst(update)).toBeGreaterThan(worst(mean));
    const away = update.map((value, index) => value - (mean[index] as number));
    expect(Math.hypot(...away)).toBeCloseTo(0.4 * Math.hypot(...mean), 4);
  });
});

describe('gradNorm', () => {
  const run = (
    gradients: readonly (readonly number[])[],
    losses: readonly (readonly number[])[],
    asymmetry: number,
  ) =>
    tf.tidy(() => {
      const combination = gradNorm({ asymmetry, rate: 0.01 });
      let state = combination.init(gradients.length, 2);
      for (const each of losses) {
        const input = {
          losses: tf.tensor1d(each as number[]),
          gradients: tf.tensor2d(gradients as number[][]),
        };
        ({ state } = combination.combine(input, state, createRng(0)));
      }
      return Array.from((state as unknown as { weights: Tensor }).weights.dataSync());
    });

  it('brings norms to one scale', () => {
    const [large, small] = run(
      [
        [3, 0],
        [0, 1],
      ],
      Array(120).fill([1, 1]),
      0,
    ) as [number, number];
    expect(large + small).toBeCloseTo(2, 4);
    expect(Math.abs(3 * large - small)).toBeLessThan(0.3);
  });

  it('pulls the task that lags behind', () => {
    const losses = [[1, 1], ...Array(100).fill([0.2, 0.9])];
    const [fast, slow] = run(
      [
        [1, 0],
        [0, 1],
      ],
      losses,
      1.5,
    ) as [number, number];
    expect(slow).toBeGreaterThan(fast + 0.2);
  });
});

describe('every combination', () => {
  const names: readonly CombinationOptions['name'][] = [
    'sum',
    'uncertainty',
    'dynamicWeightAverage',
    'gradNorm',
    'mgda',
    'pcgrad',
    'pcgradDirection',
    'pcgradMagnitude',
    'cagrad',
  ];

  it.each(names)('%s gives the same eager and compiled', async (name) => {
    const combination = createCombination('test', { ...combinationDefaults, name });
    const host = (shape: number[], values: number[]) => ({
      dtype: 'float32',
      shape,
      data: Float32Array.from(values),
    });
    const input = { losses: host([3], [1, 2, 0.5]), gradients: host([3, 2], [1, 0, -1, 1, 0.3, -0.8]) };
    const run = async (executor: ReturnType<typeof eagerExecutor>) => {
      const prepared = executor.prepare(
        ({ losses, gradients }: { losses: Tensor; gradients: Tensor }, rng: Rng) => ({
          combined: combination.combine({ losses, gradients }, combination.init(3, 2), rng).combined,
        }),
      );
      const { combined: result } = await prepared.run(input as never, createRng(7));
      prepared.dispose();
      return Array.from(result.data);
    };
    closeTo(await run(compiledExecutor({ fallback: 'error' })), await run(eagerExecutor()), 4);
  });

  it('refuses unknown names and numbers out of range', () => {
    const bad = [
      { name: 'average' },
      { name: 'cagrad', radius: -1 },
      { name: 'gradNorm', rate: 0 },
      { scale: 'all' },
    ];
    for (const options of bad)
      expect(() => createCombination('test', { ...combinationDefaults, ...options } as never)).toThrow(
        TasklearnError,
      );
  });
});
