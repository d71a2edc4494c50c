import type { PlanStream } from '../plan/plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { groupRows, selectRows } from '../rows/group-rows.js';
import { isHigherBetter } from '../rows/metrics.js';
import type { Interval } from '../statistics/interval.js';
import { mean } from '../statistics/moments.js';
import { clusteredMean } from './clustered-mean.js';
import type { CurvePoint, StreamGains, StreamSummary } from './comparison-summary.js';

/** What is asked of a learner. */
export interface StreamSummaryRequest {
  readonly stream: PlanStream | undefined;
  /** All rows of the run. */
  readonly rows: readonly EvaluationRow[];
  /** The learner. */
  readonly name: string;
}

/** A point of the matrix: lifetime, place of the task among all, tasks that had ended before. */
interface Entry {
  readonly seed: number;
  readonly lifetime: string;
  readonly task: number;
  readonly after: number;
  readonly value: number;
}

const totals = [
  'onlineLoss',
  'onlineAccuracy',
  'regret',
  'dynamicRegret',
  'backwardTransfer',
  'forwardTransfer',
  'forgetting',
] as const;

function entriesOf(rows: readonly EvaluationRow[], metric: string): Entry[] {
  return rows.flatMap(({ metric: own, task, after, seed, value }) => {
    const [, lifetime, place] = /^lifetime (\d+), task (\d+)$/.exec(task) ?? [];
    if (own !== metric || after === undefined || value === null || lifetime === undefined) return [];
    return [{ seed, lifetime, task: Number(place), after, value }];
  });
}

/** Mean over lifetimes within each seed, then mean, lowest and highest over seeds, by a whole number. */
function curveOf(
  points: readonly { readonly seed: number; readonly at: number; readonly value: number }[],
): CurvePoint[] {
  const places = new Map<number, Map<number, number[]>>();
  for (const { seed, at, value } of points) {
    const seeds = places.get(at) ?? new Map<number, number[]>();
    seeds.set(seed, [...(seeds.get(seed) ?? []), value]);
    places.set(at, seeds);
  }
  return [...places]
    .sort(([a], [b]) => a - b)
    .map(([update, bySeed]) => {
      const seeds = [...bySeed.values()].map((values) => mean(values));
      return { update, value: mean(seeds), lower: Math.min(...seeds), upper: Math.max(...seeds) };
    });
}

/** R with a row for each number of ended tasks, mean over lifetimes and seeds. */
function matrixOf(entries: readonly Entry[]): number[][] {
  const cells = new Map<string, number[]>();
  for (const { after, task, value } of entries) {
    const key = `${after} ${task}`;
    const known = cells.get(key);
    if (known === undefined) cells.set(key, [value]);
    else known.push(value);
  }
  const size = (value: (entry: Entry) => number) => Math.max(...entries.map(value)) + 1;
  if (entries.length === 0) return [];
  const [rows, tasks] = [size(({ after }) => after), size(({ task }) => task)];
  return Array.from({ length: rows }, (_, after) =>
    Array.from({ length: tasks }, (_unused, task) => mean(cells.get(`${after} ${task}`) ?? [])),
  );
}

/** Mean over the tasks that have ended, after each end, for every lifetime. */
function averages(entries: readonly Entry[]) {
  const groups = new Map<string, { seed: number; at: number; values: number[] }>();
  for (const { seed, lifetime, task, after, value } of entries) {
    if (task >= after) continue;
    const key = `${seed} ${lifetime} ${after}`;
    const group = groups.get(key) ?? { seed, at: after, values: [] };
    group.values.push(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ values, ...group }) => ({ ...group, value: mean(values) }));
}

function wholeLifetimes(rows: readonly EvaluationRow[], metric: string): readonly EvaluationRow[] {
  return rows.filter(
    (row) => row.metric === metric && row.step === undefined && row.after === undefined && row.value !== null,
  );
}

function totalsOf(rows: readonly EvaluationRow[]): StreamSummary['totals'] {
  const found = totals.flatMap((metric) => {
    const bySeed = groupRows(wholeLifetimes(rows, metric), 'seed');
    const interval = clusteredMean(
      [...bySeed.values()].map((own) => own.flatMap(({ value }) => value ?? [])),
    );
    return interval === undefined ? [] : [[metric, interval] as const];
  });
  return Object.fromEntries(found);
}

/** Values of a metric against steps lived. */
function stepCurve(rows: readonly EvaluationRow[], metric: string): CurvePoint[] {
  return curveOf(
    rows.flatMap(({ metric: own, seed, step, value }) =>
      own !== metric || step === undefined || value === null ? [] : [{ seed, at: step, value }],
    ),
  );
}

/** Differences from what is reached on each task alone, turned so that larger is better. */
function gainsOver(
  own: readonly Entry[],
  alone: readonly Entry[],
  against: string,
  sign: number,
): StreamGains | undefined {
  const key = ({ seed, lifetime, task }: Entry) => `${seed} ${lifetime} ${task}`;
  // What a learner reaches on a task where it has just been learnt.
  const reached = new Map(
    alone.filter(({ task, after }) => after === task + 1).map((entry) => [key(entry), entry.value]),
  );
  const last = Math.max(...own.map(({ after }) => after));
  const interval = (chosen: readonly Entry[]): Interval | undefined => {
    const seeds = new Map<number, number[]>();
    for (const entry of chosen) {
      const other = reached.get(key(entry));
      if (other === undefined) continue;
      seeds.set(entry.seed, [...(seeds.get(entry.seed) ?? []), sign * (entry.value - other)]);
    }
    return clusteredMean([...seeds.values()]);
  };
  const whenLearnt = interval(own.filter(({ task, after }) => after === task + 1));
  const atEnd = interval(own.filter(({ after }) => after === last));
  return whenLearnt === undefined || atEnd === undefined ? undefined : { against, whenLearnt, atEnd };
}

/**
 * What only learners of streams have: the accuracy matrix with what follows from it, curves of what arrived before it was learnt,
 * regret, and items held.
 *
 * @returns undefined where there are no rows of lifetimes.
 */
export function streamSummary({ stream, rows, name }: StreamSummaryRequest): StreamSummary | undefined {
  if (stream === undefined) return undefined;
  const own = selectRows(rows, { learner: name, split: 'test' }).filter(({ task }) =>
    task.startsWith('lifetime '),
  );
  if (own.length === 0) return undefined;
  const has = (metric: string) => own.some((row) => row.metric === metric);
  const matrixMetric = has('meanSquaredError') ? 'meanSquaredError' : 'accuracy';
  const onlineMetric = has('onlineAccuracy') ? 'onlineAccuracy' : 'onlineLoss';
  const entries = entriesOf(own, matrixMetric);
  const { scratch } = stream;
  const gains =
    scratch === undefined || scratch === name
      ? undefined
      : gainsOver(
          entries,
          entriesOf(selectRows(rows, { learner: scratch, split: 'test' }), matrixMetric),
          scratch,
          isHigherBetter(matrixMetric) ? 1 : -1,
        );
  const first = entries.filter(({ task, after }) => task === 0 && after > 0);
  return {
    matrixMetric,
    matrix: matrixOf(entries),
    average: curveOf(averages(entries)),
    firstTask: curveOf(first.map(({ seed, after: at, value }) => ({ seed, at, value }))),
    onlineMetric,
    online: stepCurve(own, onlineMetric),
    regret: stepCurve(own, 'regret'),
    dynamicRegret: stepCurve(own, 'dynamicRegret'),
    storedItems: curveOf(
      own.flatMap(({ metric, seed, after, value }) =>
        metric !== 'storedItems' || after === undefined || value === null ? [] : [{ seed, at: after, value }],
      ),
    ),
    totals: totalsOf(own),
    ...(gains === undefined ? {} : { gains }),
  };
}
