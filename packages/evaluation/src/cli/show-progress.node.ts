import cliProgress from 'cli-progress';
import { formatSeconds, formatValue, metricTitle } from '../report/format.js';
import type { CellProgress, ProgressEvent } from '../runner/progress.js';
import type { Terminal } from './terminal.node.js';

/** Shows the events of a run; `stop` before anything else is printed. */
export interface ProgressDisplay {
  show(event: ProgressEvent): void;
  stop(): void;
}

/** How progress is shown: a bar per learner, plain lines, one JSON value per line, or not at all. */
export type ProgressStyle = 'bars' | 'lines' | 'json' | 'none';

const label = ({ learner, seed }: CellProgress, seeds: number) =>
  seeds > 1 ? `${learner}, seed ${seed}` : learner;

type CellEvent = Exclude<ProgressEvent, { readonly kind: 'notice' | 'runStarted' }>;

/** What a finished cell says. */
function ending(event: ProgressEvent): string {
  switch (event.kind) {
    case 'cellFinished': {
      const { metric, mean, halfWidth = Number.NaN, seconds } = event;
      const time = formatSeconds(seconds);
      if (metric === undefined || mean === undefined) return `trained in ${time}`;
      return `${metricTitle(metric).toLowerCase()} ${formatValue(metric, mean)} ± ${formatValue(metric, halfWidth)} in ${time}`;
    }
    case 'cellSkipped':
      return 'finished by an earlier run';
    case 'cellFailed':
      return `failed after ${event.update} updates: ${event.cause}`;
    case 'cellStopped':
      return `stopped after ${event.update} updates`;
    default:
      return '';
  }
}

/** Names cells of the run that began. */
function nameTable() {
  let cells = new Map<string, CellProgress>();
  let seeds = 1;
  return {
    begin(event: Extract<ProgressEvent, { kind: 'runStarted' }>) {
      cells = new Map(event.cells.map((cell) => [cell.cell, cell]));
      seeds = new Set(event.cells.map(({ seed }) => seed)).size;
    },
    of: (cell: string) => cells.get(cell),
    name: (cell: string) => {
      const known = cells.get(cell);
      return known === undefined ? cell : label(known, seeds);
    },
  };
}

const LINE_EVERY_MS = 5000;

function lines(terminal: Terminal): ProgressDisplay {
  const names = nameTable();
  const spoken = new Map<string, number>();
  const now = () => performance.now();
  const often = (key: string): boolean => {
    if (now() - (spoken.get(key) ?? Number.NEGATIVE_INFINITY) < LINE_EVERY_MS) return false;
    spoken.set(key, now());
    return true;
  };
  const show = (event: ProgressEvent): void => {
    if (event.kind === 'notice') terminal.note(event.message);
    else if (event.kind === 'runStarted') {
      names.begin(event);
      terminal.note(`Running ${event.cells.length} cells ${event.executor} into ${event.folder}`);
    } else showCell(event);
  };
  const showCell = (event: CellEvent): void => {
    const say = (text: string) => terminal.note(`${names.name(event.cell)}: ${text}`);
    const updates = names.of(event.cell)?.updates ?? 0;
    if (event.kind === 'cellStarted')
      say(event.update > 0 ? `resumed after ${event.update} updates` : 'begun');
    else if (event.kind === 'update') {
      if (often(event.cell))
        say(
          `update ${event.update}/${updates}${event.loss === undefined ? '' : `, loss ${event.loss.toFixed(4)}`}`,
        );
    } else if (event.kind === 'validation')
      say(`update ${event.update}/${updates}, validation ${formatValue(event.metric, event.score)}`);
    else if (event.kind === 'testing') {
      if (often(`test ${event.cell}`)) say(`tested on ${event.done}/${event.episodes} episodes`);
    } else say(ending(event));
  };
  return { show, stop: () => undefined };
}

/** How much of meta-training is done, by updates or by its limit in seconds, whichever is further. */
function trainedShare(update: number, { updates, seconds }: CellProgress, begun: number): number {
  const bySeconds = seconds === undefined ? 0 : (performance.now() - begun) / 1000 / seconds;
  return Math.min(1, Math.max(update / updates, bySeconds));
}

interface Bar {
  readonly bar: cliProgress.SingleBar;
  readonly state: { text: string; begun: number };
}

function bars(terminal: Terminal): ProgressDisplay {
  const names = nameTable();
  const shown = new Map<string, Bar>();
  const many = new cliProgress.MultiBar(
    {
      format: '{name} {bar} {percentage}% {text}',
      hideCursor: true,
      stream: process.stderr,
      barsize: 24,
      fps: 8,
      emptyOnZero: true,
    },
    cliProgress.Presets.shades_grey,
  );
  const begin = (event: Extract<ProgressEvent, { kind: 'runStarted' }>) => {
    names.begin(event);
    terminal.note(`Running ${event.executor} into ${event.folder}`);
    const width = Math.max(...event.cells.map(({ cell }) => names.name(cell).length));
    for (const { cell, updates, episodes } of event.cells) {
      const bar = many.create(updates + episodes || 1, 0, {
        name: names.name(cell).padEnd(width),
        text: 'waiting',
      });
      shown.set(cell, { bar, state: { text: '', begun: 0 } });
    }
  };
  const show = (event: ProgressEvent): void => {
    if (event.kind === 'notice') many.log(`${event.message}\n`);
    else if (event.kind === 'runStarted') begin(event);
    else showCell(event);
  };
  const showCell = (event: CellEvent): void => {
    const place = shown.get(event.cell);
    const cell = names.of(event.cell);
    if (place === undefined || cell === undefined) return;
    const { bar, state } = place;
    if (event.kind === 'cellStarted') {
      state.begun = performance.now();
      bar.update(event.update, { text: 'meta-training' });
    } else if (event.kind === 'update') {
      bar.update(Math.round(cell.updates * trainedShare(event.update, cell, state.begun)), {
        text: `loss ${event.loss?.toFixed(3) ?? '–'}${state.text}`,
      });
    } else if (event.kind === 'validation')
      state.text = `, validation ${formatValue(event.metric, event.score)}`;
    else if (event.kind === 'testing') bar.update(cell.updates + event.done, { text: 'testing' });
    else {
      const done = event.kind === 'cellFinished' || event.kind === 'cellSkipped';
      if (done) bar.update(bar.getTotal(), { text: ending(event) });
      else bar.update({ text: ending(event) });
    }
  };
  return { show, stop: () => many.stop() };
}

/**
 * Makes a display for the events of a run.
 *
 * @param style - `bars` needs an interactive terminal.
 */
export function showProgress(style: ProgressStyle, terminal: Terminal): ProgressDisplay {
  if (style === 'bars') return bars(terminal);
  if (style === 'lines') return lines(terminal);
  if (style === 'json')
    return { show: (event) => terminal.json({ event: event.kind, ...event }), stop: () => undefined };
  return { show: () => undefined, stop: () => undefined };
}
