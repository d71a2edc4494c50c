/** At most `count` of the numbers below `length`, evenly spaced, ascending: with the first and, from two on, the last. */
export function evenlySpaced(length: number, count: number): Int32Array {
  if (length <= count) return Int32Array.from({ length }, (_, at) => at);
  return Int32Array.from({ length: count }, (_, at) =>
    count === 1 ? 0 : Math.round((at * (length - 1)) / (count - 1)),
  );
}
