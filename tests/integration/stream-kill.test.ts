import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineMetrics } from '@tasklearn/evaluation';
import { readRows } from '@tasklearn/evaluation/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandProcess } from './command-process.js';

const tasklearn = commandProcess('toy-stream-plugin.ts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasklearn-stream-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function planOf(name: string): Promise<string> {
  const path = join(folder, `${name}.json`);
  const plan = {
    learners: [{ id: '@acme/stream/rote', options: { memory: 2, pause: 4 } }],
    distribution: { id: '@acme/stream/colours', options: { steps: 80 } },
    execution: { mode: 'eager', backend: 'cpu' },
    seeds: [0, 1],
    checkpointEvery: 40,
    output: join(folder, name),
  };
  await writeFile(path, JSON.stringify(plan));
  return path;
}

describe('lifetimes with two workers', () => {
  it('killed by force and run again, goes on where it was', { timeout: 240_000 }, async () => {
    const whole = tasklearn('compare', await planOf('whole'), '--workers', '0');
    const plan = await planOf('killed');
    const victim = tasklearn('compare', plan);
    const saved = join(folder, 'killed/cells/rote-seed-0/lifetime.safetensors');
    while (!existsSync(saved)) await new Promise((resolve) => setTimeout(resolve, 10));
    victim.child.kill('SIGKILL');
    await victim.ended;
    expect(existsSync(join(folder, 'killed/report.html'))).toBe(false);
    const resumed = await tasklearn('compare', plan).ended;
    expect(resumed.code).toBe(0);
    const [, lived] = /seed 0: lived (\d+)\/240 steps/.exec(resumed.err) ?? [];
    expect(Number(lived)).toBeGreaterThan(40);
    expect((await whole.ended).code).toBe(0);
    const comparable = async (name: string) =>
      (await readRows(join(folder, name, 'rows.jsonl'))).filter(
        ({ metric }) => !machineMetrics.includes(metric),
      );
    const rows = await comparable('killed');
    expect(rows).toEqual(await comparable('whole'));
    expect(rows.length).toBeGreaterThan(60);
    expect(existsSync(saved)).toBe(false);
    expect(existsSync(join(folder, 'killed/report.html'))).toBe(true);
  });
});
