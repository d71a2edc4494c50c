/** What of a row of a run is drawn. */
interface Row {
  readonly learner: string;
  readonly seed: number;
  /** `lifetime l, task k`. */
  readonly task: string;
  readonly metric: string;
  readonly value: number;
  readonly after?: number;
}

/** A learner's curve over tasks. */
interface Curve {
  readonly learner: string;
  readonly values: readonly number[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean over seeds of what `pick` says of the accuracies [task] after each task. */
function curves(
  rows: readonly Row[],
  pick: (accuracies: readonly number[], after: number) => number,
): Curve[] {
  const learners = [...new Set(rows.map(({ learner }) => learner))];
  const last = Math.max(...rows.map(({ after = 0 }) => after));
  return learners.map((learner) => {
    const mine = rows.filter((row) => row.learner === learner);
    const seeds = [...new Set(mine.map(({ seed }) => seed))];
    const values = Array.from({ length: last }, (_, place) => {
      const found = seeds.map((seed) => {
        const own = mine.filter((row) => row.seed === seed && row.after === place + 1);
        const accuracies: number[] = [];
        for (const { task, value } of own) accuracies[Number(task.slice(task.lastIndexOf(' ') + 1))] = value;
        return pick(accuracies, place + 1);
      });
      return mean(found);
    });
    return { learner, values };
  });
}

const palette = [
  '#4c78a8',
  '#f58518',
  '#54a24b',
  '#e45756',
  '#72b7b2',
  '#b279a2',
  '#9d755d',
  '#eeca3b',
  '#ff9da6',
  '#79706e',
  '#1f5f5b',
];
const panel = { width: 300, height: 220, left: 40, top: 30 } as const;

function drawPanel(title: string, all: readonly Curve[], offset: number): string {
  const { width, height, left, top } = panel;
  const steps = Math.max(...all.map(({ values }) => values.length));
  const x = (place: number) => (offset + left + (place / Math.max(1, steps - 1)) * width).toFixed(1);
  const y = (value: number) => (top + (1 - value) * height).toFixed(1);
  const lines = all.map(({ values }, index) => {
    const points = values.map((value, place) => `${x(place)},${y(value)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${palette[index % palette.length]}" stroke-width="1.6"/>`;
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<line x1="${x(0)}" x2="${x(steps - 1)}" y1="${y(value)}" y2="${y(value)}" stroke="#ccc" stroke-width="0.5"/><text x="${offset + left - 6}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${value}</text>`,
  );
  const ends = [1, steps].map(
    (task) => `<text x="${x(task - 1)}" y="${top + height + 14}" text-anchor="middle">${task}</text>`,
  );
  const heading = `<text x="${offset + left}" y="${top - 12}" font-weight="bold">${title}</text>`;
  return [heading, ...marks, ...ends, ...lines].join('\n');
}

/**
 * Draws rows of a run on a stream of tasks: the mean accuracy on the tasks met so far, and the accuracy on the first one.
 *
 * @param lines - of `rows.jsonl`.
 */
export function drawCurves(lines: readonly string[]): string {
  const rows = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
    .filter(({ metric, after = 0, task }) => metric === 'accuracy' && after > 0 && task.includes('task'));
  const average = curves(rows, (accuracies, after) => mean(accuracies.slice(0, after)));
  const first = curves(rows, (accuracies) => accuracies[0] as number);
  const step = panel.left + panel.width + 20;
  const legend = average.map(
    ({ learner }, index) =>
      `<rect x="${2 * step + 20}" y="${panel.top + 16 * index - 4}" width="14" height="3" fill="${palette[index % palette.length]}"/><text x="${2 * step + 40}" y="${panel.top + 16 * index}">${learner}</text>`,
  );
  const size = `${2 * step + 190} ${panel.top + panel.height + 24}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" role="img" aria-label="Accuracy against tasks learnt" font-family="sans-serif" font-size="10" fill="#555">
${drawPanel('Mean accuracy on tasks met so far', average, 0)}
${drawPanel('Accuracy on the first task', first, step)}
${legend.join('\n')}
</svg>
`;
}
