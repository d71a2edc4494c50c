/** How a cell of a text table is shown. */
export type CellStyle = 'bold' | 'dim' | 'red' | 'green';

/** A cell: plain text, or text with a style. */
export type TextCell = string | { readonly text: string; readonly style: CellStyle };

const textOf = (cell: TextCell): string => (typeof cell === 'string' ? cell : cell.text);

/** Columns that a terminal gives a text: one per character, none for marks that combine with the one before. */
function widthOf(text: string): number {
  return [...text.normalize('NFC').replace(/\p{M}/gu, '')].length;
}

/**
 * A table in plain text: the first column to the left, the others to the right.
 *
 * @param header - one text per column.
 * @param rows - as many cells as the header has.
 * @param paint - adds a style to a text; keeps it as it is where colours are off.
 * @returns lines joined by newlines.
 *
 * Lines wider than a terminal are not wrapped here.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly TextCell[])[],
  paint: (style: CellStyle, text: string) => string = (_style, text) => text,
): string {
  const widths = header.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(textOf(row[column] ?? '')))),
  );
  const pad = (cell: TextCell, column: number): string => {
    const text = textOf(cell);
    const space = ' '.repeat(widths[column]! - widthOf(text));
    const padded = column === 0 ? text + space : space + text;
    return typeof cell === 'string' ? padded : paint(cell.style, padded);
  };
  const lines = rows.map((row) =>
    header
      .map((_, column) => pad(row[column] ?? '', column))
      .join('  ')
      .trimEnd(),
  );
  const title = header
    .map((text, column) => pad({ text, style: 'dim' }, column))
    .join('  ')
    .trimEnd();
  return [title, ...lines].join('\n');
}
