import {
  type ControlTrainingContext,
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  packHostTree,
  runTrials,
  type TreeSpec,
  toDevice,
  treeSpec,
} from '@tasklearn/core';
import { enableHigherOrderGradients, gradients, hvp } from '@tasklearn/nn';
import { type Policy, policyFor } from '@tasklearn/rl';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyBandits } from '../__fixtures__/toy-bandits.js';
import { forEachTask, type InnerLoop, innerStep, rateOf } from './inner-step.js';
import { createMamlRl, createMamlTrpo, createPromp } from './maml.js';
import { type MamlRlOptions, mamlTrpoDefaults } from './maml-options.js';
import {
  adaptedDivergence,
  adaptedNumbers,
  creditGain,
  type MamlBatch,
  outerGain,
  startDivergence,
} from './outer-objective.js';
import { decisionsOf, policyRowLayout } from './policy-rows.js';

beforeAll(() => enableHigherOrderGradients());

const small = { hidden: [6], tasksPerUpdate: 4, episodesPerStep: 4, conjugateSteps: 2, lineSearchSteps: 2 };

function context(executor: Executor, distribution = toyBandits(2, 3)): ControlTrainingContext {
  return { distribution, trial: distribution.trial, executor, rng: createRng(1) };
}

const numbersOf = (tree: unknown) => [...packHostTree(tree as never).vector.data];

/** A policy whose parameters are the logits themselves: one state, `actions` actions. */
function tabularPolicy(actions: number): { readonly policy: Policy; readonly spec: TreeSpec } {
  const spec = { ...toyBandits(actions, 1).spec, horizon: 1 };
  const policy = policyFor(spec, { hidden: [] });
  return {
    policy: {
      ...policy,
      apply: (parameters, observations) => {
        const logits = parameters.table?.logits as tf.Tensor; // [T, A]
        const [tasks, items] = observations.shape as [number, number];
        const wide = tf.tile(logits.reshape([tasks, 1, actions]), [1, items, 1]);
        return policy.head.distribution(wide);
      },
    },
    spec: treeSpec({ table: { logits: tf.zeros([actions]) } }),
  };
}

const softmax = (logits: readonly number[]) => {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};

/** All actions once each, weighted by their probability under the acting policy: the exact expectation as one batch. */
function exactRows(probabilities: readonly number[], rewards: readonly number[]): Float32Array {
  // O = 1, A = 1, then advantage, log π, mask, reward, baseline.
  return Float32Array.from(
    rewards.flatMap((reward, action) => {
      const p = probabilities[action] as number;
      return [1, action, reward, Math.log(p), p, p * reward, 0];
    }),
  );
}

const rewards = [1, 0.2, -0.5];
const theta0 = [0.3, -0.2, 0.1];
const alpha = 0.7;

function loopOf(options: Partial<MamlRlOptions> = {}): InnerLoop & { readonly options: MamlRlOptions } {
  const { policy, spec } = tabularPolicy(3);
  return {
    policy,
    treeSpec: spec,
    layout: policyRowLayout(1, 1, 3, 1),
    options: { ...mamlTrpoDefaults, innerRate: alpha, ...options },
  };
}

/** J(θ) = Σ_a π_θ(a) r_a and its exact gradient. */
const value = (theta: readonly number[]) =>
  softmax(theta).reduce((sum, p, action) => sum + p * (rewards[action] as number), 0);
const slopeOf = (theta: readonly number[]) => {
  const [p, j] = [softmax(theta), value(theta)];
  return p.map((chance, action) => chance * ((rewards[action] as number) - j));
};
const exactAdapted = (theta: readonly number[]) =>
  theta.map((x, index) => x + alpha * (slopeOf(theta)[index] as number));

function centralDifferences(fn: (theta: readonly number[]) => number, at: readonly number[]): number[] {
  return at.map((_, index) => {
    const moved = (by: number) => at.map((x, other) => (other === index ? x + by : x));
    return (fn(moved(1e-4)) - fn(moved(-1e-4))) / 2e-4;
  });
}

function batchAt(theta: readonly number[]): MamlBatch {
  const items = (p: readonly number[]) => tf.tensor3d(exactRows(p, rewards), [1, 3, 7]);
  return {
    before: [items(softmax(theta))],
    after: items(softmax(exactAdapted(theta))),
    outcome: tf.tensor1d([1]),
  };
}

describe('the inner step', () => {
  it('is the exact policy gradient on an enumerated bandit', () => {
    tf.tidy(() => {
      for (const surrogate of ['log', 'lvc', 'ratio'] as const) {
        const rows = tf.tensor3d(exactRows(softmax(theta0), rewards), [1, 3, 7]);
        const loop = loopOf({ surrogate, credit: surrogate === 'log' ? 'none' : 'maml-i' });
        const phi = innerStep(loop, tf.tensor2d([theta0]), decisionsOf(rows, loop.layout));
        const found = [...phi.dataSync()];
        exactAdapted(theta0).forEach((expected, index) => {
          expect(found[index]).toBeCloseTo(expected, 5);
        });
      }
    });
  });

  it('goes by a rate that may fall from step to step', () => {
    const rates = (laterFactor: number) =>
      [0, 1, 2, 3].map((step) => rateOf({ innerRate: 0.1, laterRate: 0.04, laterFactor }, step));
    expect(rates(1)).toEqual([0.1, 0.04, 0.04, 0.04]);
    expect(rates(0.5)).toEqual([0.1, 0.04, 0.02, 0.01]);
    expect(() => createMamlTrpo({ laterFactor: 1.5 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('does nothing where nothing was earned, exactly', () => {
    tf.tidy(() => {
      const rows = tf.tensor3d(exactRows(softmax(theta0), [0, 0, 0]), [1, 3, 7]);
      const loop = loopOf();
      const phi = innerStep(loop, tf.tensor2d([theta0]), decisionsOf(rows, loop.layout));
      expect([...phi.dataSync()]).toEqual([...Float32Array.from(theta0)]);
    });
  });
});

describe('the outer gradient', () => {
  /** d/dθ of J(θ + α ∇J(θ)) with everything enumerated: what a right curvature gives. */
  const whole = centralDifferences((theta) => value(exactAdapted(theta)), theta0);

  const gradientOf = (options: Partial<MamlRlOptions>) =>
    tf.tidy(() => {
      const loop = loopOf(options);
      const found = gradients(({ at }) => outerGain(loop, at, batchAt(theta0)), { at: tf.tensor1d(theta0) });
      return [...found.at.dataSync()];
    });

  it('with lvc or the ratio is that of J(θ + α ∇J(θ)); log and first order miss part of it', () => {
    for (const surrogate of ['lvc', 'ratio'] as const)
      gradientOf({ surrogate, credit: 'maml-i' }).forEach((slope, index) => {
        expect(slope).toBeCloseTo(whole[index] as number, 4);
      });
    const distance = (options: Partial<MamlRlOptions>) =>
      Math.max(...gradientOf(options).map((slope, index) => Math.abs(slope - (whole[index] as number))));
    expect(distance({ surrogate: 'log' })).toBeGreaterThan(0.01);
    expect(distance({ surrogate: 'log', order: 'first' })).toBeGreaterThan(0.01);
    // First order: the slope at the adapted policy.
    const first = slopeOf(exactAdapted(theta0));
    gradientOf({ order: 'first' }).forEach((slope, index) => {
      expect(slope).toBeCloseTo(first[index] as number, 5);
    });
  });

  it('without an inner rate is the plain policy gradient', () => {
    const plain = slopeOf(theta0);
    tf.tidy(() => {
      const loop = loopOf({ innerRate: 1e-12 });
      const batch = {
        ...batchAt(theta0),
        after: tf.tensor3d(exactRows(softmax(theta0), rewards), [1, 3, 7]),
      };
      const found = gradients(({ at }) => outerGain(loop, at, batch), { at: tf.tensor1d(theta0) });
      found.at.dataSync().forEach((slope, index) => {
        expect(slope).toBeCloseTo(plain[index] as number, 5);
      });
    });
  });

  it("of ProMP's first epoch is that of lvc, and its penalty has none there", () => {
    const found = (options: Partial<MamlRlOptions>) => gradientOf({ credit: 'maml-i', ...options });
    const lvc = found({ surrogate: 'lvc' });
    found({ surrogate: 'ratio', outer: 'ppo' }).forEach((slope, index) => {
      expect(slope).toBeCloseTo(lvc[index] as number, 5);
    });
    tf.tidy(() => {
      const loop = loopOf({ surrogate: 'ratio', credit: 'maml-i' });
      const [batch, old] = [batchAt(theta0), tf.tensor1d(theta0)];
      const penalty = gradients(({ at }) => startDivergence(loop, at, old, batch), { at: old });
      for (const slope of penalty.at.dataSync()) expect(slope).toBeCloseTo(0, 6);
    });
  });

  it('of E-MAML, with its credit, is that of E[J(θ + α ĝ)] over sampled inner data; without, the credit is missing', () => {
    // J^II(θ) = Σ_a π_θ(a) J(θ + α ∇log π_θ(a) r_a): one decision of inner data, enumerated.
    const adaptedBy = (theta: readonly number[], action: number) => {
      const p = softmax(theta);
      return theta.map(
        (x, index) =>
          x + alpha * (rewards[action] as number) * ((index === action ? 1 : 0) - (p[index] as number)),
      );
    };
    const expected = centralDifferences(
      (theta) => softmax(theta).reduce((sum, p, action) => sum + p * value(adaptedBy(theta, action)), 0),
      theta0,
    );
    const estimate = (credit: 'none' | 'e-maml') => {
      const total = [0, 0, 0];
      softmax(theta0).forEach((p, action) => {
        tf.tidy(() => {
          const loop = loopOf({ credit });
          const one = Float32Array.of(1, action, rewards[action] as number, Math.log(p), 1, 0, 0);
          const layoutOfOne = { ...loop, layout: policyRowLayout(1, 1, 1, 1) };
          const adapted = adaptedBy(theta0, action);
          const batch = {
            before: [tf.tensor3d(one, [1, 1, 7])],
            after: tf.tensor3d(exactRows(softmax(adapted), rewards), [1, 3, 7]),
            outcome: tf.tensor1d([value(adapted)]),
          };
          const found = gradients(({ at }) => outerGain(layoutOfOne, at, batch), { at: tf.tensor1d(theta0) });
          found.at.dataSync().forEach((slope, index) => {
            total[index] = (total[index] as number) + p * slope;
          });
        });
      });
      return total;
    };
    estimate('e-maml').forEach((slope, index) => {
      expect(slope).toBeCloseTo(expected[index] as number, 4);
    });
    // What `none` misses is Σ_a π ∇log π J(φ_a).
    const missing = estimate('e-maml').map((slope, index) => slope - (estimate('none')[index] as number));
    const credit = tf.tidy(() =>
      softmax(theta0).reduce(
        (sum, p, action) => {
          const outcome = value(adaptedBy(theta0, action));
          const slope = gradients(
            ({ at }) => {
              const logs = tf
                .logSoftmax(at as tf.Tensor1D)
                .slice([action], [1])
                .reshape([1, 1]);
              return creditGain(logs, tf.ones([1, 1]), tf.tensor1d([outcome]), 1);
            },
            { at: tf.tensor1d(theta0) },
          ).at.dataSync();
          return sum.map((x, index) => x + p * (slope[index] as number));
        },
        [0, 0, 0],
      ),
    );
    missing.forEach((x, index) => {
      expect(x).toBeCloseTo(credit[index] as number, 4);
    });
    expect(Math.max(...credit.map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('the Fisher product through adaptation agrees with differences of the slope', () => {
    tf.tidy(() => {
      const loop = loopOf();
      const batch = batchAt(theta0);
      const at = tf.tensor1d(theta0);
      const old = adaptedNumbers(loop, at, batch);
      const divergence = ({ theta }: { theta: tf.Tensor }) => adaptedDivergence(loop, theta, batch, old);
      expect(divergence({ theta: at }).dataSync()[0]).toBeCloseTo(0, 6);
      const v = tf.tensor1d([0.5, -1, 0.25]);
      const product = hvp(divergence, { theta: at }, { theta: v }).theta;
      const slope = (by: number) => gradients(divergence, { theta: at.add(v.mul(by)) }).theta;
      const expected = slope(0.01).sub(slope(-0.01)).div(0.02);
      const error = tf.max(tf.abs(product.sub(expected))).dataSync()[0] as number;
      expect(error).toBeLessThan(2e-3);
      expect(tf.max(tf.abs(product)).dataSync()[0]).toBeGreaterThan(0.01);
    });
  });

  it('keeps tasks apart: a task sees its own data only', () => {
    tf.tidy(() => {
      const loop = loopOf();
      const rows = tf.tensor3d(
        [...exactRows(softmax(theta0), rewards), ...exactRows(softmax(theta0), [0, 0, 0])],
        [2, 3, 7],
      );
      const phi = innerStep(loop, forEachTask(tf.tensor1d(theta0), 2), decisionsOf(rows, loop.layout));
      const [first, second] = phi.arraySync() as number[][];
      expect(second).toEqual([...Float32Array.from(theta0)]);
      expect(first).not.toEqual(second);
    });
  });
});

describe('maml-trpo, maml and promp', () => {
  it('refuse what contradicts itself or is out of range', () => {
    const cases: [object, string][] = [
      [{ credit: 'maml-i' }, 'surrogate'],
      [{ surrogate: 'dice' }, 'surrogate'],
      [{ credit: 'e-maml', surrogate: 'lvc' }, 'surrogate'],
      [{ innerRate: 0 }, 'innerRate'],
      [{ outer: 'trop' }, 'outer'],
      [{ innerSteps: 0.5 }, 'innerSteps'],
    ];
    for (const [options, key] of cases)
      expect(() => createMamlTrpo(options as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ key }) }),
      );
  });

  it('train alike eagerly and compiled, leave no tensor behind, and go on from what they saved', async () => {
    const learners = [
      createMamlTrpo({ ...small, innerSteps: 2, conjugateSteps: 1, lineSearchSteps: 1 }),
      createMamlRl({ ...small, credit: 'e-maml' }),
      createMamlRl({ ...small, surrogate: 'dice', credit: 'maml-i' }),
      createPromp({ ...small, epochs: 2 }),
    ];
    for (const learner of learners) {
      const before = tf.memory().numTensors;
      const eager = await learner.openTraining(context(eagerExecutor()));
      const compiled = await learner.openTraining(context(compiledExecutor({ threads: 1 })));
      const [a, b] = [await eager.update(), await compiled.update()];
      for (const name of ['returnAfter0', 'returnAfter1', 'gainBefore'])
        expect(b.metrics[name], name).toBeCloseTo(a.metrics[name] as number, 3);
      const [p, q] = [numbersOf(eager.parameters()), numbersOf(compiled.parameters())];
      p.forEach((x, index) => {
        expect(q[index]).toBeCloseTo(x, 2);
      });
      const resumed = await learner.openTraining(context(eagerExecutor()), eager.save());
      await eager.update();
      await resumed.update();
      expect(numbersOf(resumed.parameters())).toEqual(numbersOf(eager.parameters()));
      for (const training of [eager, compiled, resumed]) training.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('adapts to each task within its trial, and earns more after a step than before', async () => {
    const executor = compiledExecutor({ threads: 1 });
    const distribution = toyBandits(2, 3, 1, 8);
    const learner = createMamlTrpo({
      hidden: [8],
      tasksPerUpdate: 8,
      episodesPerStep: 8,
      innerRate: 1,
      trustRegion: 0.02,
    });
    const training = await learner.openTraining(context(executor, distribution));
    for (let update = 0; update < 25; update += 1) await training.update();
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    const tasks = Array.from({ length: 20 }, (_, index) => distribution.task('test', index, createRng(0)));
    const results = await runTrials({
      agent,
      distribution,
      tasks,
      trial: distribution.trial,
      rng: createRng(3),
    });
    const mean = (episode: number) =>
      results.reduce((sum, { episodes }) => sum + (episodes[episode]?.return ?? 0), 0) / results.length;
    expect(mean(0)).toBeLessThan(2.2); // of 3, two arms: 1.5 without knowing
    expect(mean(8)).toBeGreaterThan(2.5);
    const theta = packHostTree(training.parameters()).vector as HostTensor;
    expect(toDevice({ theta })).toBeDefined();
    agent.dispose();
    training.dispose();
  });
});
