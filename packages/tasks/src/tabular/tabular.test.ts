import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../__fixtures__/shared-data.js';
import { decodeTable, type TableDescription } from './decode-table.js';
import { type KnownTable, knownTables } from './known-tables.js';
import { loadTable } from './load-table.node.js';
import { tableFeatures } from './table-features.js';
import { tableSplitDefaults, tableTasks } from './table-tasks.js';

const description: TableDescription = {
  name: 'small',
  rows: 4,
  columns: [
    { name: 'size', type: 'u16', offset: 0, divideBy: 10 },
    { name: 'colour', type: 'u8', offset: 8, categories: ['red', 'blue'] },
    { name: 'farm', type: 'u8', offset: 16 },
    { name: 'sold', type: 'u8', offset: 24 },
  ],
};
const bytes = new Uint8Array(28);
bytes.set(new Uint8Array(Uint16Array.of(10, 20, 30, 40).buffer), 0);
bytes.set([0, 1, 1, 0], 8);
bytes.set([7, 7, 9, 9], 16);
bytes.set([0, 1, 0, 1], 24);
const table = decodeTable(description, bytes);

describe('decodeTable', () => {
  it('reads columns of several types', () => {
    expect([...table.column('size').values]).toEqual([1, 2, 3, 4]);
    expect(table.column('colour').categories).toEqual(['red', 'blue']);
  });

  it('refuses bytes that are too few, types and columns that are unknown', () => {
    expect(() => decodeTable(description, bytes.subarray(0, 20))).toThrow(/at least 28 bytes/);
    const wrong = { ...description, columns: [{ name: 'a', type: 'u64', offset: 0 } as never] };
    expect(() => decodeTable(wrong, bytes)).toThrow(TasklearnError);
    expect(() => table.column('price')).toThrow(/no column 'price'/);
  });
});

describe('tableFeatures', () => {
  it('scales numbers by the training rows and codes categories', () => {
    const { names, size, values } = tableFeatures(table, Int32Array.of(0, 2), { without: ['sold', 'farm'] });
    expect(names).toEqual(['size', 'colour=red', 'colour=blue']);
    expect([...values.subarray(0, size)]).toEqual([-1, 1, 0]); // mean 2, deviation 1 over rows 0 and 2
    expect([...values.subarray(size, 2 * size)]).toEqual([0, 0, 1]);
  });

  it('takes logarithms, and leaves codes as they are', () => {
    const { values, size } = tableFeatures(table, Int32Array.of(0, 1, 2, 3), {
      without: ['colour', 'farm'],
      logarithms: ['size'],
      asTheyAre: ['sold'],
    });
    const logs = [1, 2, 3, 4].map(Math.log1p);
    const mean = logs.reduce((sum, value) => sum + value) / 4;
    const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4);
    expect(values[0]).toBeCloseTo(((logs[0] as number) - mean) / deviation, 5);
    expect(values[size + 1]).toBe(1);
  });
});

describe('tableTasks', () => {
  const grouped = tableTasks(
    table,
    {
      id: 'grouped',
      features: { without: ['sold', 'farm'] },
      targets: [
        { id: 'sold', kind: 'classification', of: (t) => (row) => t.column('sold').values[row] as number },
      ],
      groupBy: 'farm',
    },
    { ...tableSplitDefaults, testFraction: 0.5, validationFraction: 0 },
  );

  it('makes a task of every value of a column', () => {
    expect(grouped.spec.tasks.map(({ id }) => id)).toEqual(['farm 7', 'farm 9']);
    expect(grouped.sizes).toEqual({ train: [1, 1], validation: [0, 0], test: [1, 1] });
    expect(grouped.spec.sharedInputs).toBe(false);
    const [train, test] = (['train', 'test'] as const).map((split) =>
      grouped.rows(split, 0, Int32Array.of(0)),
    );
    expect(train?.inputs.data).not.toEqual(test?.inputs.data);
  });

  it('makes a task of every target on shared rows', () => {
    const shared = tableTasks(
      table,
      {
        id: 'shared',
        features: { without: ['sold', 'size'] },
        targets: [
          { id: 'sold', kind: 'classification', of: (t) => (row) => t.column('sold').values[row] as number },
          { id: 'size', kind: 'regression', of: (t) => (row) => t.column('size').values[row] as number },
        ],
      },
      { ...tableSplitDefaults, testFraction: 0.25, validationFraction: 0.25 },
    );
    expect(shared.sizes.train).toEqual([2, 2]);
    const indices = Int32Array.of(0, 1);
    const [first, second] = [0, 1].map((task) => shared.rows('train', task, indices));
    expect(first?.inputs).toEqual(second?.inputs);
    const sizes = [...(second?.targets.data ?? [])];
    const mean = shared.spec.groups.regression?.statistics?.mean.data[0] as number;
    expect(mean).toBeCloseTo((sizes[0] as number) / 2 + (sizes[1] as number) / 2, 5);
  });

  it('limits the training rows of a task', () => {
    const limited = tableTasks(
      table,
      {
        id: 'limited',
        features: { without: ['sold'] },
        targets: [{ id: 'size', kind: 'regression', of: () => (row) => row }],
      },
      { ...tableSplitDefaults, testFraction: 0, validationFraction: 0, trainItems: 3 },
    );
    expect(limited.sizes.train).toEqual([3]);
  });

  it('refuses fractions that leave nothing to train on', () => {
    const tasks = { id: 'x', features: { without: [] }, targets: [] };
    const options = { ...tableSplitDefaults, testFraction: 0.6, validationFraction: 0.6 };
    expect(() => tableTasks(table, tasks, options)).toThrow(/leave rows to train on/);
  });
});

describe('loadTable', () => {
  it('reads what is in a folder, and refuses what is not a table', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tables-'));
    try {
      await writeFile(join(folder, 'small.json'), JSON.stringify(description));
      await writeFile(join(folder, 'small.bin.gz'), gzipSync(bytes));
      expect((await loadTable('small', folder)).rows).toBe(4);
      await expect(loadTable('large', folder)).rejects.toThrow(/large.json/);
      await writeFile(join(folder, 'small.json'), '{');
      await expect(loadTable('small', folder)).rejects.toThrow(/not JSON/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const folder = sharedData('tabular');
describe.skipIf(folder === undefined)('the tables', () => {
  const expected: Readonly<Record<KnownTable, { readonly tasks: number; readonly rows: number }>> = {
    adult: { tasks: 2, rows: 48_842 },
    'census-income-test': { tasks: 2, rows: 99_762 },
    landmine: { tasks: 29, rows: 14_820 },
    school: { tasks: 139, rows: 15_362 },
    'sarcos-test': { tasks: 7, rows: 4_449 },
    'parkinsons-telemonitoring': { tasks: 2, rows: 5_875 },
  };

  it.each(Object.keys(expected) as KnownTable[])(
    '%s has its tasks and rows, no split sharing one',
    async (name) => {
      const tasks = tableTasks(await loadTable(name, folder), knownTables[name], tableSplitDefaults);
      const { sizes, spec } = tasks;
      expect(spec.tasks).toHaveLength(expected[name].tasks);
      const total = (split: 'train' | 'validation' | 'test') =>
        spec.sharedInputs ? (sizes[split][0] as number) : sizes[split].reduce((sum, size) => sum + size, 0);
      expect(total('train') + total('validation') + total('test')).toBe(expected[name].rows);
      const { inputs, targets } = tasks.rows('train', 0, Int32Array.of(0, 1, 2));
      expect(inputs.shape).toEqual([3, ...spec.input.shape]);
      expect([...inputs.data, ...targets.data].every(Number.isFinite)).toBe(true);
    },
  );

  it('landmine: 6.1 % of the items are mines', async () => {
    const { values } = (await loadTable('landmine', folder)).column('label');
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.061, 3);
  });
});
