import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationPlan, PlanLearner } from '@tasklearn/evaluation';
import { runPlan } from '@tasklearn/evaluation/node';
import { lifelongPlugin } from '@tasklearn/lifelong';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { tasksPlugin } from '@tasklearn/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  enableHigherOrderGradients();
  folder = await mkdtemp(join(tmpdir(), 'lifelong-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (plan: Omit<EvaluationPlan, 'output' | 'execution'>) =>
  runPlan(
    { ...plan, execution: { mode: 'eager', backend: 'cpu' }, output: join(folder, plan.name ?? 'run') },
    { plugins: [lifelongPlugin, tasksPlugin] },
  );

const network = { architecture: 'mlp', hidden: [12] };
const sequences = { lifetimes: 2, tasks: 2, steps: 2, queries: 2 };

/** Small versions of every learner but `moca`, which takes one item at a time. */
const options: Readonly<Record<string, object>> = {
  'follow-the-leader': { passes: 1 },
  'experience-replay': { size: 20 },
  ewc: { samples: 4, strength: 1 },
  gem: { size: 20 },
  'a-gem': { size: 20, reference: 8 },
  icarl: { size: 20, candidates: 20, replay: 8 },
  'pretrain-and-transfer': { lifetimes: 2 },
  oml: sequences,
  anml: sequences,
  'follow-the-meta-leader': { outerSteps: 1, tasks: 2, support: 4, query: 4, innerSteps: 1, adaptSteps: 1 },
  mole: { series: 2, components: 3, window: 5 },
};

describe('learners of streams in the runner', () => {
  it('all live the same lifetime', { timeout: 120_000 }, async () => {
    const learners = Object.keys(lifelongPlugin.learners)
      .filter((key) => key !== 'moca')
      .map((key) => ({ id: key, options: { network, ...options[key] } }) as unknown as PlanLearner);
    const { summary, status } = await run({
      name: 'classes',
      learners,
      distribution: {
        id: 'prototype-stream',
        options: { scenario: 'task', tasks: 3, itemsPerTask: 30, testItems: 20, batchSize: 5, side: 5 },
      },
      updates: 1,
    });
    expect(status).toBe('finished');
    expect(summary.learners.flatMap(({ failures }) => failures.map(({ cause }) => cause))).toEqual([]);
    for (const { stream, cost } of summary.learners) {
      expect(stream!.matrix.map((row) => row.length)).toEqual([3, 3, 3, 3]);
      expect(stream!.totals.backwardTransfer).toBeDefined();
      expect(cost.parameters).toBeGreaterThan(0);
      expect(cost.stateBytes).toBeGreaterThan(0); // Every state is plain data.
    }
    const costOf = (name: string) => summary.learners.find((learner) => learner.name === name)!.cost;
    expect(costOf('follow-the-leader').storedItems).toBe(90);
    expect(costOf('online-sgd')).toMatchObject({ storedItems: 0, gradients: 90 });
    expect(costOf('independent').parameters).toBe(3 * costOf('online-sgd').parameters!);
    // It starts anew with every task, and so reaches what it reaches: gains are measured against it.
    expect(
      summary.learners.filter(({ stream }) => stream!.gains === undefined).map(({ name }) => name),
    ).toEqual(['from-scratch']);
  });

  it('regret of the mean so far is what theory says', async () => {
    const { summary, rows } = await run({
      name: 'mean',
      learners: [
        {
          id: 'online-sgd',
          options: { harmonic: true, network: { hidden: [] }, optimizer: { name: 'sgd', learningRate: 1 } },
        },
      ],
      distribution: { id: 'mean-tracking', options: { length: 40, size: 2 } },
      seeds: [0, 1],
      logEvery: 1,
    });
    expect([summary.metric, summary.unit]).toEqual(['onlineLoss', 'lifetime']);
    for (const seed of [0, 1]) {
      const losses = rows.flatMap(({ metric, step, value, seed: own }) =>
        metric === 'onlineLoss' && step !== undefined && own === seed ? [value as number] : [],
      );
      const regret = rows.find(
        ({ metric, step, seed: own }) => metric === 'regret' && step === undefined && own === seed,
      );
      // Σ_t |θ_t − c_t|² / t, for losses |θ − c|² and θ_t the mean of the points before t.
      const expected = losses.reduce((sum, loss, t) => sum + loss / (t + 1), 0);
      expect(regret!.value! / expected).toBeCloseTo(1, 3);
    }
  });

  it('the one that finds changes lives where nobody tells of them', { timeout: 60_000 }, async () => {
    const { summary } = await run({
      name: 'changes',
      learners: [
        { id: 'moca', options: { network, features: 4, series: 2, horizon: 6 } },
        { id: 'online-sgd', options: { network, optimizer: { name: 'sgd', learningRate: 0.01 } } },
      ],
      distribution: { id: 'switching-sinusoid', options: { length: 30 } },
      updates: 3,
      stream: { lifetimes: 2, regime: { taskLabels: 'hidden' } },
    });
    expect(summary.learners.flatMap(({ failures }) => failures)).toEqual([]);
    expect(summary.learners[0]!.stream!.totals.dynamicRegret!.estimate).toBeGreaterThan(0);
    expect(summary.learners[0]!.episodes).toBe(2);
  });
});
