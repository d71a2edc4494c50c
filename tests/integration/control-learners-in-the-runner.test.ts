import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentsPlugin } from '@tasklearn/environments';
import { machineMetrics } from '@tasklearn/evaluation';
import { readRun, renderReport, runPlan } from '@tasklearn/evaluation/node';
import { rlPlugin } from '@tasklearn/rl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const plugins = [environmentsPlugin, rlPlugin];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasklearn-control-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (learner: string, distribution: string) =>
  runPlan(
    {
      learners: [{ id: learner, name: 'learner' }],
      distribution,
      updates: 2,
      validation: { every: 2, tasks: 2 },
      test: { tasks: 4, tasksPerBatch: 4 },
      execution: { mode: 'compiled', backend: 'cpu', threads: 1 },
      logEvery: 1,
      output: join(folder, `${learner}-${distribution}`),
    },
    { plugins },
  );

describe('control learners in the runner', () => {
  it.each([
    ['reinforce', 'corridor'],
    ['reinforce', 'point-robot'],
    ['dqn', 'hallway-sign'],
  ])(
    '%s on %s: trained, tested against references, reported; the same again',
    async (learner, distribution) => {
      const { status, summary, rows, plan, folder: out } = await run(learner, distribution);
      expect(status).toBe('finished');
      expect(summary.learners.map(({ name }) => name)).toEqual(['learner', 'random', 'oracle']);
      const [own, random, oracle] = summary.learners;
      expect(own?.failures).toEqual([]);
      expect(own?.cost.environmentSteps).toBeGreaterThan(0);
      expect(oracle?.mean?.estimate).toBeGreaterThan(random?.mean?.estimate as number);
      const page = renderReport(await readRun(out));
      expect(page).toContain('Return on new tasks');
      expect(page).not.toMatch(/NaN|undefined/);
      const again = await runPlan({ ...plan, output: join(folder, 'again') }, { plugins, fresh: true });
      const comparable = (each: typeof rows) => each.filter(({ metric }) => !machineMetrics.includes(metric));
      expect(comparable(again.rows)).toEqual(comparable(rows));
    },
  );
});
