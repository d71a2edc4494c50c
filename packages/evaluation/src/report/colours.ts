/** Series colours: eight hues that stay apart for colour-blind readers, each with a step for light and for dark pages. */
const hues = [
  ['#2a78d6', '#3987e5'],
  ['#eb6834', '#d95926'],
  ['#1baf7a', '#199e70'],
  ['#eda100', '#c98500'],
  ['#4a3aa7', '#9085e9'],
  ['#e34948', '#e66767'],
  ['#008300', '#37a03a'],
  ['#e87ba4', '#d55181'],
] as const;

/**
 * Colour of the learner at a place of the plan: it stays the same in every figure.
 *
 * @param index - place in the plan, from 0; beyond eight the hues repeat.
 */
export function seriesColour(index: number): string {
  return `var(--series-${index % hues.length})`;
}

/**
 * Declarations of the series colours for one mode.
 *
 * @param mode - of the page.
 */
export function seriesVariables(mode: 'light' | 'dark'): string {
  return hues.map((pair, index) => `--series-${index}:${pair[mode === 'light' ? 0 : 1]}`).join(';');
}
