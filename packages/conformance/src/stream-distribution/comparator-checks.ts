import type { HostTensor, Stream, StreamComparators, StreamDistribution, StreamSpec } from '@tasklearn/core';
import { demand } from '../check.js';
import { eachLifetime } from './stream-source.js';

/** Relative: targets are of single precision. */
const TOLERANCE = 1e-5;

/** What the best constant loses in a lifetime, the sum over its steps as `runStream` scores them. */
function constantLoss({ target }: StreamSpec, all: readonly HostTensor[]): number {
  const count = all[0]?.shape[0] ?? 1;
  const values = all.flatMap(({ data }) => Array.from(data));
  if (target.kind === 'classification') {
    const shares = new Map<number, number>();
    for (const label of values) shares.set(label, (shares.get(label) ?? 0) + 1 / values.length);
    return values.reduce((sum, label) => sum - Math.log(shares.get(label) as number), 0) / count;
  }
  const width = target.shape.reduce((product, length) => product * length, 1);
  const items = values.length / width;
  const means = new Float64Array(width);
  for (const [at, value] of values.entries()) means[at % width]! += value / items;
  return values.reduce((sum, value, at) => sum + (value - (means[at % width] as number)) ** 2, 0) / count;
}

function demandLosses(what: string, stream: Stream, losses: readonly number[]): number {
  demand(losses.length === stream.length, `${what} must have ${stream.length} losses, got ${losses.length}.`);
  const odd = losses.find((loss) => !(Number.isFinite(loss) && loss >= 0));
  demand(odd === undefined, `${what} must have finite losses of at least 0, got ${odd}.`);
  return losses.reduce((sum, loss) => sum + loss, 0);
}

/**
 * Comparators have a loss for every step, the same whenever they are asked for. In sum the best fixed one is no worse than any
 * constant, and the best of each task no worse than the best fixed one.
 */
export function demandComparators(distribution: StreamDistribution, lifetimes: number): void {
  eachLifetime(distribution, lifetimes, (stream, what) => {
    const found: StreamComparators | undefined = stream.comparators?.();
    if (found === undefined) return;
    const targets = Array.from({ length: stream.length }, (_, t) => stream.step(t).targets);
    const again = stream.comparators?.();
    demand(
      JSON.stringify(found) === JSON.stringify(again),
      `${what}: comparators change when asked for twice.`,
    );
    let least = constantLoss(distribution.spec, targets);
    let than = 'the best constant';
    for (const name of ['fixed', 'dynamic'] as const) {
      const losses = found[name];
      if (losses === undefined) continue;
      const sum = demandLosses(`${what}: comparator \`${name}\``, stream, losses);
      const isBest = sum <= least * (1 + TOLERANCE) + TOLERANCE;
      demand(
        isBest,
        `${what}: comparator \`${name}\` loses ${sum}, more than ${than}, which loses ${least}.`,
      );
      [least, than] = [sum, `\`${name}\``];
    }
  });
}
