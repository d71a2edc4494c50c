import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bayesianMetaPlugin } from '@tasklearn/bayesian-meta';
import { blackboxMetaPlugin } from '@tasklearn/blackbox-meta';
import { createRegistry } from '@tasklearn/core';
import { runPlan } from '@tasklearn/evaluation/node';
import { mamlPlugin } from '@tasklearn/maml';
import { protonetsPlugin } from '@tasklearn/protonets';
import { tasksPlugin } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const plugins = [mamlPlugin, protonetsPlugin, blackboxMetaPlugin, bayesianMetaPlugin, tasksPlugin];
const registry = createRegistry(plugins);
const distributions = {
  classification: {
    id: 'gaussian-episodes',
    options: { ways: 3, shots: 2, queries: 4 },
    train: { identities: true }, // Pooled pre-training wants to know which class an item is of.
  },
  regression: { id: 'sinusoid', options: { shots: 5, queries: 5 } },
} as const;

/** Small sizes where the defaults take seconds an update when run eagerly. */
const small: Readonly<Record<string, object>> = {
  mann: { controller: 6, slots: 8, width: 4 },
  snail: { filters: 4, attention: [4, 4, 4, 4] },
  'in-context-transformer': { width: 8, heads: 2, layers: 2 },
  'differentiable-plasticity': { size: 12 },
  backpropamine: { size: 12 },
  'amortised-bayesian': { innerSteps: 2 },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasklearn-integration-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every learner of the packages, on every kind of target that it declares. */
const pairs = registry.learners.flatMap(({ id, descriptor }) =>
  descriptor.kind !== 'episodic'
    ? []
    : descriptor.capabilities.targets.map((target) => [id, target] as const),
);

const run = (id: string, target: 'classification' | 'regression', mode: 'compiled' | 'eager') =>
  runPlan(
    {
      learners: [{ id, name: 'learner', options: small[id.split('/').at(-1) as string] ?? {} }],
      distribution: distributions[target],
      updates: 2,
      tasksPerUpdate: 2,
      test: { episodes: 4, tasksPerBatch: 4 },
      execution: { mode, backend: 'cpu' },
      output: join(folder, `${id.replaceAll('/', '-')}-${target}-${mode}`),
    },
    { plugins },
  );

describe('every learner in the runner', () => {
  it('is there', () => {
    expect(pairs.length).toBeGreaterThan(8);
  });

  it.each(pairs)('%s on %s: compiled and eager give the same results', async (id, target) => {
    const compiled = await run(id, target, 'compiled');
    const before = tf.memory().numTensors;
    const eager = await run(id, target, 'eager');
    expect(tf.memory().numTensors).toBe(before);
    expect(compiled.status).toBe('finished');
    const values = ({ rows }: typeof compiled) =>
      rows.filter(({ split, task }) => split === 'test' && task.startsWith('episode '));
    expect(values(compiled).length).toBeGreaterThanOrEqual(4);
    expect(values(eager).length).toBe(values(compiled).length);
    for (const [index, row] of values(compiled).entries()) {
      const other = values(eager)[index];
      expect([row.metric, Number.isFinite(row.value)]).toEqual([other?.metric, true]);
      expect(Math.abs(row.value - (other?.value as number))).toBeLessThan(
        1e-3 * Math.max(1, Math.abs(row.value)),
      );
    }
  });
});
