import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandWith } from '../__fixtures__/run-command.js';
import type { ProgressEvent } from '../runner/progress.js';
import { planFromFlags } from './plan-flags.node.js';
import { showProgress } from './show-progress.node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-cli-'));
});

const run = commandWith('./toy-control-plugin.ts');

describe('the command line with control learners', () => {
  const common = ['--mode', 'eager', '--backend', 'cpu'];

  it('compares, evaluates elsewhere and reports', async () => {
    const output = join(folder, 'run');
    const flags = ['--environment-steps', '900', '--validate-every-steps', '300', '--tasks', '8'];
    const which = [
      '--learner',
      '@acme/control/table',
      '--distribution',
      '@acme/control/corridor',
      '--reference',
      'left',
    ];
    const compared = await run('compare', ...which, ...flags, ...common, '--output', output);
    expect(compared.code).toBe(0);
    expect(compared.text).toMatch(/update \d+, \d+\/900 steps, [\d,]+ steps\/s, validation/);
    expect(compared.text).toMatch(/learner +Return \(95 %\).*success +environment steps +tasks/);
    expect(compared.text).toMatch(/left +-?\d/);
    expect(await readFile(join(output, 'report.html'), 'utf8')).toContain('Adaptation within a trial');
    const learner = join(output, 'cells/table-seed-0');
    const tested = await run('evaluate', learner, '--tasks', '10', '--exploration', '0', ...common);
    expect(tested.text).toMatch(/on @acme\/control\/corridor, 10 tasks, 0 \+ 2 episodes each/);
    expect(tested.text).toMatch(/Return: \d\.\d+ ± \d\.\d+ \(95 %\)\nSuccess: \d+/);
    const json = await run('evaluate', learner, '--tasks', '10', '--json', ...common);
    expect(json.last).toMatchObject({ summary: { learners: [{ name: 'table', episodes: 10 }] } });
    expect((await run('report', output)).text).toMatch(/table +\d\.\d+ ±/);
    expect(await run('export', learner)).toMatchObject({
      code: 2,
      text: expect.stringContaining("is a learner of kind 'control'"),
    });
  });

  it('trains without testing', async () => {
    const which = [
      '--learner',
      '@acme/control/table',
      '--distribution',
      '@acme/control/corridor',
      '--updates',
      '3',
    ];
    const { last, code } = await run(
      'train',
      ...which,
      ...common,
      '--output',
      join(folder, 'train'),
      '--json',
    );
    expect(code).toBe(0);
    const [{ file }] = last.trained as unknown as [{ file: string }];
    expect((await readFile(file)).length).toBeGreaterThan(100);
  });

  it('lists kinds and capabilities', async () => {
    expect((await run('list')).text).toMatch(/@acme\/control\/corridor +control +A corridor/);
    expect((await run('list', '@acme/control/mover')).text).toContain(
      'actions: continuous; gradientOrder: 0;',
    );
    expect((await run('list', '@acme/control/table')).text).toContain('needs: none');
  });

  it('refuses what cannot be, before anything runs', async () => {
    const which = [
      '--learner',
      '@acme/control/mover',
      '--distribution',
      '@acme/control/corridor',
      '--output',
      join(folder, 'no'),
    ];
    expect(await run('compare', ...which)).toMatchObject({
      code: 2,
      text: expect.stringMatching(
        /Learner 'mover' cannot learn the tasks .* continuous actions, and these are discrete; goal-conditioned/,
      ),
    });
  });
});

describe('flags of control plans', () => {
  it('become members of the plan', () => {
    const flags = {
      environmentSteps: 500,
      validateEverySteps: 100,
      tasks: 9,
      exploration: 1,
      execution: 3,
      reference: ['oracle'],
    };
    const file = { path: '/x/a.json', name: 'a', value: { learners: ['table'], distribution: 'corridor' } };
    expect(planFromFlags(flags, file, 'x')).toMatchObject({
      learners: [{ id: 'table' }],
      budget: { environmentSteps: 500 },
      validation: { every: 100, unit: 'environmentSteps' },
      test: { tasks: 9 },
      trial: { explorationEpisodes: 1, executionEpisodes: 3 },
      references: ['oracle'],
    });
    expect(planFromFlags(flags, file, 'x').learners[0]).not.toHaveProperty('updates');
  });
});

describe('progress of control cells', () => {
  it('is in environment steps and steps per second', () => {
    const said: string[] = [];
    const terminal = { note: (text: string) => said.push(text) } as never;
    const display = showProgress('lines', terminal);
    const events: ProgressEvent[] = [
      {
        kind: 'runStarted',
        folder: '/x',
        executor: 'eager',
        cells: [{ cell: 'a', learner: 'table', seed: 0, environmentSteps: 100_000, episodes: 5 }],
      },
      { kind: 'cellStarted', cell: 'a', update: 10, parameters: 3, environmentSteps: 5000 },
      { kind: 'update', cell: 'a', update: 20, environmentSteps: 12_000 },
    ];
    for (const event of events) display.show(event);
    expect(said[1]).toBe('table: resumed after 10 updates');
    expect(said[2]).toMatch(/^table: update 20, 12,000\/100,000 steps, [\d,]+ steps\/s$/);
  });
});
