import { fileURLToPath } from 'node:url';
import { TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { plugin } from '../__fixtures__/toy-plugin.js';
import { parsePlan } from '../plan/parse-plan.js';
import type { ProgressEvent } from '../runner/progress.js';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { comparisonTable } from './comparison-table.js';
import { exitCodeOf } from './exit-codes.js';
import { main } from './main.node.js';
import { parseOptions } from './parse-options.js';
import { planFromFlags } from './plan-flags.node.js';
import { showProgress } from './show-progress.node.js';
import { textTable } from './text-table.js';

const toy = fileURLToPath(new URL('../__fixtures__/toy-plugin.ts', import.meta.url));
const invalid = (code: string) => expect.objectContaining({ code });

describe('parseOptions', () => {
  it('reads JSON, text and nested keys', () => {
    expect(
      parseOptions(['steps=5', 'name=adam', 'model.hidden=[4,4]', 'model.bias=false', 'text=a=b']),
    ).toEqual({
      steps: 5,
      name: 'adam',
      model: { hidden: [4, 4], bias: false },
      text: 'a=b',
    });
    expect(() => parseOptions(['steps'])).toThrowError(invalid('INVALID_OPTION'));
  });
});

describe('planFromFlags', () => {
  const file = {
    path: '/x/my.plan.ts',
    name: 'my',
    value: {
      learners: ['a', { id: 'b', options: { x: 1 } }],
      distribution: { id: 'd', options: { ways: 5 } },
      test: { tasksPerBatch: 5 },
    },
  };

  it('changes a plan file', () => {
    const plan = planFromFlags(
      { ways: 20, episodes: 7, seeds: '1, 2', seconds: 3, option: ['x=2'], mode: 'eager', validateEvery: 9 },
      file,
      'other',
    );
    expect(plan).toMatchObject({
      name: 'my',
      learners: [
        { id: 'a', options: { x: 2 } },
        { id: 'b', options: { x: 2 } },
      ],
      distribution: { id: 'd', options: { ways: 20 } },
      test: { episodes: 7, tasksPerBatch: 5 },
      seeds: [1, 2],
      budget: { seconds: 3 },
      execution: { mode: 'eager' },
      validation: { every: 9 },
    });
  });

  it('writes one from flags alone', () => {
    const plan = planFromFlags(
      { learner: ['maml'], distribution: 'glyphs', distributionOption: ['queries=5'] },
      undefined,
      'quick',
    );
    expect(plan).toMatchObject({ name: 'quick', distribution: { id: 'glyphs', options: { queries: 5 } } });
    expect(() => planFromFlags({}, undefined, 'quick')).toThrowError(invalid('INVALID_PLAN'));
    expect(() => planFromFlags({ seeds: 'x' }, file, 'quick')).toThrowError(invalid('INVALID_OPTION'));
  });
});

describe('tables', () => {
  it('align', () => {
    expect(
      textTable(
        ['name', 'n'],
        [
          ['a', '10'],
          ['long name', { text: '5', style: 'bold' }],
        ],
      ),
    ).toBe('name        n\na          10\nlong name   5');
  });

  it('show a comparison', () => {
    const interval = (estimate: number) => ({
      estimate,
      lower: estimate - 0.01,
      upper: estimate + 0.01,
      confidence: 0.95,
      method: 'normal' as const,
      count: 600,
    });
    const base = {
      learnerId: '',
      version: '',
      seeds: [0],
      episodes: 600,
      otherMetrics: {},
      validationCurve: [],
      trainingCurves: {},
      failures: [],
    };
    const summary: ComparisonSummary = {
      metric: 'accuracy',
      best: 'ProtoNet',
      learners: [
        {
          ...base,
          name: 'ProtoNet',
          mean: interval(0.9),
          seedMeans: [0.9],
          cost: { trainingTime: 61, testTime: 2, parameters: 111936, peakMemory: 5e8 },
        },
        {
          ...base,
          name: 'MAML',
          mean: interval(0.8),
          seedMeans: [0.8],
          cost: {},
          difference: { interval: interval(-0.1), pValue: 0.0005, adjustedPValue: 0.0005 },
        },
        {
          ...base,
          name: 'Broken',
          seedMeans: [],
          cost: {},
          failures: [{ seed: 0, update: 3, cause: 'NOT_FINITE: no' }],
        },
      ],
      verdicts: [{ better: 'ProtoNet', worse: 'MAML', metric: 'accuracy', margin: 0, verdict: 'confirmed' }],
    };
    const text = comparisonTable(summary);
    expect(text).toContain('90.0 ± 1.0 %');
    expect(text).toMatch(/MAML .*80\.0 ± 1\.0 % +−10\.0 ± 1\.0 pp +< 0\.001/);
    expect(text).toMatch(/1 min 01 s +2\.0 s +111,936 +500 MB/);
    expect(text).toContain('confirmed: ProtoNet better than MAML');
    expect(text).toContain('Broken, seed 0, failed after 3 updates: NOT_FINITE: no');
  });
});

/** A terminal that remembers. */
function recorder() {
  const lines: string[] = [];
  let code = 0;
  const add = (text: string) => void lines.push(text);
  return {
    lines,
    context: {
      terminal: {
        print: add,
        note: add,
        json: (value: unknown) => add(JSON.stringify(value)),
        paint: (_: unknown, text: string) => text,
        interactive: false,
      },
      command: 'npx tasklearn',
      exitWith: (value: number) => {
        code = value;
      },
    },
    code: () => code,
  };
}

describe('progress', () => {
  const events: ProgressEvent[] = [
    {
      kind: 'runStarted',
      folder: '/run',
      executor: 'eager (cpu)',
      cells: [{ cell: 'a-seed-0', learner: 'A', seed: 0, updates: 10, episodes: 4 }],
    },
    { kind: 'cellStarted', cell: 'a-seed-0', update: 4, parameters: 3 },
    { kind: 'update', cell: 'a-seed-0', update: 5, loss: 0.5 },
    { kind: 'validation', cell: 'a-seed-0', update: 10, metric: 'accuracy', score: 0.75 },
    { kind: 'cellFinished', cell: 'a-seed-0', metric: 'accuracy', mean: 0.8, halfWidth: 0.02, seconds: 3 },
  ];

  it('is plain lines', () => {
    const { lines, context } = recorder();
    const display = showProgress('lines', context.terminal);
    for (const event of events) display.show(event);
    expect(lines).toEqual([
      'Running 1 cells eager (cpu) into /run',
      'A: resumed after 4 updates',
      'A: update 5/10, loss 0.5000',
      'A: update 10/10, validation 75.0 %',
      'A: accuracy 80.0 % ± 2.0 % in 3.0 s',
    ]);
  });

  it('is JSON lines', () => {
    const { lines, context } = recorder();
    showProgress('json', context.terminal).show(events[2]!);
    expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'update', loss: 0.5 });
  });
});

describe('main', () => {
  it('prints an error as message and code, or as JSON', async () => {
    const text = recorder();
    await main(['report', '/no/such/run'], text.context);
    expect(text.lines.join('\n')).toMatch(/no plan\.json.*\[MISSING_DATA\]$/);
    expect(text.code()).toBe(1);
    const json = recorder();
    await main(['compare', '/no/such/plan.json', '--json'], json.context);
    expect(JSON.parse(json.lines[0]!)).toMatchObject({ event: 'error', code: 'INVALID_PLAN' });
    expect(json.code()).toBe(2);
  });

  const run = async (...args: string[]) => {
    const terminal = recorder();
    await main([...args, '--plugin', toy], terminal.context);
    return { text: terminal.lines.join('\n'), code: terminal.code() };
  };

  it('explains itself, and refuses what it does not know', async () => {
    expect(await run('compare', '--help')).toMatchObject({
      code: 0,
      text: expect.stringContaining('Exit codes'),
    });
    expect(await run('comprae')).toMatchObject({
      code: 2,
      text: expect.stringContaining('Did you mean compare'),
    });
    expect(await run('list', 'linaer')).toMatchObject({
      code: 2,
      text: expect.stringContaining("Did you mean '@acme/toy/linear'"),
    });
    expect(await run('compare', '--updates', 'many')).toMatchObject({
      code: 2,
      text: expect.stringContaining('[INVALID_OPTION]'),
    });
    expect(await run('evaluate', '/no/learner')).toMatchObject({
      code: 1,
      text: expect.stringContaining('[MISSING_DATA]'),
    });
    expect(await run('evaluate', toy)).toMatchObject({
      code: 1,
      text: expect.stringContaining('[CORRUPT_FILE]'),
    });
    const missing = ['--learner', 'nearest-mean', '--distribution', 'missing', '--output', '/no/run'];
    expect(await run('compare', ...missing)).toMatchObject({
      code: 1,
      text: expect.stringContaining('Set the option folder'),
    });
  });

  it('lists learners and distributions, and the options of one', async () => {
    const { text } = await run('list');
    expect(text).toMatch(/@acme\/toy\/linear +episodic +Prototypes of linear features/);
    expect(text).toMatch(/@acme\/toy\/lines +episodic +Random lines/);
    expect((await run('list', '@acme/toy/linear')).text).toMatch(/learningRate +0\.02/);
    expect(JSON.parse((await run('list', 'blobs', '--json')).text)).toMatchObject({
      id: '@acme/toy/blobs',
      defaults: { ways: 3 },
    });
  });

  it('maps errors to exit codes', () => {
    expect(exitCodeOf(new TasklearnError('INVALID_OPTION', ''))).toBe(2);
    expect(exitCodeOf(new TasklearnError('WRITE_FAILED', ''))).toBe(1);
    expect(exitCodeOf(new Error())).toBe(1);
  });

  it('knows a plan that the toy plugin can run', () => {
    expect(Object.keys(plugin.learners)).toContain(
      parsePlan({ learners: ['linear'], distribution: 'blobs' }).learners[0]!.id,
    );
  });
});
