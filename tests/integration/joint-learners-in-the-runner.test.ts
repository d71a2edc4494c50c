import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanLearner } from '@tasklearn/evaluation';
import { runPlan } from '@tasklearn/evaluation/node';
import { multitaskPlugin } from '@tasklearn/multitask';
import { tasksPlugin } from '@tasklearn/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'multi-task-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const network = { architecture: 'mlp', hidden: [8] };
/** Every learner, and the shared bottom again with a combination that wants a gradient for each task. */
const learners: readonly PlanLearner[] = [
  ...Object.keys(multitaskPlugin.learners).map((id) => ({ id, options: { network } })),
  {
    id: 'shared-bottom',
    name: 'shared-bottom, PCGrad',
    options: { network, combination: { name: 'pcgrad' } },
  },
];

const run = (name: string, mode: 'compiled' | 'eager') =>
  runPlan(
    {
      learners,
      distribution: {
        id: 'linear-suite',
        options: { tasks: 3, dimensions: 4, trainItems: 20, testItems: 50 },
      },
      updates: 3,
      joint: { batchSize: 6, metric: 'rSquared', independent: 'independent' },
      execution: { mode, backend: 'cpu' },
      output: join(folder, name),
    },
    { plugins: [multitaskPlugin, tasksPlugin] },
  );

describe('multi-task learners in the runner', () => {
  it('train on the same tasks, compiled as eagerly', { timeout: 120_000 }, async () => {
    const compiled = await run('compiled', 'compiled');
    const eager = await run('eager', 'eager');
    expect([compiled.status, eager.status]).toEqual(['finished', 'finished']);
    expect(compiled.summary.learners.flatMap(({ failures }) => failures)).toEqual([]);
    const values = ({ rows }: typeof compiled) =>
      rows.filter(({ split, metric }) => split === 'test' && metric === 'rSquared');
    expect(values(compiled).length).toBeGreaterThanOrEqual(3 * learners.length);
    for (const [index, row] of values(compiled).entries()) {
      const other = values(eager)[index];
      expect([row.learner, row.task]).toEqual([other?.learner, other?.task]);
      expect(Math.abs((row.value as number) - (other?.value as number))).toBeLessThan(1e-3);
    }
  });
});
