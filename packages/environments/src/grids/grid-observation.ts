import type { GridMap } from './grid-map.js';

/** How cells are shown. */
export interface GridObservation {
  /** Numbers that show one cell. */
  readonly size: number;
  /** Shows a cell at an offset, in place of `before`, which is shown there (or -1). */
  show(cell: number, before: number, into: Float32Array, offset: number): void;
  /** The cell that is shown at an offset. */
  read(from: Float32Array, offset: number): number;
}

/** A single cell across is shown as 0. */
const scaled = (place: number, extent: number) => (extent === 1 ? 0 : (2 * place) / (extent - 1) - 1);

/** Shows cells one-hot, or as column and row in [-1, 1]. */
export function gridObservation(map: GridMap, kind: 'oneHot' | 'coordinates'): GridObservation {
  const cells = map.columns.length;
  if (kind === 'oneHot')
    return {
      size: cells,
      show(cell, before, into, offset) {
        if (before >= 0) into[offset + before] = 0;
        else into.fill(0, offset, offset + cells);
        into[offset + cell] = 1;
      },
      read(from, offset) {
        let cell = 0;
        while (cell < cells - 1 && from[offset + cell] !== 1) cell += 1;
        return cell;
      },
    };
  const across = Float32Array.from(map.columns, (column) => scaled(column, map.width));
  const down = Float32Array.from(map.rows, (row) => scaled(row, map.height));
  const place = (value: number, extent: number) => Math.round(((value + 1) / 2) * (extent - 1));
  return {
    size: 2,
    show(cell, _, into, offset) {
      into[offset] = across[cell] as number;
      into[offset + 1] = down[cell] as number;
    },
    read: (from, offset) =>
      map.cellAt[
        place(from[offset + 1] as number, map.height) * map.width + place(from[offset] as number, map.width)
      ] as number,
  };
}
