import { type Html, html, markup } from './html.js';

const SECONDS_PER_FRAME = 0.12;

/** What a drawing must not have in a page that fetches and runs nothing. */
const foreign =
  /<script|<foreignObject|\son\w+\s*=|(?:href|src)\s*=\s*["']?(?!["']?#)|url\(\s*["']?(?!["']?#)/i;

/**
 * A drawing that a plugin made, as it may stand in a report.
 *
 * @returns undefined for anything but one SVG element that fetches and runs nothing.
 */
export function safeDrawing(svg: string): Html | undefined {
  const text = svg.trim();
  return /^<svg[\s>][\s\S]*<\/svg>$/.test(text) && !foreign.test(text) ? markup(text) : undefined;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function viewBox(svg: string): Box | undefined {
  const numbers = /<svg[^>]*\bviewBox="([^"]*)"/
    .exec(svg)?.[1]
    ?.trim()
    .split(/[\s,]+/)
    .map(Number);
  const [x, y, width, height] = numbers ?? [];
  if (numbers?.length !== 4 || !numbers.every(Number.isFinite) || !(width! > 0 && height! > 0))
    return undefined;
  return { x: x!, y: y!, width: width!, height: height! };
}

/** The frame as a part of a strip, at its place there. */
function placed(svg: string, { y, width, height }: Box, left: number): string {
  const tag = /^<svg([^>]*)>/.exec(svg)![1]!;
  const rest = tag.replace(/\s(?:xmlns|x|y|width|height|class|role|aria-label)="[^"]*"/g, '');
  return `<svg x="${left}" y="${y}" width="${width}" height="${height}"${rest}>${svg.slice(tag.length + 5)}`;
}

/**
 * Frames as one animated SVG: a strip that moves past a window, step by step, for ever. It stands still for readers who
 * prefer reduced motion, and while the pointer is on it. No script.
 *
 * @param frames - SVGs with one view box.
 * @param label - what it shows, for readers who cannot see it.
 * @returns undefined where the frames are not of one size, or fewer than two.
 */
export function film(frames: readonly string[], label: string): Html | undefined {
  const safe = frames.flatMap((frame) => safeDrawing(frame)?.html ?? []);
  const box = viewBox(safe[0] ?? '');
  if (box === undefined || safe.length < 2 || safe.length < frames.length) return undefined;
  const { x, y, width, height } = box;
  const count = safe.length;
  const strip = safe.map((frame, index) => placed(frame, box, x + index * width)).join('');
  const style = `--end:${-count * width}px;animation-duration:${(count * SECONDS_PER_FRAME).toFixed(2)}s;animation-timing-function:steps(${count})`;
  return html`<svg class="film" viewBox="${x} ${y} ${width} ${height}" role="img" aria-label="${label}"><g style="${style}">${markup(strip)}</g></svg>`;
}
