import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { machineMetrics } from '../rows/metrics.js';
import { readRows } from '../rows/read-rows.node.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const program = ['--conditions=@tasklearn/source', '--import', 'tsx', here('./run-command-line.node.ts')];
const toy = ['--plugin', here('../__fixtures__/toy-plugin.ts')];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command as a child process, from the sources. */
function start(args: readonly string[]): ChildProcess & { readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: here('../../'),
    env: { ...process.env, CI: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return Object.assign(child, { ended });
}
const tasklearn = (...args: string[]) => start(args).ended;
const lastJson = (text: string) => JSON.parse(text.trim().split('\n').at(-1)!);
const at = (...path: string[]) => join(folder, ...path);

describe('tasklearn', () => {
  it('looks around', async () => {
    const { out } = await tasklearn('doctor', '--json', ...toy);
    expect(JSON.parse(out).backends.at(-1)).toMatchObject({ name: 'cpu', status: 'ready' });
    expect(JSON.parse(out).plugins.plugins).toContainEqual({ name: '@acme/toy', version: '1.2.3' });
  });

  it('trains, evaluates with other ways and shots, and exports a graph that runs without us', async () => {
    const train = [
      'train',
      ...toy,
      '--learner',
      'linear',
      '--distribution',
      'blobs',
      '--updates',
      '60',
      '--output',
      at('train'),
    ];
    const trained = await tasklearn(...train, '--json');
    expect(trained.code).toBe(0);
    const [{ file }] = lastJson(trained.out).trained;
    const [evaluated, exported] = await Promise.all([
      tasklearn(
        'evaluate',
        file,
        ...toy,
        '--ways',
        '4',
        '--shots',
        '3',
        '--episodes',
        '40',
        '--rows',
        at('rows.jsonl'),
        '--json',
      ),
      tasklearn('export', file, ...toy, '--queries', '2', '--output', at('toy.onnx'), '--json'),
    ]);
    expect(lastJson(evaluated.out).summary.learners[0]).toMatchObject({ episodes: 40, name: 'linear' });
    expect((await readRows(at('rows.jsonl')))[0]).toMatchObject({ ways: 4, shots: 3, update: 60 });
    const { inputs } = lastJson(exported.out) as {
      inputs: { name: string; dtype: string; shape: number[] }[];
    };
    const session = await InferenceSession.create(at('toy.onnx'));
    const picture = Float32Array.from({ length: 36 }, (_, pixel) => pixel % 2);
    const support = [picture, picture.map((ink) => 1 - ink), picture.map(() => 0)];
    const feeds = Object.fromEntries(
      inputs.map(({ name, dtype, shape }, index) => {
        const engineName = session.inputNames[index]!;
        if (dtype === 'int32') return [engineName, new Tensor('int32', Int32Array.of(0, 1, 2), shape)];
        const rows = name.includes('support') ? support : [support[1]!, support[0]!];
        return [engineName, new Tensor('float32', Float32Array.from(rows.flatMap((row) => [...row])), shape)];
      }),
    );
    const probabilities = Object.values(await session.run(feeds))[0]!;
    expect(probabilities.dims).toEqual([1, 2, 3]);
    const values = probabilities.data as Float32Array;
    expect(Math.max(...values.slice(0, 3))).toBe(values[1]); // The first query is a copy of class 1.
    expect(Math.max(...values.slice(3, 6))).toBe(values[3]);
  });

  const plan = (output: string) => ({
    learners: [
      { id: 'linear', options: { learningRate: 0.05 } },
      'nearest-mean',
      { id: 'linear', name: 'broken', options: { blowUp: true } },
    ],
    distribution: 'blobs',
    updates: 400,
    tasksPerUpdate: 4,
    validation: { every: 100, episodes: 20 },
    test: { episodes: 60 },
    execution: { mode: 'eager', backend: 'cpu' },
    checkpointEvery: 20,
    output,
  });

  it('killed by force and run again, gives the rows of a run that was not', async () => {
    await writeFile(at('whole.json'), JSON.stringify(plan(at('whole'))));
    await writeFile(at('killed.json'), JSON.stringify(plan(at('killed'))));
    const whole = tasklearn('compare', at('whole.json'), ...toy);
    const victim = start(['compare', at('killed.json'), ...toy, '--workers', '1']);
    const state = at('killed/cells/linear-seed-0/state.json');
    while (!existsSync(state) || JSON.parse(await readFile(state, 'utf8')).update < 60)
      await new Promise((r) => setTimeout(r, 20));
    victim.kill('SIGKILL');
    await victim.ended;
    expect(JSON.parse(await readFile(state, 'utf8')).status).toBe('running');
    const { code, out, err } = await tasklearn('compare', at('killed.json'), ...toy);
    expect(code).toBe(3); // One learner diverges, by design.
    expect(err).toMatch(/linear: resumed after \d+ updates/);
    expect(out).toMatch(/broken +failed/);
    expect(out).toContain('Report: ');
    expect((await whole).code).toBe(3);
    const comparable = async (run: string) =>
      (await readRows(at(run, 'rows.jsonl'))).filter(({ metric }) => !machineMetrics.includes(metric));
    expect(await comparable('killed')).toEqual(await comparable('whole'));
    expect(await readFile(at('killed/report.html'), 'utf8')).toContain('<!doctype html>');
  });

  it('interrupted, saves and says how to go on', async () => {
    const args = [
      'train',
      ...toy,
      '--learner',
      'linear',
      '--distribution',
      'blobs',
      '--updates',
      '1000000',
      '--output',
      at('long'),
    ];
    const child = start(args);
    await new Promise<void>((resolve) =>
      child.stderr!.on('data', (text) => String(text).includes('update') && resolve()),
    );
    child.kill('SIGINT');
    const { code, err } = await child.ended;
    expect(code).toBe(130);
    expect(err).toContain('run the same command again to resume');
    expect(
      JSON.parse(await readFile(at('long/cells/linear-seed-0/state.json'), 'utf8')).update,
    ).toBeGreaterThan(0);
  });

  it('says when the disk is full, and keeps what was written', async () => {
    const cell = at('full/cells/nearest-mean-seed-0');
    await mkdir(cell, { recursive: true });
    await symlink('/dev/full', join(cell, 'rows.jsonl'));
    await writeFile(at('full.json'), JSON.stringify({ ...plan(at('full')), updates: 20 }));
    const { code, err } = await tasklearn('compare', at('full.json'), ...toy);
    expect(code).toBe(1);
    expect(err).toContain('[WRITE_FAILED]');
    expect(JSON.parse(await readFile(at('full/cells/linear-seed-0/state.json'), 'utf8')).status).toBe(
      'finished',
    );
  });
});
