import { metrics } from '../rows/metrics.js';
import type { Interval } from '../statistics/interval.js';

/** Digits behind the point that show two digits of the half width. */
function digitsFor(halfWidth: number): number {
  if (!(halfWidth > 0)) return 3;
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
}

/** Whether a metric is printed in percent. */
export function isFraction(metric: string): boolean {
  const known = metrics as Readonly<Record<string, { readonly unit: string }>>;
  return known[metric]?.unit === 'fraction' && metric !== 'brierScore';
}

/** Title of a metric for tables and axes; a metric that is not known is its own title. */
export function metricTitle(metric: string): string {
  return (metrics as Readonly<Record<string, { readonly title: string }>>)[metric]?.title ?? metric;
}

/** Title of a metric within a sentence: `accuracy`, `R²`. */
export function metricInWords(metric: string): string {
  return metricTitle(metric).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

/**
 * A value of a metric as text, fractions in percent.
 *
 * @param metric - its name, which decides about percent.
 * @param value - the number.
 * @param digits - behind the point; chosen by size where absent.
 */
export function formatValue(metric: string, value: number, digits?: number): string {
  if (!Number.isFinite(value)) return '–';
  if (isFraction(metric)) return `${(100 * value).toFixed(digits ?? 1)} %`;
  return value.toFixed(digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 3));
}

/** `93.1 ± 0.8 %`: estimate and half width of a symmetric interval. */
export function formatInterval(metric: string, interval: Interval): string {
  const percent = isFraction(metric);
  const scale = percent ? 100 : 1;
  const half = (scale * (interval.upper - interval.lower)) / 2;
  const digits = percent ? (half > 0 && half < 0.095 ? 2 : 1) : digitsFor(half);
  const estimate = (scale * interval.estimate).toFixed(digits);
  const width = Number.isFinite(half) ? ` ± ${half.toFixed(digits)}` : '';
  return `${estimate}${width}${percent ? ' %' : ''}`;
}

/** `93.1 % [92.4, 93.7]`: estimate and ends of an interval that need not be symmetric. */
export function formatRange(metric: string, interval: Interval): string {
  const scale = isFraction(metric) ? 100 : 1;
  const digits = isFraction(metric) ? 1 : digitsFor((interval.upper - interval.lower) / 2);
  const [estimate, lower, upper] = [interval.estimate, interval.lower, interval.upper].map((value) =>
    (scale * value).toFixed(digits),
  );
  return `${estimate}${isFraction(metric) ? ' %' : ''} [${lower}, ${upper}]`;
}

/** A difference with its sign: `−4.2 ± 0.9 %` in percentage points for fractions. */
export function formatDifference(metric: string, interval: Interval): string {
  const text = formatInterval(metric, interval).replace(/ %$/, ' pp').replace(/^-/, '−');
  return interval.estimate > 0 ? `+${text}` : text;
}

/** A p-value: `< 0.001`, else three digits. */
export function formatProbability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** `850 ms`, `42.1 s`, `3 min 20 s`, `1 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `812 B`, `1.2 MB`: decimal units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** `111,936`: digits in groups of three. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
