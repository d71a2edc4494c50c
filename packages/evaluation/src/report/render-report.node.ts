import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { summarise } from '../summary/summarise.js';
import { adaptationFigure } from './adaptation-figure.node.js';
import { seriesColour } from './colours.js';
import { curvesFigure, namedCurves } from './curves-figure.node.js';
import { differencesFigure } from './differences-figure.node.js';
import { exampleEpisodes } from './example-episodes.node.js';
import { formatDifference, formatRange, metricTitle } from './format.js';
import { type Html, html, markup } from './html.js';
import { jointFigure } from './joint-figure.node.js';
import { taskTable, transferTable } from './joint-tables.js';
import { lead } from './lead.js';
import { profileFigure } from './profile-figure.node.js';
import { reliabilityFigure } from './reliability-figure.node.js';
import type { ReportData } from './report-data.js';
import { resultsFigure } from './results-figure.node.js';
import { legend, section } from './section.js';
import { stepCurvesFigure } from './step-curves-figure.node.js';
import { streamSections } from './stream-sections.node.js';
import { styles } from './styles.js';
import { costTable, resultsTable } from './tables.js';
import { trajectories } from './trajectories.js';

/** Where the ranking metric was measured, for a title. */
function where({ plan }: ReportData, { unit }: ComparisonSummary): string {
  if (plan.stream !== undefined) return unit === 'lifetime' ? 'over lifetimes' : 'at the end of a lifetime';
  return plan.joint === undefined ? 'on new tasks' : 'over tasks';
}

function results(data: ReportData, summary: ComparisonSummary): Html {
  const { ways } = data.rows.find((row) => row.split === 'test' && row.ways !== undefined) ?? {};
  const several = data.plan.seeds.length > 1;
  const hint = several
    ? 'Mean with a 95 % t interval over seeds. The interquartile mean has a stratified bootstrap interval. p-values: sign-flip permutation test, adjusted by Holm.'
    : 'Mean with a 95 % interval (± 1.96 s/√n) over test episodes, the same for every learner. p-values: sign-flip permutation test on paired episodes, adjusted by Holm.';
  const chance = summary.metric === 'accuracy' && ways !== undefined ? 1 / ways : undefined;
  const figure = summary.best === undefined ? undefined : resultsFigure(summary, summary.metric, chance);
  const what = hint.replaceAll('episodes', `${summary.unit}s`);
  return section(`${metricTitle(summary.metric)} ${where(data, summary)}`, what, [
    figure,
    resultsTable(summary),
  ]);
}

function differences(summary: ComparisonSummary): Html | undefined {
  const figure = differencesFigure(summary);
  return (
    figure &&
    section(
      'Paired differences',
      `Each learner minus ${summary.best}, on the same test ${summary.unit}s, with 95 % intervals. An interval that reaches zero leaves the order open.`,
      figure,
    )
  );
}

/** Learning curves over environment steps, of control learners. */
function stepCurves(summary: ComparisonSummary): Html | undefined {
  const validation = stepCurvesFigure(
    'Return on validation tasks',
    summary,
    ({ control }) => control?.validationCurve ?? [],
    true,
  );
  const training = stepCurvesFigure(
    'Return while training, as the learner reports it',
    summary,
    ({ control }) => control?.trainingCurve ?? [],
    false,
  );
  if (validation === undefined && training === undefined) return undefined;
  const band = summary.learners.some(({ seedMeans }) => seedMeans.length > 1)
    ? ' Lines are interquartile means over seeds, bands their 95 % stratified bootstrap intervals.'
    : '';
  return section(
    'Learning curves',
    `Against the steps made in environments while training.${band} Dashed lines: references on the test tasks.`,
    [validation, training, html`<div class="narrow">${legend(summary)}</div>`],
  );
}

/** How return and success change within a trial. */
function adaptation(summary: ComparisonSummary): Html | undefined {
  const returns = adaptationFigure('Return', 'return', summary, ({ control }) => control?.adaptation ?? []);
  if (returns === undefined) return undefined;
  const success = adaptationFigure('Success', 'success', summary, ({ control }) => control?.success ?? []);
  return section(
    'Adaptation within a trial',
    'Mean over test tasks by episode of the same task, with 95 % intervals. Exploration episodes, whose return does not count, are shaded. Dashed lines: references.',
    [returns, success, html`<div class="narrow">${legend(summary)}</div>`],
  );
}

/** Each of a fixed set of tasks. */
function jointTasks(summary: ComparisonSummary): Html | undefined {
  const figure = jointFigure(summary);
  if (figure === undefined) return undefined;
  return section('Tasks', `${metricTitle(summary.metric)} of each task on its test items, mean over seeds.`, [
    figure,
    legend(summary),
    taskTable(summary),
  ]);
}

/** What sharing is worth, and to how many tasks it is worth nothing. */
function transfer(summary: ComparisonSummary): Html | undefined {
  const table = transferTable(summary);
  if (table === undefined) return undefined;
  const { against } =
    summary.learners.find(({ joint }) => joint?.transfer !== undefined)?.joint?.transfer ?? {};
  return section(
    'Transfer',
    `Gain over ${against}, which learns every task alone, paired per task and turned so that larger is better, with 95 % intervals. A task loses where its gain, mean over seeds, is below zero.`,
    table,
  );
}

/** Shares of execution episodes that reached success. */
function successes(summary: ComparisonSummary): Html | undefined {
  if (!summary.learners.some(({ otherMetrics }) => otherMetrics.success !== undefined)) return undefined;
  return section(
    'Success',
    'Share of the episodes that count in which success was reached, with 95 % intervals.',
    resultsFigure(summary, 'success'),
  );
}

function trials({ drawings = [] }: ReportData, summary: ComparisonSummary): Html | undefined {
  const content = trajectories(drawings, summary);
  if (content === undefined) return undefined;
  return section(
    'Test trials',
    `The first test tasks of seed ${drawings[0]?.seed}, the same for everyone. Returns are those of the episodes, ✓ marks success. Animations run through the whole trial; they stop under the pointer, and stand still where reduced motion is preferred.`,
    content,
  );
}

function curves(summary: ComparisonSummary): Html | undefined {
  if (summary.metric === 'return') return stepCurves(summary);
  const joint = summary.learners.some((learner) => learner.joint !== undefined);
  const { stream } = summary.learners.find((learner) => learner.stream !== undefined) ?? {};
  const measured = joint ? 'negativeLogLikelihood' : (stream?.matrixMetric ?? summary.metric);
  const title = metricTitle(measured);
  const validation = namedCurves(summary.learners, ({ validationCurve }) => validationCurve);
  const loss = namedCurves(summary.learners, ({ trainingCurves }) => trainingCurves.loss);
  if (validation.length + loss.length === 0) return undefined;
  const band = summary.learners.some(({ seedMeans }) => seedMeans.length > 1)
    ? ' Lines are means over seeds, bands reach from the lowest to the highest seed.'
    : '';
  return section(
    'Learning curves',
    joint
      ? `While training, against the number of updates.${band}`
      : `During meta-training, against the number of outer updates.${band} Learners that are not meta-trained have none.`,
    [
      validation.length > 0 &&
        curvesFigure(
          `${title} on validation ${joint ? 'items' : stream === undefined ? 'tasks' : 'lifetimes'}`,
          measured,
          validation,
        ),
      loss.length > 0 && curvesFigure(joint ? 'Training loss' : 'Meta-training loss', 'loss', loss),
      html`<div class="narrow">${legend(summary, [...validation, ...loss])}</div>`,
    ],
  );
}

function examples({ examples: data }: ReportData, summary: ComparisonSummary): Html | undefined {
  const content = data && exampleEpisodes(data);
  if (data === undefined || content === undefined) return undefined;
  const hint =
    data.target === 'classification'
      ? `The first test episodes of seed ${data.seed}. A cell is darker the more probable the learner finds the class; the true class is framed.`
      : `The first test tasks of seed ${data.seed}. Filled dots are the support points, hollow ones the true values at the query points, coloured lines the predictions there.`;
  return section('Example episodes', hint, [data.target === 'regression' && legend(summary), content]);
}

function calibration(summary: ComparisonSummary): Html | undefined {
  const cells = summary.learners.flatMap(({ name, calibration: own }, index) =>
    own === undefined
      ? []
      : [
          html`<div><h3>${name}</h3><p class="hint">ECE ${(100 * own.expected).toFixed(1)} %, MCE ${(100 * own.maximum).toFixed(1)} %</p>${reliabilityFigure(name, seriesColour(index), own)}</div>`,
        ],
  );
  if (cells.length === 0) return undefined;
  return section(
    'Calibration',
    'How often predictions of a given confidence are right. On the dashed line, confidence means what it says; below it, the learner is over-confident. Bars at the bottom show where predictions lie. Hollow points rest on fewer than 20 predictions. ECE and MCE over 15 bins.',
    html`<div class="grid">${cells}</div>`,
  );
}

function seeds(summary: ComparisonSummary): Html | undefined {
  if (!summary.learners.some(({ seedMeans }) => seedMeans.length > 1)) return undefined;
  const lines = summary.learners.flatMap(({ name, probabilityOfBestBetter: p, interquartileMean }) =>
    interquartileMean === undefined
      ? []
      : [
          html`<dt>${name}</dt><dd>IQM ${formatRange(summary.metric, interquartileMean)}${p === undefined ? '' : `; a run of ${summary.best} is better with probability ${p.toFixed(2)}`}</dd>`,
        ],
  );
  return section(
    'Across seeds',
    'Share of runs that score better than a threshold, and interquartile means with stratified bootstrap intervals.',
    [profileFigure(summary), legend(summary), html`<dl>${lines}</dl>`],
  );
}

function verdicts(summary: ComparisonSummary): Html | undefined {
  if (summary.verdicts.length === 0) return undefined;
  const rows = summary.verdicts.map(
    ({ better, worse, metric, margin, difference, verdict }) =>
      html`<tr><td>${better} better than ${worse}${margin > 0 && ` by ${margin}`}</td><td>${metricTitle(metric)}</td><td>${difference === undefined ? '–' : formatDifference(metric, difference)}</td><td>${verdict}</td></tr>`,
  );
  return section(
    'Expected orderings',
    'What the plan expected, judged by the 95 % interval of the paired difference.',
    html`<div class="scroll"><table><thead><tr><th>Expectation</th><th>Metric</th><th>Difference</th><th>Verdict</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function provenance({ plan, environment }: ReportData, summary: ComparisonSummary): Html {
  const pairs = (entries: Readonly<Record<string, string>>) =>
    Object.entries(entries).map(([key, value]) => html`<dt>${key}</dt><dd>${value}</dd>`);
  const learners = Object.fromEntries(
    summary.learners.map(({ name, learnerId, version }) => [name, `${learnerId} ${version}`]),
  );
  return section(
    'How it was made',
    'The same command and versions on the same machine give the same numbers, times aside.',
    html`
<pre class="command">${environment.command}</pre>
<dl>${pairs({ started: environment.started, run: environment.executor, ...environment.machine })}${pairs(learners)}</dl>
<details><summary>Versions</summary><dl>${pairs(environment.versions)}</dl></details>
<details><summary>Plan with all defaults</summary><pre>${JSON.stringify(plan, null, 2)}</pre></details>`,
  );
}

/**
 * Renders a run as one self-contained HTML page: no script, no network, light and dark.
 *
 * The numbers behind the figures are in the page too, as JSON in `<script id="summary">`.
 *
 * @param data - the run.
 * @returns the page's text.
 */
export function renderReport(data: ReportData): string {
  const summary = summarise(data.plan, data.rows);
  const title = data.plan.description ?? data.plan.name;
  const json = JSON.stringify(summary).replaceAll('<', '\\u003c');
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${markup(styles)}</style></head><body><main>
<h1>${title}</h1>${lead(data, summary)}
${results(data, summary)}${differences(summary)}${verdicts(summary)}${jointTasks(summary)}${transfer(summary)}${streamSections(summary, data.plan)}${successes(summary)}${adaptation(summary)}${examples(data, summary)}${trials(data, summary)}${curves(summary)}${calibration(summary)}${seeds(summary)}
${section('Cost', `Wall time, parameters and peak memory of the process, per seed. Run as ${data.environment.executor}.`, costTable(summary))}
${provenance(data, summary)}
<footer>Made by tasklearn.</footer></main>
<script type="application/json" id="summary">${markup(json)}</script></body></html>
`;
  return page.html;
}
