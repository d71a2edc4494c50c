import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { plugin } from '../__fixtures__/toy-control-plugin.js';
import { readRun } from '../runner/read-run.node.js';
import { runPlan } from '../runner/run-plan.node.js';
import { film, safeDrawing } from './film.js';
import { renderReport } from './render-report.node.js';
import type { ReportData } from './report-data.js';

let data: ReportData;
let page: string;
beforeAll(async () => {
  const { folder } = await runPlan(
    {
      learners: ['table'],
      distribution: 'corridor',
      seeds: [0, 1],
      updates: 12,
      validation: { every: 4, tasks: 4 },
      test: { tasks: 6 },
      execution: { mode: 'eager', backend: 'cpu' },
      logEvery: 4,
      output: await mkdtemp(join(tmpdir(), 'report-')),
    },
    { plugins: [plugin] },
  );
  data = await readRun(folder);
  page = renderReport(data);
});

describe('the report of a control run', () => {
  it('has its sections, in words of control', () => {
    const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map((match) => match[1]);
    expect(titles).toEqual([
      'Return on new tasks',
      'Paired differences',
      'Success',
      'Adaptation within a trial',
      'Test trials',
      'Learning curves',
      'Across seeds',
      'Cost',
      'How it was made',
    ]);
    expect(page).toMatch(/on 12 test tasks, 1 episode of exploration, then 2 episodes each over 2 seeds/);
    expect(page).toContain('environment steps in training');
    expect(page).toContain('Steps per second');
    expect(page).toContain('<small>reference</small>');
  });

  it('draws references as dashed lines across', () => {
    expect(page).toMatch(/stroke-dasharray="5 4"/);
    expect(page).toMatch(/oracle 0\.\d+/);
  });

  it('shows trials, drawn and animated, that stand still for who prefers that', () => {
    expect(page.match(/<div class="shot">/g)).toHaveLength(9);
    expect(page.match(/<svg class="film"/g)).toHaveLength(6);
    expect(page).toMatch(/@media\(prefers-reduced-motion:no-preference\)\{svg\.film>g\{animation:film/);
  });

  it('stands alone: no script that runs, nothing fetched', () => {
    expect(page).not.toMatch(/<script(?![^>]*type="application\/json")/);
    expect(page).not.toMatch(/<link|@import|url\(|(?:src|href)="/);
  });

  it('does without drawings', () => {
    const bare = { ...data, drawings: [{ ...data.drawings![0]!, trials: [{ task: 'a', episodes: [] }] }] };
    expect(renderReport(bare)).not.toContain('Test trials');
  });
});

describe('safeDrawing', () => {
  it.each([
    '<svg viewBox="0 0 1 1"><defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#a"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><text>on=1</text></svg>',
  ])('keeps %s', (svg) => {
    expect(safeDrawing(svg)?.html).toBe(svg);
  });

  it.each([
    '<svg><script>alert(1)</script></svg>',
    '<svg onload="alert(1)"></svg>',
    '<svg><image href="https://example.org/a.png"/></svg>',
    "<svg><a href='javascript:alert(1)'/></svg>",
    '<svg><rect style="fill:url(https://example.org)"/></svg>',
    '<svg><foreignObject/></svg>',
    '<p>no drawing</p>',
    '<svg></svg><img>',
  ])('leaves out %s', (svg) => {
    expect(safeDrawing(svg)).toBeUndefined();
  });
});

describe('film', () => {
  const frame = (x: number) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 2 3" width="9"><circle cx="${x}"/></svg>`;

  it('is a strip of frames that moves by its whole length in as many steps', () => {
    const { html } = film([frame(0), frame(1), frame(2)], 'A <ball>')!;
    expect(html).toContain('viewBox="-1 0 2 3"');
    expect(html).toContain('aria-label="A &lt;ball&gt;"');
    expect(html).toContain('--end:-6px');
    expect(html).toContain('steps(3)');
    expect(
      [...html.matchAll(/<svg x="(-?\d+)" y="0" width="2" height="3" viewBox/g)].map((m) => m[1]),
    ).toEqual(['-1', '1', '3']);
  });

  it('needs two frames that are safe and have a view box', () => {
    expect(film([frame(0)], '')).toBeUndefined();
    expect(film([frame(0), '<svg><script/></svg>'], '')).toBeUndefined();
    expect(film(['<svg></svg>', '<svg></svg>'], '')).toBeUndefined();
  });
});
