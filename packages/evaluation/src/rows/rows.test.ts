import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EvaluationRow } from './evaluation-row.js';
import { isEvaluationRow, rowIdentity } from './evaluation-row.js';
import { distinctRows, groupRows, selectRows, valuesOf } from './group-rows.js';
import { metrics, primaryMetric } from './metrics.js';
import { readRows } from './read-rows.node.js';
import { openRowWriter } from './row-writer.node.js';

const row = (members: Partial<EvaluationRow> = {}): EvaluationRow => ({
  learner: 'a',
  learnerId: '@acme/a/a',
  version: '1.0.0',
  options: '00000000',
  distribution: '@acme/tasks/toy',
  distributionOptions: '00000000',
  split: 'test',
  seed: 0,
  update: 10,
  task: 'episode 0',
  metric: 'accuracy',
  unit: 'fraction',
  value: 0.5,
  ...members,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rows-'));
});

describe('rows', () => {
  it('are told from other values', () => {
    expect(isEvaluationRow(row())).toBe(true);
    expect(isEvaluationRow(row({ value: null, cause: 'NOT_FINITE' }))).toBe(true);
    expect(isEvaluationRow({ ...row(), seed: 'x' })).toBe(false);
    expect(isEvaluationRow({ ...row(), split: 'holdout' })).toBe(false);
    expect(isEvaluationRow(null)).toBe(false);
  });

  it('group, select and count each observation once', () => {
    const rows = [
      row(),
      row({ learner: 'b' }),
      row({ task: 'episode 1', value: null }),
      row({ value: 0.75 }),
    ];
    expect([...groupRows(rows, 'learner').keys()]).toEqual(['a', 'b']);
    expect(selectRows(rows, { learner: 'a', task: 'episode 0' })).toHaveLength(2);
    expect(distinctRows(rows)).toEqual([row({ value: 0.75 }), rows[1], rows[2]]);
    expect(valuesOf(rows)).toEqual([0.5, 0.5, 0.75]);
    expect(rowIdentity(row())).not.toBe(rowIdentity(row({ update: 11 })));
  });

  it('name the metric that ranks', () => {
    expect(primaryMetric(['loss', 'accuracy'])).toBe('accuracy');
    expect(primaryMetric(['meanSquaredError'])).toBe('meanSquaredError');
    expect(metrics.accuracy.better).toBe('higher');
  });
});

describe('a row file', () => {
  it('holds what was written, appended over several openings', async () => {
    const path = join(folder, 'deep', 'rows.jsonl');
    const rows = Array.from({ length: 1200 }, (_, i) => row({ task: `episode ${i}` }));
    const first = await openRowWriter(path);
    for (const each of rows.slice(0, 700)) await first.write(each);
    await first.close();
    await first.close();
    const second = await openRowWriter(path);
    for (const each of rows.slice(700)) await second.write(each);
    await second.close();
    expect(await readRows(path)).toEqual(rows);
  });

  it('survives a half-written last line', async () => {
    const path = join(folder, 'rows.jsonl');
    const writer = await openRowWriter(path);
    await writer.write(row());
    await writer.close();
    await appendFile(path, '{"learner":"a","lear');
    expect(await readRows(path)).toEqual([row()]);
    const again = await openRowWriter(path);
    await again.write(row({ task: 'episode 1' }));
    await again.close();
    expect(await readRows(path)).toHaveLength(2);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3);
  });

  it('is refused when a complete line is no row, and when absent', async () => {
    const path = join(folder, 'rows.jsonl');
    await writeFile(path, `${JSON.stringify(row())}\n{"learner":1}\n`);
    await expect(readRows(path)).rejects.toMatchObject({ code: 'CORRUPT_FILE', details: { line: 2 } });
    await expect(readRows(join(folder, 'none.jsonl'))).rejects.toMatchObject({ code: 'MISSING_DATA' });
  });

  it('says so when the disk is full', async () => {
    const writer = await openRowWriter('/dev/full');
    await writer.write(row());
    await expect(writer.flush()).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      details: { path: '/dev/full' },
    });
    await writer.close();
    await expect(openRowWriter('/dev/null/rows.jsonl')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});
