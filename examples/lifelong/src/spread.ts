/** Mean and half width of its 95 % interval, from Student's distribution. */
export function spread(values: readonly number[]): string {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return mean.toFixed(3);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const quantile = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262][count - 2] ?? 1.96;
  return `${mean.toFixed(3)} ± ${(quantile * Math.sqrt(variance / count)).toFixed(3)}`;
}
