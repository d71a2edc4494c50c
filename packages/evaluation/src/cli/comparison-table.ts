import {
  formatBytes,
  formatCount,
  formatDifference,
  formatInterval,
  formatProbability,
  formatRange,
  formatSeconds,
  metricTitle,
} from '../report/format.js';
import { streamColumns } from '../report/stream-tables.js';
import type { ComparisonSummary, LearnerSummary } from '../summary/comparison-summary.js';
import { type CellStyle, type TextCell, textTable } from './text-table.js';

interface Column {
  readonly title: string;
  cell(learner: LearnerSummary): TextCell;
}

const show = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? '–' : format(value);

/** Success and environment steps, where there are such. */
function controlColumns({ learners }: ComparisonSummary): Column[] {
  const success: Column = {
    title: 'success',
    cell: ({ otherMetrics }) =>
      otherMetrics.success === undefined ? '–' : formatInterval('success', otherMetrics.success),
  };
  return [
    ...(learners.some(({ otherMetrics }) => otherMetrics.success !== undefined) ? [success] : []),
    { title: 'environment steps', cell: ({ cost }) => show(cost.environmentSteps, formatCount) },
  ];
}

/** What sharing is worth, where it was measured. */
function transferColumns({ learners, metric }: ComparisonSummary): Column[] {
  const against = learners.find(({ joint }) => joint?.transfer !== undefined)?.joint?.transfer?.against;
  if (against === undefined) return [];
  return [
    {
      title: `gain over ${against}`,
      cell: ({ joint }) =>
        joint?.transfer === undefined ? '–' : formatDifference(metric, joint.transfer.gain),
    },
    {
      title: 'tasks that lose',
      cell: ({ joint }) =>
        joint?.transfer === undefined ? '–' : `${Math.round(100 * joint.transfer.losing)} %`,
    },
  ];
}

/** Transfer and memory, of streams. */
function streamTextColumns({ learners }: ComparisonSummary): Column[] {
  const shown = ['Backward transfer', 'Forward transfer', 'Online accuracy', 'Regret'];
  if (learners.every(({ stream }) => stream === undefined)) return [];
  const columns = streamColumns(learners).filter(({ title }) => shown.includes(title));
  return [
    ...columns.map(({ title, cell }) => ({
      title: title.toLowerCase(),
      cell: ({ stream }: LearnerSummary) => (stream && cell(stream)) ?? '–',
    })),
    { title: 'items kept', cell: ({ cost }) => show(cost.storedItems, formatCount) },
  ];
}

function columnsOf(summary: ComparisonSummary): Column[] {
  const { metric, best, learners } = summary;
  const several = learners.some(({ seedMeans }) => seedMeans.length > 1);
  const spread: Column = {
    title: 'IQM [95 %]',
    cell: ({ interquartileMean }) =>
      interquartileMean === undefined ? '–' : formatRange(metric, interquartileMean),
  };
  return [
    {
      title: `${metricTitle(metric)} (95 %)`,
      cell: ({ name, mean, failures }) => {
        if (mean === undefined) return failures.length > 0 ? { text: 'failed', style: 'red' } : '–';
        return name === best
          ? { text: formatInterval(metric, mean), style: 'bold' }
          : formatInterval(metric, mean);
      },
    },
    ...(several ? [spread] : []),
    {
      title: 'vs best (paired)',
      cell: ({ name, difference }) => {
        if (difference === undefined) return name === best ? { text: 'best', style: 'green' } : '–';
        return formatDifference(metric, difference.interval);
      },
    },
    {
      title: 'p (Holm)',
      cell: ({ difference }) =>
        difference === undefined ? '' : formatProbability(difference.adjustedPValue),
    },
    ...(summary.metric === 'return' ? controlColumns(summary) : []),
    ...transferColumns(summary),
    ...streamTextColumns(summary),
    {
      title: `${summary.unit}s`,
      cell: ({ episodes }) => formatCount(episodes),
    },
    { title: 'train', cell: ({ cost }) => show(cost.trainingTime, formatSeconds) },
    { title: 'test', cell: ({ cost }) => show(cost.testTime, formatSeconds) },
    { title: 'parameters', cell: ({ cost }) => show(cost.parameters, formatCount) },
    { title: 'peak memory', cell: ({ cost }) => show(cost.peakMemory, formatBytes) },
  ];
}

function notes(summary: ComparisonSummary): string[] {
  const several = summary.learners.some(({ seedMeans }) => seedMeans.length > 1);
  const { unit } = summary;
  const how = several
    ? `Mean ± 95 % t interval over seeds; IQM over seeds with stratified bootstrap; differences paired by ${unit}.`
    : `Mean ± 95 % interval (1.96 s/√n) over test ${unit}s, the same for all; differences paired by ${unit}, sign-flip p.`;
  const failures = summary.learners.flatMap(({ name, failures: own }) =>
    own.map(({ seed, update, cause }) => `${name}, seed ${seed}, failed after ${update} updates: ${cause}`),
  );
  const verdicts = summary.verdicts.map(
    ({ better, worse, margin, verdict }) =>
      `${verdict}: ${better} better than ${worse}${margin > 0 ? ` by ${margin}` : ''}`,
  );
  return [how, ...verdicts, ...failures];
}

/**
 * A comparison as text: a line per learner in the plan's order, then how to read it, verdicts and failures.
 *
 * @param paint - adds a style to a text; keeps it as it is where colours are off.
 */
export function comparisonTable(
  summary: ComparisonSummary,
  paint: (style: CellStyle, text: string) => string = (_style, text) => text,
): string {
  const columns = columnsOf(summary);
  const rows = summary.learners.map((learner) => [
    learner.name,
    ...columns.map((column) => column.cell(learner)),
  ]);
  const table = textTable(['learner', ...columns.map(({ title }) => title)], rows, paint);
  return `${table}\n\n${notes(summary)
    .map((note) => paint('dim', note))
    .join('\n')}`;
}
