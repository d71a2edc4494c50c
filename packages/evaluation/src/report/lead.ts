import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { formatCount, formatInterval, metricInWords } from './format.js';
import { type Html, html } from './html.js';
import type { ReportData } from './report-data.js';

/** What learners were tested on: `600 5-way 1-shot test episodes`, `100 test tasks, 1 episode of exploration and 2 of execution each`. */
function setting({ rows, plan }: ReportData, count: number): string {
  const many = (episodes: number) => `${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`;
  if (plan.trial !== undefined) {
    const { explorationEpisodes: explored, executionEpisodes: executed } = plan.trial;
    const first = explored > 0 ? `${many(explored)} of exploration, then ` : '';
    return `${formatCount(count)} test tasks, ${first}${many(executed)} each`;
  }
  if (plan.stream !== undefined) {
    const { lifetimes = 1, metric } = plan.stream;
    const lived = lifetimes === 1 ? 'a lifetime' : `${lifetimes} lifetimes`;
    const tasks = formatCount(count / plan.seeds.length / lifetimes);
    return metric?.startsWith('online')
      ? `${lived}, each step predicted before it was learnt`
      : `the test sets of ${tasks} tasks at the end of ${lived}`;
  }
  if (plan.joint !== undefined) return `the test items of ${formatCount(count / plan.seeds.length)} tasks`;
  const { ways, shots } = rows.find(({ split, task }) => split === 'test' && task !== '') ?? {};
  const words = [formatCount(count), ways && `${ways}-way`, shots && `${shots}-shot`, 'test episodes'];
  return words.filter(Boolean).join(' ');
}

/** The first paragraph: who is ahead, on what, and whom the data do not tell apart from them. */
export function lead(data: ReportData, summary: ComparisonSummary): Html {
  const best = summary.learners.find(({ name }) => name === summary.best);
  if (best?.mean === undefined)
    return html`<p class="lead">No learner finished. The causes are in the table below.</p>`;
  const significant = summary.learners.filter(
    ({ difference, reference }) =>
      difference !== undefined && difference.adjustedPValue >= 0.05 && !reference,
  );
  const caveat =
    significant.length === 0
      ? ''
      : ` The data do not tell it apart from ${significant.map(({ name }) => name).join(', ')}.`;
  const seeds = data.plan.seeds.length > 1 ? ` over ${data.plan.seeds.length} seeds` : '';
  const { joint, stream } = data.plan;
  const over = joint === undefined ? ', on tasks that no learner met before' : ', a mean over tasks';
  return html`<p class="lead"><b>${best.name}</b> is ahead with <b>${formatInterval(summary.metric, best.mean)}</b> ${metricInWords(summary.metric)} on ${setting(data, best.episodes)}${seeds}${stream === undefined && over}.${caveat}</p>`;
}
