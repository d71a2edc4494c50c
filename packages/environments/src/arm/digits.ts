/** Strokes of the ten digits in the unit square, as corners of one polyline each: x0, y0, x1, y1, ... */
const strokes: readonly (readonly number[])[] = [
  [0.5, 1, 0.1, 0.75, 0.1, 0.25, 0.5, 0, 0.9, 0.25, 0.9, 0.75, 0.5, 1],
  [0.25, 0.8, 0.55, 1, 0.55, 0],
  [0.1, 0.75, 0.3, 1, 0.75, 1, 0.9, 0.75, 0.1, 0, 0.9, 0],
  [0.1, 0.9, 0.6, 1, 0.85, 0.75, 0.45, 0.55, 0.9, 0.3, 0.6, 0, 0.1, 0.1],
  [0.7, 0, 0.7, 1, 0.1, 0.35, 0.9, 0.35],
  [0.85, 1, 0.2, 1, 0.15, 0.55, 0.6, 0.6, 0.9, 0.3, 0.6, 0, 0.1, 0.1],
  [0.75, 1, 0.3, 0.75, 0.1, 0.3, 0.4, 0, 0.8, 0.15, 0.8, 0.4, 0.45, 0.55, 0.12, 0.35],
  [0.1, 1, 0.9, 1, 0.4, 0],
  [0.5, 0.55, 0.15, 0.8, 0.5, 1, 0.85, 0.8, 0.5, 0.55, 0.1, 0.25, 0.5, 0, 0.9, 0.25, 0.5, 0.55],
  [0.88, 0.65, 0.55, 0.45, 0.2, 0.6, 0.2, 0.85, 0.6, 1, 0.9, 0.7, 0.7, 0.25, 0.25, 0],
];

/** Way-points of a digit. */
export const DIGIT_POINTS = 20;

/**
 * A digit as way-points evenly spaced along its stroke, in [0.2, 0.6]².
 *
 * @param digit - 0 to 9.
 * @returns [20 * 2], x and y in turn.
 */
export function digitPoints(digit: number): Float64Array {
  const corners = strokes[digit] as readonly number[];
  const count = corners.length / 2;
  const corner = (index: number) => [corners[2 * index] as number, corners[2 * index + 1] as number] as const;
  const lengths = Array.from({ length: count - 1 }, (_, index) => {
    const [[x0, y0], [x1, y1]] = [corner(index), corner(index + 1)];
    return Math.hypot(x1 - x0, y1 - y0);
  });
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const points = new Float64Array(2 * DIGIT_POINTS);
  for (let point = 0; point < DIGIT_POINTS; point += 1) {
    let left = (total * point) / (DIGIT_POINTS - 1);
    let part = 0;
    while (part < count - 2 && left > (lengths[part] as number)) {
      left -= lengths[part] as number;
      part += 1;
    }
    const share = Math.min(1, left / (lengths[part] as number));
    const [[x0, y0], [x1, y1]] = [corner(part), corner(part + 1)];
    points[2 * point] = 0.2 + 0.4 * (x0 + share * (x1 - x0));
    points[2 * point + 1] = 0.2 + 0.4 * (y0 + share * (y1 - y0));
  }
  return points;
}
