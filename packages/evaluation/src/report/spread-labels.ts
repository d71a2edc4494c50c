/** Pixels from one line of text to the next. */
const LINE = 15;

/**
 * Lowers the labels that would overlap, from the top down.
 *
 * @param labels - each at the height of its value.
 * @param pixels - height of a value, from the top.
 * @returns by how many pixels each is lowered.
 */
export function spreadLabels<Label extends { readonly value: number }>(
  labels: readonly Label[],
  pixels: (value: number) => number,
): Map<Label, number> {
  const shifts = new Map<Label, number>();
  let last = Number.NEGATIVE_INFINITY;
  for (const label of [...labels].sort((a, b) => pixels(a.value) - pixels(b.value))) {
    const place = Math.max(pixels(label.value), last + LINE);
    shifts.set(label, place - pixels(label.value));
    last = place;
  }
  return shifts;
}
