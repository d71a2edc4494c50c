import type { ComparisonSummary, LearnerSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import {
  formatBytes,
  formatCount,
  formatDifference,
  formatInterval,
  formatProbability,
  formatRange,
  formatSeconds,
  formatValue,
  metricTitle,
} from './format.js';
import { type Html, type HtmlPart, html } from './html.js';

interface Column {
  readonly title: string;
  cell(learner: LearnerSummary): HtmlPart;
}

function table(summary: ComparisonSummary, columns: readonly Column[]): Html {
  const rows = summary.learners.map((learner, index) => {
    const key = html`<span class="key" style="--colour:${seriesColour(index)}"></span>`;
    const [first] = learner.failures;
    const cells =
      first === undefined || learner.mean !== undefined
        ? columns.map((column) => html`<td>${column.cell(learner)}</td>`)
        : html`<td class="cause" colspan="${columns.length}">failed after ${first.update} updates: ${first.cause}</td>`;
    return html`<tr class="${learner.name === summary.best ? 'best' : ''}"><td>${key}${learner.name}${learner.reference && html`<small>reference</small>`}</td>${cells}</tr>`;
  });
  return html`<div class="scroll"><table><thead><tr><th>Learner</th>${columns.map(({ title }) => html`<th>${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Short, so that the table fits a page. */
const otherTitles = {
  success: 'Success',
  length: 'Length',
  accuracy: 'Accuracy',
  rocAuc: 'ROC area',
  rSquared: 'R²',
  meanSquaredError: 'Squared error',
  negativeLogLikelihood: 'Log loss (nats)',
  brierScore: 'Brier',
  onlineAccuracy: 'Online accuracy',
  onlineLoss: 'Online loss',
} as const;

/** Behind the point. */
const digits = {
  success: 1,
  length: 1,
  accuracy: 1,
  rocAuc: 1,
  rSquared: 3,
  meanSquaredError: 3,
  negativeLogLikelihood: 3,
  brierScore: 3,
  onlineAccuracy: 1,
  onlineLoss: 3,
} as const;

/** Means, differences from the best learner and other metrics. */
export function resultsTable(summary: ComparisonSummary): Html {
  const several = summary.learners.some(({ seedMeans }) => seedMeans.length > 1);
  const { metric } = summary;
  const columns: Column[] = [
    {
      title: metricTitle(metric),
      cell: (learner) =>
        learner.mean === undefined
          ? '–'
          : html`${formatInterval(metric, learner.mean)}<small>${formatCount(learner.episodes)} ${summary.unit}s</small>`,
    },
    ...(several
      ? [
          {
            title: 'Interquartile mean',
            cell: ({ interquartileMean }: LearnerSummary) =>
              interquartileMean === undefined ? '–' : formatRange(metric, interquartileMean),
          },
        ]
      : []),
    {
      title: 'Paired difference',
      cell: ({ name, difference }) =>
        difference === undefined
          ? name === summary.best && 'best'
          : html`${formatDifference(metric, difference.interval)}<small>p ${formatProbability(difference.adjustedPValue)}</small>`,
    },
    ...(Object.keys(otherTitles) as (keyof typeof otherTitles)[])
      .filter((other) => summary.learners.some(({ otherMetrics }) => otherMetrics[other] !== undefined))
      .map((other) => ({
        title: otherTitles[other],
        cell: ({ otherMetrics }: LearnerSummary) =>
          otherMetrics[other] === undefined
            ? '–'
            : formatValue(other, otherMetrics[other].estimate, digits[other]),
      })),
  ];
  return table(summary, columns);
}

const show = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? '–' : format(value);

/** Items held after the first task and after the last: whether the memory grows. */
function growth({ stream }: LearnerSummary): HtmlPart {
  const [first, last] = [stream?.storedItems[0], stream?.storedItems.at(-1)];
  return (
    first !== undefined &&
    last !== undefined &&
    first.value !== last.value &&
    html`<small>${formatCount(first.value)} → ${formatCount(last.value)}</small>`
  );
}

/** What a lifetime takes; streams only. */
const ledgerColumns: readonly Column[] = [
  {
    title: 'Items kept',
    cell: (learner) => html`${show(learner.cost.storedItems, formatCount)}${growth(learner)}`,
  },
  { title: 'Their size', cell: ({ cost }) => show(cost.storedBytes, formatBytes) },
  { title: 'Whole state', cell: ({ cost }) => show(cost.stateBytes, formatBytes) },
  { title: 'Gradients', cell: ({ cost }) => show(cost.gradients, formatCount) },
  { title: 'Learning', cell: ({ cost }) => show(cost.learningTime, formatSeconds) },
];

/** What each learner cost: time, parameters, memory. */
export function costTable(summary: ComparisonSummary): Html {
  return table(summary, [
    { title: 'Updates', cell: ({ cost }) => show(cost.updates, formatCount) },
    ...(summary.learners.some(({ cost }) => cost.environmentSteps !== undefined)
      ? [
          {
            title: 'Environment steps',
            cell: ({ cost }: LearnerSummary) => show(cost.environmentSteps, formatCount),
          },
          {
            title: 'Steps per second',
            cell: ({ cost }: LearnerSummary) =>
              cost.environmentSteps === undefined || cost.trainingTime === undefined
                ? '–'
                : formatCount(cost.environmentSteps / cost.trainingTime),
          },
        ]
      : []),
    { title: 'Training', cell: ({ cost }) => show(cost.trainingTime, formatSeconds) },
    {
      title: 'Per update',
      cell: ({ cost }) =>
        cost.updates ? show((cost.trainingTime ?? Number.NaN) / cost.updates, formatSeconds) : '–',
    },
    { title: 'Testing', cell: ({ cost }) => show(cost.testTime, formatSeconds) },
    {
      title: `Per ${summary.unit}`,
      cell: ({ cost, episodes, seeds }) =>
        episodes === 0 ? '–' : show(((cost.testTime ?? Number.NaN) * seeds.length) / episodes, formatSeconds),
    },
    { title: 'Parameters', cell: ({ cost }) => show(cost.parameters, formatCount) },
    ...(summary.learners.some(({ stream }) => stream !== undefined) ? ledgerColumns : []),
    { title: 'Peak memory', cell: ({ cost }) => show(cost.peakMemory, formatBytes) },
  ]);
}
