import type { Table } from './decode-table.js';
import type { TableTarget, TableTasks } from './table-tasks.js';

/** 1 where a column has this category. */
function isCategory(id: string, column: string, category: string): TableTarget {
  return {
    id,
    kind: 'classification',
    of(table: Table) {
      const { values, categories = [] } = table.column(column);
      const wanted = categories.indexOf(category);
      return (row) => (values[row] === wanted ? 1 : 0);
    },
  };
}

/** A column's own number. */
function number(column: string, id = column): TableTarget {
  return { id, kind: 'regression', of: (table) => (row) => table.column(column).values[row] as number };
}

const range = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));

/** Names of the tables whose tasks are known. */
export type KnownTable =
  | 'adult'
  | 'census-income-test'
  | 'landmine'
  | 'school'
  | 'sarcos-test'
  | 'parkinsons-telemonitoring';

/** Tables whose tasks are known here, by the name of their files. */
export const knownTables: Readonly<Record<KnownTable, TableTasks>> = {
  adult: {
    id: '@tasklearn/tasks/adult',
    features: {
      without: ['income', 'marital-status', 'relationship', 'fnlwgt', 'part'],
      logarithms: ['capital-gain', 'capital-loss'],
    },
    targets: [
      isCategory('income over 50K', 'income', '>50K'),
      isCategory('never married', 'marital-status', 'Never-married'),
    ],
  },
  'census-income-test': {
    id: '@tasklearn/tasks/census-income',
    features: {
      without: ['income_50k', 'marital_stat', 'instance_weight'],
      logarithms: ['wage_per_hour', 'capital_gains', 'capital_losses', 'stock_dividends'],
    },
    targets: [
      isCategory('income over 50K', 'income_50k', '50000+.'),
      isCategory('never married', 'marital_stat', 'Never married'),
    ],
  },
  landmine: {
    id: '@tasklearn/tasks/landmine',
    features: { without: ['task', 'label'] },
    targets: [
      {
        id: 'mine',
        kind: 'classification',
        of: (table) => (row) => table.column('label').values[row] as number,
      },
    ],
    groupBy: 'task',
  },
  school: {
    id: '@tasklearn/tasks/school',
    features: {
      without: ['school', 'score', 'x27'],
      asTheyAre: range(27, (index) => `x${index}`).filter((name) => name !== 'x3' && name !== 'x4'),
    },
    targets: [number('score')],
    groupBy: 'school',
  },
  'sarcos-test': {
    id: '@tasklearn/tasks/sarcos',
    features: { without: range(7, (index) => `torque${index + 1}`) },
    targets: range(7, (index) => `torque${index + 1}`).map((name) => number(name)),
  },
  'parkinsons-telemonitoring': {
    id: '@tasklearn/tasks/parkinsons',
    features: { without: ['subject#', 'motor_UPDRS', 'total_UPDRS'], asTheyAre: ['sex'] },
    targets: [number('motor_UPDRS', 'motor UPDRS'), number('total_UPDRS', 'total UPDRS')],
  },
};
