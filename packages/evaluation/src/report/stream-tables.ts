import { isHigherBetter } from '../rows/metrics.js';
import type { Interval } from '../statistics/interval.js';
import type { ComparisonSummary, LearnerSummary, StreamSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { formatDifference, formatInterval, metricTitle } from './format.js';
import { type Html, html } from './html.js';

interface Column {
  readonly title: string;
  cell(stream: StreamSummary): string | undefined;
}

const show = (interval: Interval | undefined, format: (interval: Interval) => string) =>
  interval && format(interval);

/** The columns of streams that at least one learner has a number for. */
export function streamColumns(learners: readonly LearnerSummary[]): readonly Column[] {
  const streams = learners.flatMap(({ stream }) => stream ?? []);
  const against = streams.find(({ gains }) => gains !== undefined)?.gains?.against;
  const change = (metric: 'backwardTransfer' | 'forwardTransfer' | 'forgetting'): Column => ({
    title: metricTitle(metric),
    cell: ({ totals, matrixMetric }) =>
      show(totals[metric], (interval) => formatDifference(matrixMetric, interval)),
  });
  const total = (metric: 'regret' | 'dynamicRegret' | 'onlineAccuracy' | 'onlineLoss'): Column => ({
    title: metricTitle(metric),
    cell: ({ totals }) => show(totals[metric], (interval) => formatInterval(metric, interval)),
  });
  const gain = (title: string, which: 'whenLearnt' | 'atEnd'): Column => ({
    title,
    cell: ({ gains, matrixMetric }) =>
      show(gains?.[which], (interval) => formatDifference(matrixMetric, interval)),
  });
  const columns = [
    change('backwardTransfer'),
    change('forwardTransfer'),
    change('forgetting'),
    gain(`Over ${against}, when learnt`, 'whenLearnt'),
    gain(`Over ${against}, at the end`, 'atEnd'),
    total('onlineAccuracy'),
    total('onlineLoss'),
    total('regret'),
    total('dynamicRegret'),
  ];
  return columns.filter(({ cell }) => streams.some((stream) => cell(stream) !== undefined));
}

/** Transfer, forgetting and what arrived, of every learner. */
export function streamTable({ learners }: ComparisonSummary): Html {
  const columns = streamColumns(learners);
  const rows = learners.map(({ name, stream }, index) => {
    const cells = columns.map(({ cell }) => html`<td>${(stream && cell(stream)) ?? '–'}</td>`);
    return html`<tr><td><span class="key" style="--colour:${seriesColour(index)}"></span>${name}</td>${cells}</tr>`;
  });
  return html`<div class="scroll"><table><thead><tr><th>Learner</th>${columns.map(({ title }) => html`<th>${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** How the numbers of a table of streams are to be read. */
export function streamHint(metric: StreamSummary['matrixMetric']): string {
  const turned = isHigherBetter(metric) ? '' : ' Squared errors are turned so that larger is better.';
  return `Backward transfer: on earlier tasks, at the end less when they were learnt; negative is forgetting. Forward transfer: on a task before it is learnt, less before the first step. Forgetting: the best ever had on a task less the end.${turned}`;
}
