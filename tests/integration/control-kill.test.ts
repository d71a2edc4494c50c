import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineMetrics } from '@tasklearn/evaluation';
import { readRows } from '@tasklearn/evaluation/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandProcess } from './command-process.js';

const tasklearn = commandProcess('toy-control-plugin.ts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasklearn-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function planOf(name: string): Promise<string> {
  const path = join(folder, `${name}.json`);
  const plan = {
    learners: [{ id: '@acme/control/table', options: { pause: 4 } }],
    distribution: '@acme/control/corridor',
    seeds: [0, 1],
    updates: 150,
    validation: { every: 30, tasks: 4 },
    test: { tasks: 6 },
    references: [], // Fewer processes to wait for.
    execution: { mode: 'eager', backend: 'cpu' },
    checkpointEvery: 10,
    output: join(folder, name),
  };
  await writeFile(path, JSON.stringify(plan));
  return path;
}

const updateOf = (state: string): number =>
  existsSync(state) ? (JSON.parse(readFileSync(state, 'utf8')) as { update: number }).update : 0;

describe('a control run with two workers', () => {
  it('killed by force and run again, gives the rows of a run that was not', {
    timeout: 240_000,
  }, async () => {
    const whole = tasklearn('compare', await planOf('whole'), '--workers', '0');
    const plan = await planOf('killed');
    const victim = tasklearn('compare', plan);
    const state = join(folder, 'killed/cells/table-seed-0/state.json');
    while (updateOf(state) < 30) await new Promise((resolve) => setTimeout(resolve, 20));
    victim.child.kill('SIGKILL');
    await victim.ended;
    expect(JSON.parse(readFileSync(state, 'utf8')).status).toBe('running');
    expect((await readdir(join(folder, 'killed'))).includes('report.html')).toBe(false);
    const resumed = await tasklearn('compare', plan).ended;
    expect(resumed.code).toBe(0);
    expect(resumed.err).toMatch(/table, seed 0: resumed after \d+ updates/);
    expect((await whole.ended).code).toBe(0);
    const comparable = async (name: string) =>
      (await readRows(join(folder, name, 'rows.jsonl'))).filter(
        ({ metric }) => !machineMetrics.includes(metric),
      );
    const rows = await comparable('killed');
    expect(rows).toEqual(await comparable('whole'));
    expect(rows.some(({ environmentSteps }) => environmentSteps === 150 * 32)).toBe(true);
    expect(existsSync(join(folder, 'killed/report.html'))).toBe(true);
  });
});
