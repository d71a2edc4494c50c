/**
 * Points of the cube [0, 1)^A that fill it evenly: the additive recurrence of the generalised golden ratio.
 *
 * @returns [M * A], row-major.
 *
 * @see Roberts. The Unreasonable Effectiveness of Quasirandom Sequences. 2018.
 */
export function evenPoints(count: number, size: number): Float32Array {
  let ratio = 2;
  for (let round = 0; round < 64; round += 1) ratio = (1 + ratio) ** (1 / (size + 1));
  return Float32Array.from({ length: count * size }, (_, index) => {
    const axis = index % size;
    const point = (index - axis) / size;
    return (0.5 + (point + 1) / ratio ** (axis + 1)) % 1;
  });
}
