import cliProgress from 'cli-progress';
import { formatCount, formatSeconds, formatValue, metricInWords } from '../report/format.js';
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
      return `${metricInWords(metric)} ${formatValue(metric, mean)} ± ${formatValue(metric, halfWidth)} in ${time}`;
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

/** What a cell has done, in words: updates, and environment steps with their speed where there are such. */
function pace() {
  const since = new Map<string, { readonly steps: number; readonly time: number }>();
  return {
    begin(cell: string, steps = 0) {
      since.set(cell, { steps, time: performance.now() });
    },
    of(
      { cell: key, update, environmentSteps }: { cell: string; update: number; environmentSteps?: number },
      cell?: CellProgress,
    ): string {
      const updates = cell?.updates === undefined ? `update ${update}` : `update ${update}/${cell.updates}`;
      if (environmentSteps === undefined) return updates;
      const limit = cell?.environmentSteps;
      const steps = `${formatCount(environmentSteps)}${limit === undefined ? '' : `/${formatCount(limit)}`} steps`;
      const { steps: before, time } = since.get(key) ?? { steps: 0, time: 0 };
      const speed = (environmentSteps - before) / ((performance.now() - time) / 1000);
      return `${updates}, ${steps}, ${formatCount(speed)} steps/s`;
    },
  };
}

const LINE_EVERY_MS = 5000;

function lines(terminal: Terminal): ProgressDisplay {
  const names = nameTable();
  const paces = pace();
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
    const cell = names.of(event.cell);
    if (event.kind === 'cellStarted') {
      paces.begin(event.cell, event.environmentSteps);
      say(event.update > 0 ? `resumed after ${event.update} updates` : 'begun');
    } else if (event.kind === 'update') {
      if (often(event.cell))
        say(`${paces.of(event, cell)}${event.loss === undefined ? '' : `, loss ${event.loss.toFixed(4)}`}`);
    } else if (event.kind === 'validation')
      say(`${paces.of(event, cell)}, validation ${formatValue(event.metric, event.score)}`);
    else if (event.kind === 'testing') {
      if (often(`test ${event.cell}`))
        say(
          `${cell?.unit === 'steps' ? 'lived' : 'tested on'} ${event.done}/${event.episodes}${cell?.unit === undefined ? '' : ` ${cell.unit}`}`,
        );
    } else say(ending(event));
  };
  return { show, stop: () => undefined };
}

/** How much of training is done, by the limit that is nearest: updates, environment steps or seconds. */
function trainedShare(
  { update, environmentSteps = 0 }: { readonly update: number; readonly environmentSteps?: number },
  { updates = Infinity, seconds = Infinity, environmentSteps: steps = Infinity }: CellProgress,
  begun: number,
): number {
  const elapsed = (performance.now() - begun) / 1000;
  return Math.min(
    1,
    Math.max(updates === 0 ? 1 : update / updates, environmentSteps / steps, elapsed / seconds),
  );
}

/** Length of the training part of a bar. */
const TRAINING = 1000;

interface Bar {
  readonly bar: cliProgress.SingleBar;
  readonly state: { text: string; begun: number };
}

function bars(terminal: Terminal): ProgressDisplay {
  const names = nameTable();
  const paces = pace();
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
    for (const { cell, episodes } of event.cells) {
      const bar = many.create(TRAINING + episodes, 0, {
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
      paces.begin(event.cell, event.environmentSteps);
      bar.update(Math.round(TRAINING * trainedShare(event, cell, state.begun)), { text: 'training' });
    } else if (event.kind === 'update') {
      const text =
        event.environmentSteps === undefined
          ? `loss ${event.loss?.toFixed(3) ?? '–'}`
          : paces.of(event, cell);
      bar.update(Math.round(TRAINING * trainedShare(event, cell, state.begun)), {
        text: `${text}${state.text}`,
      });
    } else if (event.kind === 'validation')
      state.text = `, validation ${formatValue(event.metric, event.score)}`;
    else if (event.kind === 'testing') bar.update(TRAINING + event.done, { text: 'testing' });
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
