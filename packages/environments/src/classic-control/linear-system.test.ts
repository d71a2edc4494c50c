import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { linearQuadratic } from '../continuous/linear-quadratic.js';
import { linearSystem, springOptimum, springProblem } from './linear-system.js';

const rng = createRng(0);

describe('linearQuadratic', () => {
  it('solves the scalar problem in closed form', () => {
    // s' = s + a, cost s² + a²: P = (1 + √5) / 2, K = P / (1 + P).
    const { gain, value } = linearQuadratic({
      transition: [[1]],
      control: [[1]],
      stateCost: [[1]],
      actionCost: [[1]],
    });
    const golden = (1 + Math.sqrt(5)) / 2;
    expect(value[0]?.[0]).toBeCloseTo(golden, 9);
    expect(gain[0]?.[0]).toBeCloseTo(golden / (1 + golden), 9);
  });

  it('solves two states and two actions: the residual of the Riccati equation is zero', () => {
    const [a, b] = [
      [
        [1, 0.2],
        [-0.1, 0.9],
      ],
      [
        [0.5, 0],
        [0.1, 1],
      ],
    ];
    const { gain, value } = linearQuadratic({
      transition: a as number[][],
      control: b as number[][],
      stateCost: [
        [2, 0.1],
        [0.1, 1],
      ],
      actionCost: [
        [1, 0],
        [0, 3],
      ],
    });
    // Bellman: for any s, sᵀPs = sᵀQs + uᵀRu + s'ᵀPs' with u = −Ks, and any other u costs more.
    const form = (matrix: readonly (readonly number[])[], s: number[]) =>
      s.reduce(
        (sum, x, i) => sum + x * s.reduce((inner, y, j) => inner + (matrix[i]?.[j] as number) * y, 0),
        0,
      );
    const cost = (s: number[], u: number[]) => {
      const next = [0, 1].map((i) =>
        [0, 1].reduce(
          (sum, j) =>
            sum + (a?.[i]?.[j] as number) * (s[j] as number) + (b?.[i]?.[j] as number) * (u[j] as number),
          0,
        ),
      );
      return (
        2 * (s[0] as number) ** 2 +
        0.2 * (s[0] as number) * (s[1] as number) +
        (s[1] as number) ** 2 +
        (u[0] as number) ** 2 +
        3 * (u[1] as number) ** 2 +
        form(value, next)
      );
    };
    const s = [0.7, -1.3];
    const u = [0, 1].map(
      (i) => -(gain[i] as readonly number[]).reduce((sum, k, j) => sum + k * (s[j] as number), 0),
    );
    expect(cost(s, u)).toBeCloseTo(form(value, s), 8);
    expect(cost(s, [(u[0] as number) + 0.01, u[1] as number])).toBeGreaterThan(cost(s, u));
    expect(cost(s, [u[0] as number, (u[1] as number) - 0.01])).toBeGreaterThan(cost(s, u));
  });
});

describe('linearSystem', () => {
  it('costs sᵀP s under the optimal policy, whatever the springs', () => {
    const world = linearSystem({ stiffness: [0.1, 2], damping: [0, 0.5], gain: [0.5, 2] });
    for (const task of firstTasks(world, 'test', 5, rng)) {
      const stream = rng.split('check');
      const [x = 0, v = 0] = world
        .createEnvironment([task], 1, stream.split('environment'))
        .reset().observation;
      const { value } = springOptimum(springProblem(task.parameters), 50);
      const [[p = 0, q = 0] = [], [, r = 0] = []] = value;
      const result = runReference(world, 'optimal', [task], 1, stream)[0]?.[0]?.return as number;
      expect(result).toBeCloseTo(-(p * x * x + 2 * q * x * v + r * v * v), 4);
    }
  });

  it('is far from optimal under chance', () => {
    const world = linearSystem();
    const level = (name: string) =>
      meanOf(
        (runReference(world, name, Array(20).fill(world.task('test', 0, rng)), 1, rng)[0] ?? []).map(
          (one) => one.return,
        ),
      );
    expect(level('optimal')).toBeGreaterThan(level('random') / 10);
  });

  it('has one reward law', () => expectOffLineRewards(linearSystem({ axes: 2, noise: 0.05 }), 30));
});
