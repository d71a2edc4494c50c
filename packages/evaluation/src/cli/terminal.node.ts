import { styleText } from 'node:util';
import type { CellStyle } from './text-table.js';

/** Where a command writes. */
export interface Terminal {
  /** A result, on standard output. */
  print(text: string): void;
  /** One JSON value as a line on standard output. */
  json(value: unknown): void;
  /** Something about the work, on standard error. */
  note(text: string): void;
  /** Adds a style where standard output is a terminal. */
  paint(style: CellStyle, text: string): string;
  /** Whether progress bars can be drawn. */
  readonly interactive: boolean;
}

/**
 * The terminal of this process. Colours are off where standard output is no terminal or `NO_COLOR` is set.
 *
 * @see https://no-color.org
 */
export function processTerminal(): Terminal {
  const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    json: (value) => void process.stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    paint: (style, text) => (colours ? styleText(style, text) : text),
    interactive: process.stderr.isTTY === true && process.env.CI === undefined,
  };
}
