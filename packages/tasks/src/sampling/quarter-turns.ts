/**
 * For each number of quarter turns to the left, where each pixel of the turned image comes from: four tables of
 * side² indices.
 */
export function quarterTurns(side: number): readonly Int32Array[] {
  const last = side - 1;
  const sources: readonly ((row: number, column: number) => number)[] = [
    (row, column) => row * side + column,
    (row, column) => column * side + (last - row),
    (row, column) => (last - row) * side + (last - column),
    (row, column) => (last - column) * side + row,
  ];
  return sources.map((source) =>
    Int32Array.from({ length: side * side }, (_, index) => source(Math.floor(index / side), index % side)),
  );
}
