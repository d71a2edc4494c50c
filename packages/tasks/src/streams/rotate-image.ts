/**
 * Turns a square image about its centre, bilinearly; what comes from outside is 0.
 *
 * @param image - side² values, row by row.
 * @param angle - radians, counter-clockwise as seen with the first row on top.
 * @returns `out`.
 */
export function rotateImage(
  image: Float32Array,
  side: number,
  angle: number,
  out: Float32Array,
): Float32Array {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const centre = (side - 1) / 2;
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= side || column >= side ? 0 : (image[row * side + column] as number);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [y, x] = [row - centre, column - centre];
      const fromRow = centre + cos * y + sin * x;
      const fromColumn = centre - sin * y + cos * x;
      const [top, left] = [Math.floor(fromRow), Math.floor(fromColumn)];
      const [down, right] = [fromRow - top, fromColumn - left];
      out[row * side + column] =
        (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
        down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
    }
  }
  return out;
}
