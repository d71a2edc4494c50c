import {
  type Stream,
  type StreamResult,
  type StreamScore,
  type StreamSpec,
  type Transfer,
  transferOf,
} from '@tasklearn/core';
import type { EvaluationRow } from '../../rows/evaluation-row.js';
import type { RowMaker } from '../cell-rows.js';

/** What the rows of a lifetime are made from. */
export interface LifetimeRowsRequest {
  readonly spec: StreamSpec;
  readonly stream: Stream;
  readonly result: StreamResult;
  /** Number of the lifetime. */
  readonly lifetime: number;
  /** Outer updates behind the parameters. */
  readonly update: number;
  /** Steps that a point of an online curve is a mean over. */
  readonly window: number;
  readonly row: RowMaker;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Metrics of the test set of a task: squared errors per component of a target. */
function scoreMetrics({ target }: StreamSpec, { loss, accuracy }: StreamScore): [string, number][] {
  if (target.kind === 'regression')
    return [['meanSquaredError', loss / target.shape.reduce((product, size) => product * size, 1)]];
  return [
    ['accuracy', accuracy ?? Number.NaN],
    ['negativeLogLikelihood', loss],
  ];
}

/** Tasks by the place at which they ended first; those that never did come last. */
function placesOf(order: readonly number[], tasks: number): number[] {
  const all = Array.from({ length: tasks }, (_, task) => task);
  return [...new Set([...order, ...all])];
}

/** R, a row per place in the order of tasks: the whole matrix, and its last row as what holds at the end. */
function matrixRows({ spec, result, lifetime, update, row }: LifetimeRowsRequest): EvaluationRow[] {
  const { scores, order } = result;
  const places = placesOf(order, spec.tasks);
  return scores.flatMap((measured, after) =>
    places.flatMap((task, place) =>
      scoreMetrics(spec, measured[task] as StreamScore).flatMap(([metric, value]) => {
        const make = (more: Partial<EvaluationRow>) =>
          row('test', update, `lifetime ${lifetime}, task ${place}`, metric, value, more);
        return after === scores.length - 1 ? [make({ after }), make({})] : [make({ after })];
      }),
    ),
  );
}

/** Scores where more is better. */
function transferOfLifetime({ spec, result }: LifetimeRowsRequest): Transfer | undefined {
  const { scores, order } = result;
  const once = new Set(order).size === order.length && order.length === spec.tasks;
  if (scores.length === 0 || !once) return undefined;
  const sign = spec.target.kind === 'classification' ? 1 : -1;
  return transferOf(
    scores.map((measured) => measured.map((each) => sign * (scoreMetrics(spec, each)[0]?.[1] as number))),
    order,
  );
}

/** Sums of what was paid less what a comparator would have paid, after each step. */
function regrets({
  stream,
  result: { steps },
}: LifetimeRowsRequest): readonly (readonly [string, number[]])[] {
  const { fixed, dynamic } = stream.comparators?.() ?? {};
  const named = [
    ['regret', fixed],
    ['dynamicRegret', dynamic],
  ] as const;
  return named.flatMap(([metric, paid]) => {
    if (paid === undefined) return [];
    let sum = 0;
    const curve = steps.map(({ loss, step }) => {
      sum += loss - (paid[step] as number);
      return sum;
    });
    return [[metric, curve] as const];
  });
}

/** Curves over steps: means of windows, and sums so far. */
function onlineRows(request: LifetimeRowsRequest): EvaluationRow[] {
  const { result, lifetime, update, window, row } = request;
  const { steps } = result;
  const make = (metric: string, value: number, step: number) =>
    row('test', update, `lifetime ${lifetime}`, metric, value, { step });
  const found = regrets(request);
  const rows: EvaluationRow[] = [];
  for (let first = 0; first < steps.length; first += window) {
    const own = steps.slice(first, first + window);
    const last = first + own.length;
    rows.push(make('onlineLoss', mean(own.map(({ loss }) => loss)), last));
    if (own[0]?.accuracy !== undefined)
      rows.push(make('onlineAccuracy', mean(own.map(({ accuracy = Number.NaN }) => accuracy)), last));
    for (const [metric, curve] of found) rows.push(make(metric, curve[last - 1] as number, last));
  }
  return rows;
}

/** Items held before the first task, and after each. */
function storageRows({ result, lifetime, update, row }: LifetimeRowsRequest): EvaluationRow[] {
  const { steps } = result;
  const ends = steps.filter(({ task }, place) => steps[place + 1]?.task !== task);
  return ends.map(({ storedItems }, place) =>
    row('test', update, `lifetime ${lifetime}`, 'storedItems', storedItems, { after: place + 1 }),
  );
}

/** Everything that is measured in a lifetime, as rows. */
export function lifetimeRows(request: LifetimeRowsRequest): EvaluationRow[] {
  const { result, lifetime, update, row } = request;
  const { steps } = result;
  const make = (metric: string, value: number) => row('test', update, `lifetime ${lifetime}`, metric, value);
  const transfer = transferOfLifetime(request);
  const totals: (readonly [string, number])[] = [
    ['onlineLoss', mean(steps.map(({ loss }) => loss))],
    ...(steps[0]?.accuracy === undefined
      ? []
      : [['onlineAccuracy', mean(steps.map(({ accuracy = Number.NaN }) => accuracy))] as const]),
    ...regrets(request).map(([metric, curve]) => [metric, curve.at(-1) as number] as const),
    ...(transfer === undefined
      ? []
      : ([
          ['backwardTransfer', transfer.backward],
          ['forwardTransfer', transfer.forward],
          ['forgetting', transfer.forgetting],
        ] as const)),
  ];
  return [
    ...matrixRows(request),
    ...onlineRows(request),
    ...storageRows(request),
    ...totals.map(([metric, value]) => make(metric, value)),
  ];
}
