import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandWith } from '../__fixtures__/run-command.js';
import { planFromFlags } from './plan-flags.node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stream-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = commandWith('./toy-stream-plugin.ts');

describe('the command line with learners of streams', () => {
  const common = ['--mode', 'eager', '--backend', 'cpu'];
  const tasks = ['--distribution', '@acme/stream/colours'];

  it('compares, evaluates elsewhere and reports', async () => {
    const output = join(folder, 'run');
    const learners = ['--learner', '@acme/stream/rote', '--learner', '@acme/stream/skilled'];
    const flags = ['--lifetimes', '2', '--stream-metric', 'accuracy', '--updates', '4', '--seeds', '0,1'];
    const compared = await run(
      ...['compare', ...learners, ...tasks, ...flags, ...common],
      ...['--workers', '0', '--output', output],
    );
    expect(compared.code).toBe(0);
    expect(compared.text).toMatch(/rote, seed 0: lived \d+\/24 steps/);
    expect(compared.text).toMatch(/learner +Accuracy \(95 %\).*backward transfer.*items kept +tasks/);
    expect(await readFile(join(output, 'report.html'), 'utf8')).toContain('<h2>Forgetting</h2>');
    const learner = join(output, 'cells/skilled-seed-0');
    const longer = ['--distribution-option', 'steps=9', '--lifetimes', '3'];
    const tested = await run('evaluate', learner, ...longer, ...common);
    expect(tested.text).toMatch(/on @acme\/stream\/colours, 81 steps/);
    expect(tested.text).toMatch(/Accuracy: 66\.7 ± .*\nNegative log-likelihood: .*\nOnline accuracy: 88\.9/);
    const untrained = join(output, 'cells/rote-seed-1');
    const json = await run('evaluate', untrained, '--json', ...common);
    expect(json.last).toMatchObject({ summary: { learners: [{ name: 'rote', episodes: 3 }] } });
    expect((await run('report', output)).text).toMatch(/rote +33\.3/);
    expect(await run('export', learner)).toMatchObject({
      code: 2,
      text: expect.stringContaining("is a learner of kind 'stream'"),
    });
  });

  it('trains without living', async () => {
    const which = ['--learner', '@acme/stream/skilled', ...tasks, '--updates', '3'];
    const output = join(folder, 'train');
    const { last, code } = await run('train', ...which, ...common, '--output', output, '--json');
    expect(code).toBe(0);
    const [{ file }] = last.trained as unknown as [{ file: string }];
    expect((await readFile(file)).length).toBeGreaterThan(100);
    expect(await readFile(join(output, 'cells/skilled-seed-0/rows.jsonl'), 'utf8')).not.toContain('lifetime');
  });

  it('lists kinds', async () => {
    expect((await run('list')).text).toMatch(/@acme\/stream\/colours +stream +Colours/);
  });
});

describe('flags of streams and of fixed sets of tasks', () => {
  const file = (value: object) => ({ path: '/x/a.json', name: 'a', value });

  it('become members of the plan', () => {
    const flags = {
      lifetimes: 3,
      streamMetric: 'onlineLoss',
      streamScratch: 'rote',
      validateEvery: 5,
      validateLifetimes: 2,
    };
    const plan = planFromFlags(flags, file({ learners: ['rote'], distribution: 'colours' }), 'x');
    expect(plan).toMatchObject({
      stream: { lifetimes: 3, metric: 'onlineLoss', scratch: 'rote' },
      validation: { every: 5, lifetimes: 2 },
    });
    expect(plan.joint).toBeUndefined();
    expect(() =>
      planFromFlags({ streamMetric: 'loss' }, file({ learners: ['a'], distribution: 'b' }), 'x'),
    ).toThrow(
      expect.objectContaining({
        code: 'INVALID_PLAN',
        details: expect.objectContaining({ path: 'stream.metric' }),
      }),
    );
  });

  it('change members of a file, and leave the others', () => {
    const value = {
      learners: ['a'],
      distribution: 'b',
      joint: { batchSize: 4, metric: 'rocAuc' },
      test: { items: 9 },
    };
    const flags = {
      jointBatchSize: 8,
      jointTasksPerBatch: 2,
      jointSampling: '0.5',
      jointIndependent: 'a',
      items: 50,
      validateEvery: 10,
      validateItems: 20,
    };
    expect(planFromFlags(flags, file(value), 'x')).toMatchObject({
      joint: { batchSize: 8, metric: 'rocAuc', tasksPerBatch: 2, sampling: { power: 0.5 }, independent: 'a' },
      test: { items: 50 },
      validation: { every: 10, items: 20 },
    });
    const named = planFromFlags({ jointSampling: 'proportional', jointMetric: 'accuracy' }, file(value), 'x');
    expect(named.joint).toMatchObject({ sampling: 'proportional', metric: 'accuracy', batchSize: 4 });
  });
});
