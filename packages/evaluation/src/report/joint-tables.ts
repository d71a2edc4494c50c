import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { formatDifference, formatValue } from './format.js';
import { type Html, html } from './html.js';

/** The ranking metric of every task and learner; a task that loses against the independent learner is marked. */
export function taskTable({ learners, metric }: ComparisonSummary): Html {
  const tasks = [...new Set(learners.flatMap(({ joint }) => joint?.tasks.map(({ task }) => task) ?? []))];
  const heads = learners.map(
    ({ name }, index) =>
      html`<th><span class="key" style="--colour:${seriesColour(index)}"></span>${name}</th>`,
  );
  const rows = tasks.map((task) => {
    const cells = learners.map(({ joint }) => {
      const found = joint?.tasks.find((each) => each.task === task);
      const value = found?.metrics[metric];
      if (value === undefined) return html`<td>–</td>`;
      const loses = found?.gain !== undefined && found.gain < 0;
      return html`<td>${formatValue(metric, value)}${loses && html`<small>loses</small>`}</td>`;
    });
    return html`<tr><td>${task}</td>${cells}</tr>`;
  });
  return html`<div class="scroll"><table><thead><tr><th>Task</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Gain over the independent learner and share of tasks that lose; undefined where there is no such learner. */
export function transferTable({ learners, metric }: ComparisonSummary): Html | undefined {
  const rows = learners.flatMap(({ name, joint }, index) => {
    if (joint?.transfer === undefined) return [];
    const { gain, tasks, losing } = joint.transfer;
    return [
      html`<tr><td><span class="key" style="--colour:${seriesColour(index)}"></span>${name}</td><td>${formatDifference(metric, gain)}</td><td>${Math.round(losing * tasks)} of ${tasks}<small>${Math.round(100 * losing)} %</small></td></tr>`,
    ];
  });
  if (rows.length === 0) return undefined;
  return html`<div class="scroll"><table><thead><tr><th>Learner</th><th>Gain</th><th>Tasks that lose</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
