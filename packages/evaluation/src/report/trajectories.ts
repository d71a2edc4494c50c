import type { CellDrawings, DrawnTrial } from '../runner/control/trajectory-collector.js';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { film, safeDrawing } from './film.js';
import { formatValue } from './format.js';
import { type Html, html } from './html.js';

/** `12.3, then 15.0, 16.1`: returns of the exploration episodes and of those that count. */
function returnsOf({ episodes }: DrawnTrial, explored: number): Html {
  const list = (from: readonly DrawnTrial['episodes'][number][]) =>
    from
      .slice(0, 6)
      .map(({ return: sum, success }) => `${formatValue('return', sum)}${success ? ' ✓' : ''}`)
      .join(', ') + (from.length > 6 ? ', …' : '');
  const first = episodes.slice(0, explored);
  const counted = list(episodes.slice(explored));
  return html`<small>${first.length > 0 && html`explored ${list(first)}; then `}<b>${counted}</b></small>`;
}

/** One learner's trial on one task, drawn and filmed. */
function shot({ learner, explorationEpisodes }: CellDrawings, trial: DrawnTrial, colour: string): Html {
  const what = `${learner} on task ${trial.task}`;
  const drawing = trial.drawing === undefined ? undefined : safeDrawing(trial.drawing);
  const moving = trial.frames === undefined ? undefined : film(trial.frames, `${what}, animated`);
  return html`<div class="shot"><p><span class="key" style="--colour:${colour}"></span>${learner}${returnsOf(trial, explorationEpisodes)}</p>
${drawing && html`<div class="drawing" role="img" aria-label="${what}, drawn">${drawing}</div>`}${moving}</div>`;
}

/**
 * Test trials of all learners and references, task by task.
 *
 * @returns undefined where the distribution draws nothing.
 */
export function trajectories(
  drawings: readonly CellDrawings[],
  summary: ComparisonSummary,
): Html | undefined {
  const drawn = drawings.filter(({ trials }) =>
    trials.some(({ drawing, frames }) => drawing !== undefined || frames !== undefined),
  );
  const count = Math.max(0, ...drawn.map(({ trials }) => trials.length));
  if (count === 0) return undefined;
  const places = summary.learners.map(({ name }) => name);
  const tasks = Array.from({ length: count }, (_, task) => {
    const shots = drawn.flatMap((each) => {
      const trial = each.trials[task];
      return trial === undefined ? [] : [shot(each, trial, seriesColour(places.indexOf(each.learner)))];
    });
    return html`<div class="episode"><h3>Test task ${task + 1}</h3><div class="shots">${shots}</div></div>`;
  });
  return html`${tasks}`;
}
