import { inflateSync } from 'node:zlib';
import { createRng, type HostTensor } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { summarise } from '../summary/summarise.js';
import { crc32 } from './crc32.js';
import {
  formatBytes,
  formatCount,
  formatDifference,
  formatInterval,
  formatProbability,
  formatRange,
  formatSeconds,
  formatValue,
} from './format.js';
import { html, markup } from './html.js';
import { encodePng } from './png.node.js';
import { renderReport } from './render-report.node.js';
import type { ExampleEpisodes, ReportData } from './report-data.js';

const interval = (estimate: number, half: number) => ({
  estimate,
  lower: estimate - half,
  upper: estimate + half,
  confidence: 0.95,
  method: 'normal' as const,
  count: 10,
});

describe('format', () => {
  it('shows numbers as a reader wants them', () => {
    expect(formatInterval('accuracy', interval(0.98765, 0.0123))).toBe('98.8 ± 1.2 %');
    expect(formatInterval('accuracy', interval(0.98765, 0.0003))).toBe('98.77 ± 0.03 %');
    expect(formatInterval('meanSquaredError', interval(1.2345, 0.056))).toBe('1.234 ± 0.056');
    expect(formatInterval('accuracy', interval(0.5, Number.NaN))).toBe('50.0 %');
    expect(formatRange('accuracy', interval(0.5, 0.1))).toBe('50.0 % [40.0, 60.0]');
    expect(formatDifference('accuracy', interval(-0.05, 0.01))).toBe('−5.0 ± 1.0 pp');
    expect(formatDifference('accuracy', interval(0.05, 0.01))).toBe('+5.0 ± 1.0 pp');
    expect(formatValue('accuracy', Number.NaN)).toBe('–');
    expect([0.0004, 0.25].map(formatProbability)).toEqual(['< 0.001', '0.250']);
    expect([0.012, 5, 80, 4000].map(formatSeconds)).toEqual(['12 ms', '5.0 s', '1 min 20 s', '1 h 06 min']);
    expect([812, 1.24e6, 5e8].map(formatBytes)).toEqual(['812 B', '1.2 MB', '500 MB']);
    expect(formatCount(1234567)).toBe('1,234,567');
  });
});

describe('html', () => {
  it('escapes everything but markup', () => {
    expect(html`<p title="${'"x"'}">${['a<b', 1, undefined, false, markup('<i>')]}</p>`.html).toBe(
      '<p title="&quot;x&quot;">a&lt;b1<i></p>',
    );
  });
});

describe('encodePng', () => {
  it('writes the chunks and the pixels', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    const png = Buffer.from(encodePng([0, 1, 0.5, 0.25], 2, 2, 1));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([2, 2, 8, 4]);
    const data = png.subarray(png.indexOf('IDAT') + 4);
    expect([...inflateSync(data)]).toEqual([0, 0, 0, 0, 255, 0, 0, 128, 0, 64]);
    const colour = Buffer.from(encodePng([1, 0, 0], 1, 1, 3));
    expect([...inflateSync(colour.subarray(colour.indexOf('IDAT') + 4))]).toEqual([0, 255, 0, 0]);
  });
});

const plan = parsePlan({
  name: 'study',
  description: 'Characters & <others>',
  learners: ['good', 'poor', 'broken'],
  distribution: 'toy',
  expected: [{ better: 'good', worse: 'poor' }],
});

function rowsOf(seeds: readonly number[]): EvaluationRow[] {
  const rows: EvaluationRow[] = [];
  const base = {
    version: '1.0.0',
    options: '',
    distribution: 'toy',
    distributionOptions: '',
    unit: '',
    ways: 5,
    shots: 1,
  };
  for (const [learner, level] of [
    ['good', 0.9],
    ['poor', 0.6],
  ] as const) {
    for (const seed of seeds) {
      const draw = createRng(`${learner} ${seed}`);
      const add = (members: Pick<EvaluationRow, 'split' | 'update' | 'task' | 'metric' | 'value'>) =>
        rows.push({ ...base, learner, learnerId: `@acme/${learner}`, seed, ...members });
      for (let update = 10; update <= 50; update += 10) {
        add({
          split: 'validation',
          update,
          task: '',
          metric: 'accuracy',
          value: level * (1 - Math.exp(-update / 20)),
        });
        add({ split: 'train', update, task: '', metric: 'loss', value: 2 / update });
      }
      for (let i = 0; i < 40; i++) {
        const value = Math.min(1, level + 0.1 * draw.gaussian());
        add({ split: 'test', update: 50, task: `episode ${i}`, metric: 'accuracy', value });
      }
      for (let bin = 0; bin < 15; bin++) {
        const parts = { count: 30, confidence: (bin + 0.5) / 15, accuracy: bin / 15 };
        for (const [part, value] of Object.entries(parts)) {
          add({ split: 'test', update: 50, task: `bin ${bin}`, metric: `reliability.${part}`, value });
        }
      }
      add({ split: 'test', update: 50, task: '', metric: 'trainingTime', value: 12 });
    }
  }
  rows.push({
    ...base,
    learner: 'broken',
    learnerId: '@acme/broken',
    seed: 0,
    split: 'train',
    update: 3,
    task: '',
    metric: 'failed',
    value: null,
    cause: 'NOT_FINITE: <loss>',
  });
  return rows;
}

const tensor = (
  shape: readonly number[],
  fill: (index: number) => number,
  dtype: 'float32' | 'int32' = 'float32',
): HostTensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  return { dtype, shape, data: data.map((_, index) => fill(index)) };
};

const pictures: ExampleEpisodes = {
  seed: 0,
  target: 'classification',
  support: { inputs: tensor([2, 3, 4, 4, 1], (i) => i % 2), targets: tensor([2, 3], (i) => i % 3, 'int32') },
  query: {
    inputs: tensor([2, 3, 4, 4, 1], (i) => (i + 1) % 2),
    targets: tensor([2, 3], (i) => i % 3, 'int32'),
  },
  truths: [{ classNames: ['alpha', 'beta', 'gamma'] }, {}],
  predictions: [
    { learner: 'good', mean: tensor([2, 3, 3], (i) => (i % 4 === 0 ? 0.8 : 0.1)) },
    { learner: 'poor', mean: tensor([2, 3, 3], () => 1 / 3) },
  ],
};

const report = (members: Partial<ReportData> = {}): string =>
  renderReport({
    plan,
    rows: rowsOf([0]),
    examples: pictures,
    environment: {
      started: '2026-01-01T00:00:00.000Z',
      command: "npx tasklearn compare 'my plan.json'",
      executor: 'compiled (test)',
      versions: { node: '20.0.0' },
      machine: { processor: 'one' },
    },
    ...members,
  });

describe('renderReport', () => {
  const page = report();

  it('stands alone: no script that runs, nothing fetched', () => {
    expect(page).not.toMatch(/<script(?![^>]*type="application\/json")/);
    expect(page).not.toMatch(/<link|@import|url\(/);
    const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !source.startsWith('data:image/png;base64,'))).toEqual([]);
  });

  it('follows light and dark, wide and narrow', () => {
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('name="viewport"');
    expect(page.match(/class="wide"/g)!.length).toBe(page.match(/<div class="narrow"><svg/g)!.length);
    expect(page).toContain('fill="var(--series-0)"');
  });

  it('says who is ahead, by how much, who failed and what was expected', () => {
    expect(page).toContain('<title>Characters &amp; &lt;others&gt;</title>');
    expect(page).toMatch(
      /<b>good<\/b> is ahead with <b>(8|9)\d\.\d ± \d\.\d %<\/b> accuracy on 40 5-way 1-shot test episodes/,
    );
    expect(page).toContain('failed after 3 updates: NOT_FINITE: &lt;loss&gt;');
    expect(page).toContain('good better than poor');
    expect(page).toContain('confirmed');
    expect(page).toContain('my plan.json');
  });

  it('has curves, calibration, pictures and probabilities', () => {
    for (const title of [
      'Paired differences',
      'Example episodes',
      'Learning curves',
      'Calibration',
      'Cost',
      'How it was made',
    ]) {
      expect(page).toContain(`<h2>${title}</h2>`);
    }
    expect(page.match(/<img class="ink"/g)).toHaveLength(12);
    expect(page).toContain('class A: alpha');
    expect(page).toContain('good says A with 80 %, right');
    expect(page).toMatch(/ECE \d+\.\d %, MCE \d+\.\d %/);
  });

  it('holds the numbers behind it, the same for the same rows', () => {
    const json = /<script type="application\/json" id="summary">(.*)<\/script>/.exec(page)![1]!;
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(summarise(plan, rowsOf([0])))));
    expect(report().replace(/plot-[\w-]+/g, '')).toBe(page.replace(/plot-[\w-]+/g, ''));
  });

  it('adds interquartile means and profiles over seeds', () => {
    const several = report({ plan: { ...plan, seeds: [0, 1, 2] }, rows: rowsOf([0, 1, 2]) });
    expect(several).toContain('<h2>Across seeds</h2>');
    expect(several).toMatch(/IQM \d+\.\d % \[\d+\.\d, \d+\.\d\]/);
  });

  it('draws regression tasks, and does without examples and results', () => {
    const line = (perItem: number) => ({
      inputs: tensor([1, 5, perItem], (i) => i / 5),
      targets: tensor([1, 5, 1], (i) => i),
    });
    const examples: ExampleEpisodes = {
      ...pictures,
      target: 'regression',
      support: line(1),
      query: line(1),
      predictions: [{ learner: 'good', mean: tensor([1, 5, 1], (i) => i) }],
    };
    expect(report({ examples })).toContain('Episode 1: support points, truth and predictions');
    const wide = { ...examples, support: line(2), query: line(2) };
    expect(report({ examples: wide })).not.toContain('Example episodes');
    expect(report({ rows: rowsOf([]) })).toContain('No learner finished');
  });
});
